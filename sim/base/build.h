/*
 * What this program is and was built with, for `--version` and for the record of a run.
 * Every string lives as long as the program; none is NULL.
 */
#ifndef WALTZ_BASE_BUILD_H
#define WALTZ_BASE_BUILD_H

/* Version of the program, "major.minor.patch". */
const char *build_version(void);

/* Version of the model; it rises whenever equal seeds no longer give equal results. */
int build_model_version(void);

/* Commit, 12 digits, with "-dirty" after it if files differed from it; else "unknown". */
const char *build_commit(void);

/* Compiler and its version, such as "gcc 12.2.0". */
const char *build_compiler(void);

/* Version of the GSL in use, which may be newer than the one compiled against. */
const char *build_gsl(void);

#endif
