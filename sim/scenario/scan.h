/* A scenario's text, looked through for what libconfig would take wrongly or read for hours. */
#ifndef WALTZ_SCENARIO_SCAN_H
#define WALTZ_SCENARIO_SCAN_H

#include "base/diag.h"
#include "scenario/source.h"

/* Integers beyond 32 bits, which libconfig wraps without a word. `source` NULL: the text was laid
 * over the file, at `at`. 0 or ERROR_INPUT. */
int scan_integers(const char *text, const struct source *source, struct where at,
                  struct diag *diag);

/* More names than libconfig, whose time grows with their square, reads in good time: about 34,000
 * in one group, so that all dyads of the largest world still fit. 0 or ERROR_INPUT. */
int scan_names(const char *text, const struct source *source, struct diag *diag);

#endif
