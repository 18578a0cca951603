#include "base/error.h"

#include <stddef.h>

static const struct {
    int code, exit_code;
    const char *text;
} errors[] = {
    {0, 0, "ok"},
    {ERROR_NOMEM, 1, "out of memory"},
    {ERROR_IO, 1, "input or output failed"},
    {ERROR_INPUT, 3, "invalid input"},
    {ERROR_USAGE, 2, "misuse of the command line"},
    {ERROR_NUMERIC, 1, "a quantity is not finite or left its range"},
    {ERROR_STOPPED, 1, "stopped on request"},
};
enum { N_ERRORS = sizeof errors / sizeof *errors };

const char *error_text(int code)
{
    for (size_t k = 0; k < N_ERRORS; k++)
        if (errors[k].code == code)
            return errors[k].text;
    return "unknown error";
}

int error_exit_code(int code)
{
    for (size_t k = 0; k < N_ERRORS; k++)
        if (errors[k].code == code)
            return errors[k].exit_code;
    return 1;
}
