/* The scratch scenario with arms, outcomes of every kind, and claims. */
#ifndef WALTZ_TESTS_STATED_H
#define WALTZ_TESTS_STATED_H

#include "scratch.h"

/* Arms full, no_deal, free; outcomes ratio, turn, mind, each, step; claims C1 (conditions higher,
 * most, arms, found, when, close), C2_b (none), C3 (f, a figure); IRN-RUS and RUS-GBR observed.
 * Heap. */
char *stated_text(void);

/* Loads it with `old` replaced, which may be NULL, and with one --set, which may be NULL. */
struct loaded stated_load(const char *old, const char *new, const char *set);

#endif
