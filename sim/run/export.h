/* A store as tidy CSV. Equal results give equal bytes, however they came about: no clock, host,
 * path, thread or shard is in the CSV files. Unknown is NA. */
#ifndef WALTZ_RUN_EXPORT_H
#define WALTZ_RUN_EXPORT_H

#include "run/folder.h"
#include "run/store.h"

/* Verifies the store and writes cells.csv, replicates.csv, summaries.csv, claims.csv, manifest.json
 * and effective.cfg into an open folder, all of one moment. 0; ERROR_INPUT (damaged, in diag);
 * ERROR_IO with errno, of the folder, or of the store and then in diag; ERROR_NOMEM. */
int export_write(struct store *s, const struct folder *folder, const char *command_line,
                 struct diag *diag);

#endif
