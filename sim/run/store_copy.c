#include "run/store_copy.h"

#include <errno.h>
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
} copied[] = {{"cells", "cell", BY_CELL},
              {"sums", "cell", BY_CELL},
              {"replicates", "cell, replicate, arm", BY_CELL},
              {"summaries", "cell, arm, outcome", BY_CELL},
              {"claims", "cell, claim", BY_CELL},
              {"runs", "run", BY_RUN},
              {"batches", "batch", BY_BATCH}};
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
                      const struct store_map *map)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY %s", copied[k].table, copied[k].order);
    struct db_query *in = db_query(from->db, sql);
    struct db_query *out =
        in == NULL ? NULL : db_insert(to->db, copied[k].table, db_columns(in), false);
    int status = out == NULL ? db_code(in == NULL ? from->db : to->db) : 0;
    while (status == 0 && (status = db_next(in)) == 1)
        status = copy_row(in, out, k, offsets, map);
    if (in != NULL)
        db_reset(in);
    return status;
}

int store_copy(struct store *from, struct store *to, const struct store_map *map)
{
    struct offsets offsets = {0, 0};
    int status = db_number(to->db, "SELECT coalesce(max(run), 0) FROM runs", &offsets.run);
    if (status == 0)
        status = db_number(to->db, "SELECT coalesce(max(batch), 0) FROM batches", &offsets.batch);
    for (int k = 0; k < COPIED && status == 0; k++)
        if (map != NULL || copied[k].numbering != BY_CELL)
            status = copy_table(from, to, k, &offsets, map);
    return status;
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

int store_replace(struct store *s, const char *path, struct diag *diag)
{
    char *copy = text_copy(path);
    if (copy == NULL)
        return ERROR_NOMEM;
    db_close(s->db);
    s->db = NULL;
    if (rename(s->path, path) != 0) {
        diag_error(diag, diag_at(path, 0), "cannot be put in place: %s", strerror(errno));
        free(copy);
        return ERROR_IO;
    }
    free(s->path);
    s->path = copy;
    s->passing = false;
    int status = db_open(&s->db, path, false);
    if (status == 0)
        status = db_run(s->db, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL");
    return status == 0 ? 0 : store_failed(s, status, "opened", diag);
}

void store_discard(struct store *s)
{
    if (s->path != NULL && s->passing) {
        unlink(s->path);
        struct text journal = {0};
        text_printf(&journal, "%s-journal", s->path);
        if (!journal.failed)
            unlink(journal.s);
        text_release(&journal);
    }
    store_close(s);
}
