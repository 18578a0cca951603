#define _GNU_SOURCE /* renameat2 */
#include "run/store_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

/* How a table's first columns are renumbered. */
enum numbering { BY_CELL, BY_RUN, BY_BATCH };
static const struct {
    const char *table, *order;
    enum numbering numbering;
} copied[] = {{"sums", "cell", BY_CELL},
              {"replicates", "cell, replicate, arm", BY_CELL},
              {"summaries", "cell, arm, outcome", BY_CELL},
              {"claims", "cell, claim", BY_CELL},
              {"runs", "run", BY_RUN},
              {"batches", "batch", BY_BATCH},
              {"cells", "cell", BY_CELL}};
enum { COPIED = sizeof copied / sizeof *copied };

struct offsets {
    int64_t run, batch;
};

static int copy_row(struct db_query *in, struct db_query *out, int k, const struct offsets *offsets,
                    const struct store_map *map)
{
    int64_t first = db_get_int(in, 0);
    int c = 1, last = db_columns(in) - 1;
    if (copied[k].numbering == BY_CELL)
        first = map->cell(map->user, first);
    else
        first += copied[k].numbering == BY_RUN ? offsets->run : offsets->batch;
    if (first < 0)
        return 0;
    db_int(out, first);
    if (copied[k].numbering == BY_BATCH)
        db_int(out, db_get_int(in, c++) + offsets->run);
    for (; c < last; c++)
        db_copy(out, in, c);
    return db_put(out, NULL);
}

static int copy_table(struct store *from, struct store *to, int k, const struct offsets *offsets,
                      const struct store_map *map, struct diag *diag)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY %s", copied[k].table, copied[k].order);
    struct db_query *in = db_query(from->db, sql), *out;
    if (in == NULL)
        return store_failed(from, db_code(from->db), "read", diag);
    out = db_insert(to->db, copied[k].table, db_columns(in), false);
    int written = out == NULL ? db_code(to->db) : 0, read = 1;
    while (written == 0 && (read = db_next(in)) == 1)
        written = copy_row(in, out, k, offsets, map);
    db_reset(in);
    if (read < 0)
        return store_failed(from, read, "read", diag);
    return written == 0 ? 0 : store_failed(to, written, "written", diag);
}

int store_copy(struct store *from, struct store *to, const struct store_map *map, struct diag *diag)
{
    struct offsets offsets = {0, 0};
    int status = db_run(to->db, "BEGIN IMMEDIATE");
    if (status == 0)
        status = db_number(to->db, "SELECT coalesce(max(run), 0) FROM runs", &offsets.run);
    if (status == 0)
        status = db_number(to->db, "SELECT coalesce(max(batch), 0) FROM batches", &offsets.batch);
    if (status != 0)
        return store_failed(to, status, "written", diag);
    for (int k = 0; k < COPIED && status == 0; k++)
        status = copy_table(from, to, k, &offsets, map, diag);
    if (status != 0)
        return status;
    status = db_run(to->db, "COMMIT");
    return status == 0 ? 0 : store_failed(to, status, "written", diag);
}

/* ---- places --------------------------------------------------------------------------------- */

static char *beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    int folder = slash == NULL ? 0 : (int)(slash - path) + 1;
    struct text t = {0};
    text_printf(&t, "%.*s.%s.new-%ld", folder, path, path + folder, (long)getpid());
    if (t.failed)
        text_release(&t);
    if (t.s != NULL)
        unlink(t.s); /* of a killed process that had this number */
    return t.s;
}

int store_create_beside(struct store *s, const char *path, struct store_design *design,
                        struct diag *diag)
{
    char *place = beside(path);
    int status = place == NULL ? ERROR_NOMEM : store_create(s, place, design, diag);
    s->passing = place != NULL;
    free(place);
    return status;
}

/* Rolled back, or of a store that is gone: it must not be taken for the new one's. */
static void remove_journal(const char *path)
{
    struct text journal = {0};
    text_printf(&journal, "%s-journal", path);
    if (!journal.failed)
        unlink(journal.s);
    text_release(&journal);
}

/* Another process may have put something there since it was looked at. */
static int move(const char *from, const char *to, bool gives_way)
{
    int code = renameat2(AT_FDCWD, from, AT_FDCWD, to, gives_way ? 0 : RENAME_NOREPLACE);
    bool unknown = code != 0 && (errno == EINVAL || errno == ENOSYS); /* to the file system */
    return unknown ? rename(from, to) : code;
}

int store_replace(struct store *s, const char *path, bool gives_way, struct diag *diag)
{
    char *copy = text_copy(path);
    if (copy == NULL)
        return ERROR_NOMEM;
    db_close(s->db);
    s->db = NULL;
    remove_journal(path);
    if (move(s->path, path, gives_way) != 0) {
        diag_error(diag, diag_at(path, 0), "cannot be put in place: %s", strerror(errno));
        free(copy);
        return ERROR_IO;
    }
    free(s->path);
    s->path = copy;
    s->passing = false;
    return 0;
}

void store_discard(struct store *s)
{
    if (s->path != NULL && s->passing) {
        unlink(s->path);
        remove_journal(s->path);
    }
    store_close(s);
}
