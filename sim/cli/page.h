/* The page that the Python package `analysis` makes of results. */
#ifndef WALTZ_CLI_PAGE_H
#define WALTZ_CLI_PAGE_H

#include <stdbool.h>

/* Runs `python3 -m analysis COMMAND RESULTS` (report of a folder, sweep of a store); says on stderr
 * how to do so by hand if it cannot. The package is looked for beside the folder of the program (as
 * built) and in ../share/waltz (as installed). */
bool page_write(const char *command, const char *results);

#endif
