/* The commands, one file each; they return an exit code. */
#ifndef WALTZ_CLI_COMMANDS_H
#define WALTZ_CLI_COMMANDS_H

#include "base/diag.h"
#include "cli/options.h"

int cmd_run(const struct options *options);
int cmd_reproduce(const struct options *options);
int cmd_sweep(const struct options *options);
int cmd_merge(const struct options *options);
int cmd_calibrate(const struct options *options);
int cmd_export(const struct options *options);
int cmd_check(const struct options *options);
int cmd_trace(const struct options *options);
int cmd_list(const struct options *options);
int cmd_new(const struct options *options);

/* Prints what a diag holds on stderr. */
void print_diag(const struct diag *diag);

/* Prints a failure's text on stderr unless diag told it already; returns the exit code. */
int fail(int status, const struct diag *diag);

#endif
