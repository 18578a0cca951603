/* The report, which the Python package `analysis` makes of a folder. */
#ifndef WALTZ_CLI_PAGE_H
#define WALTZ_CLI_PAGE_H

/* Runs `python3 -m analysis report FOLDER`; says on stderr how to do so by hand if it cannot. The
 * package is looked for beside the folder of the program (as built) and in ../share/waltz (as
 * installed). */
void page_write(const char *folder);

#endif
