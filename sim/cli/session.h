/* What commands that write a folder of results share: signals, the files that tell what was run,
 * and what is said when it does not end well. */
#ifndef WALTZ_CLI_SESSION_H
#define WALTZ_CLI_SESSION_H

#include <signal.h>

#include "cli/options.h"
#include "run/folder.h"
#include "run/output.h"

/* The signal that asked for the end, 0 none. */
extern volatile sig_atomic_t stop_signal;

/* From here on a signal leaves no half folder. One that the caller ignores (nohup) stays ignored.
 */
void catch_signals(void);

/* `folder` is removed if a library ends the program; NULL: none is. */
void guard_folder(struct folder *folder);

/* effective.cfg, and its hash. 0, ERROR_NOMEM, ERROR_IO. */
int write_effective(const struct folder *folder, const struct scenario *sc, uint64_t *hash);

/* manifest.json: fills in what is the same for all commands. 0, ERROR_IO. */
int write_manifest(const struct folder *folder, const struct options *o, const struct experiment *x,
                   const struct ensemble *e, struct manifest *m);

/* A file of the folder by a function. 0, ERROR_IO. */
int write_file(const struct folder *folder, const char *name, const struct experiment *x,
               const struct ensemble *e,
               void (*write)(FILE *, const struct experiment *, const struct ensemble *));

/* The time as manifests have it. */
void session_now(char text[32]);

/* "interrupted", "terminated", "hung up" */
const char *stop_word(void);

/* Says why there are no results; `cause` is an errno. Returns the exit code. */
int tell_failure(const struct folder *folder, int status, int cause);

#endif
