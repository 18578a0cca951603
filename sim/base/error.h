/* Return codes of every function that can fail: 0 is success, these are negative. */
#ifndef WALTZ_BASE_ERROR_H
#define WALTZ_BASE_ERROR_H

enum error {
    ERROR_NOMEM = -1,   /* no memory */
    ERROR_IO = -2,      /* reading or writing a file failed; errno tells why */
    ERROR_INPUT = -3,   /* a scenario or table is wrong; the diag tells where */
    ERROR_USAGE = -4,   /* the command line is wrong */
    ERROR_NUMERIC = -5, /* a quantity left its range or is not finite */
    ERROR_STOPPED = -6  /* stopped on request; what is done is kept */
};

/* A short text for a code, never NULL. */
const char *error_text(int code);

/* The program's exit code for a code: 0 ok, 1 run time, 2 misuse, 3 invalid input. */
int error_exit_code(int code);

#endif
