/* A folder of results that appears whole or not at all: files are written beside it under a hidden
 * name, and the folder is renamed into place at the end. */
#ifndef WALTZ_RUN_FOLDER_H
#define WALTZ_RUN_FOLDER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/diag.h"

struct folder {
    char *path;    /* where it will stand */
    char *partial; /* where it stands meanwhile */
    const char
        *name;     /* of the scenario, borrowed, if path ends in a number that may still change */
    bool replaces; /* an older run at path gives way */
    bool complete; /* all is written: partial is kept even if it cannot be put in its place */
};

/* Prepares `path`, or results/<name>/<next number> if path is NULL. An existing path is refused
 * without `force`; with it, only an empty folder, or one that a run wrote and that holds nothing
 * else, gives way, and only at folder_commit. 0, ERROR_USAGE (in diag), ERROR_IO (in diag),
 * ERROR_NOMEM. */
int folder_open(struct folder *f, const char *path, const char *name, bool force,
                struct diag *diag);

/* A new file in it for writing, of one of the names that a run writes; NULL with errno set. */
FILE *folder_create(const struct folder *f, const char *name);

/* Closes a file so that it is on the disk; 0, or ERROR_IO with errno set. */
int folder_close_file(FILE *file);

/* Puts the folder in its place. 0, ERROR_NOMEM, or ERROR_IO with errno set; then what is written
 * stays at partial. */
int folder_commit(struct folder *f);

/* Makes the folders above a path. 0, ERROR_NOMEM, or ERROR_IO with errno set. */
int folder_make_parents(const char *path);

/* Removes what was written, if it is not in its place yet, and frees. */
void folder_release(struct folder *f);

#endif
