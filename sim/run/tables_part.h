/* The writers of the tables, and pieces that they share. */
#ifndef WALTZ_RUN_TABLES_PART_H
#define WALTZ_RUN_TABLES_PART_H

#include "run/tables.h"

int write_arms(FILE *out, const struct tables *t);
int write_paths(FILE *out, const struct tables *t);
int write_changes(FILE *out, const struct tables *t);
int write_searches(FILE *out, const struct tables *t);
int write_dyads(FILE *out, const struct tables *t);

/* Cells with the comma before them: a text in quotes, a whole number. */
void tables_text(FILE *out, const char *text);
void tables_whole(FILE *out, int n);

/* "yes", "no", NA below 0. */
const char *tables_word(int shown);

#endif
