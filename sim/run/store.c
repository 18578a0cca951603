#define _GNU_SOURCE /* locks that belong to an open file, not to a process */
#include "run/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

int store_failed(struct store *s, int status, const char *doing, struct diag *diag)
{
    if (status == ERROR_INPUT)
        diag_error(diag, diag_at(s->path, 0), "the store is damaged (%s)", db_message(s->db));
    else if (status == ERROR_IO)
        diag_error(diag, diag_at(s->path, 0), "cannot be %s: %s", doing, db_message(s->db));
    return status;
}

/* ---- tables --------------------------------------------------------------------------------- */

enum columns { NO_COLUMNS, FACTOR_COLUMNS, OUTCOME_COLUMNS };
static const struct {
    const char *name, *before;
    enum columns columns;
    const char *after;
} tables[] = {
    {"design", "key TEXT PRIMARY KEY, value TEXT, ", NO_COLUMNS, "checksum INTEGER) WITHOUT ROWID"},
    {"factors", "factor INTEGER PRIMARY KEY, name TEXT, paths TEXT, kind TEXT, low, high, ",
     NO_COLUMNS, "scale TEXT, levels TEXT, unit TEXT, checksum INTEGER)"},
    {"cells", "cell INTEGER PRIMARY KEY, ", FACTOR_COLUMNS,
     "done INTEGER, cause TEXT, error REAL, checksum INTEGER)"},
    {"sums", "cell INTEGER PRIMARY KEY, ", NO_COLUMNS, "sums BLOB, checksum INTEGER)"},
    {"replicates", "cell INTEGER, replicate INTEGER, arm TEXT, ", OUTCOME_COLUMNS,
     "checksum INTEGER, PRIMARY KEY(cell, replicate, arm)) WITHOUT ROWID"},
    {"summaries", "cell INTEGER, arm TEXT, outcome TEXT, n INTEGER, mean REAL, sd REAL, ",
     NO_COLUMNS,
     "mcse REAL, mean_path REAL, checksum INTEGER, PRIMARY KEY(cell, arm, outcome)) WITHOUT ROWID"},
    {"claims", "cell INTEGER, claim TEXT, shown INTEGER, share REAL, n INTEGER, ", NO_COLUMNS,
     "checksum INTEGER, PRIMARY KEY(cell, claim)) WITHOUT ROWID"},
    {"runs", "run INTEGER PRIMARY KEY, started TEXT, host TEXT, version TEXT, commit_id TEXT, ",
     NO_COLUMNS,
     "compiler TEXT, threads INTEGER, shard TEXT, command_line TEXT, checksum INTEGER)"},
    {"batches", "batch INTEGER PRIMARY KEY, run INTEGER, committed TEXT, seconds REAL, ",
     NO_COLUMNS, "units INTEGER, replicates INTEGER, checksum INTEGER)"},
};

enum { TABLES = sizeof tables / sizeof *tables };

static int add_schema(const struct store_design *d, int table, struct text *sql)
{
    text_printf(sql, "CREATE TABLE %s(%s", tables[table].name, tables[table].before);
    for (int k = 0; k < d->n_factors && tables[table].columns == FACTOR_COLUMNS; k++)
        text_printf(sql, "\"%s\" %s, ", d->factors[k].name,
                    strcmp(d->factors[k].kind, "number") == 0 ? "REAL" : "TEXT");
    for (int k = 0; k < d->outcomes.n && tables[table].columns == OUTCOME_COLUMNS; k++)
        text_printf(sql, "\"%s\" REAL, ", d->outcomes.at[k]);
    text_printf(sql, "%s", tables[table].after);
    return sql->failed ? ERROR_NOMEM : 0;
}

/* ---- the lock ------------------------------------------------------------------------------- */

/* A byte beyond those that SQLite locks (its shared range ends at 2^30 + 511). Two processes that
 * write: the second is refused at once, not after the first has ended. */
enum { LOCKED_BYTE = (1 << 30) + 1024 };

static int take_lock(struct store *s, const char *path, struct diag *diag)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCKED_BYTE, .l_len = 1};
    s->lock = open(path, O_RDWR | O_CLOEXEC);
    if (s->lock < 0) {
        diag_error(diag, diag_at(path, 0), "cannot be written: %s", strerror(errno));
        return ERROR_IO;
    }
    if (fcntl(s->lock, F_OFD_SETLK, &lock) == 0)
        return 0;
    if (errno == EAGAIN || errno == EACCES)
        diag_error(diag, diag_at(path, 0),
                   "another process works on this store; allowed: one at a time (`waltz sweep "
                   "--status` and `waltz export` may look on)");
    else
        diag_error(diag, diag_at(path, 0), "cannot be locked: %s", strerror(errno));
    return ERROR_IO;
}

/* ---- what kind of file it is ---------------------------------------------------------------- */

/* SQLite is not let near a file of another program: it might take up that one's journal. */
static int check_magic(const char *path, bool *missing, struct diag *diag)
{
    static const char magic[] = "SQLite format 3";
    unsigned char head[100] = {0};
    struct stat info;
    if (stat(path, &info) != 0) {
        *missing = errno == ENOENT;
        if (!*missing)
            diag_error(diag, diag_at(path, 0), "cannot be read: %s", strerror(errno));
        return *missing ? 0 : ERROR_IO;
    }
    if (!S_ISREG(info.st_mode))
        return diag_error(diag, diag_at(path, 0),
                          "a folder, or a device; allowed: the file of a store");
    *missing = info.st_size == 0;
    if (*missing)
        return 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        diag_error(diag, diag_at(path, 0), "cannot be read: %s", strerror(errno));
        return ERROR_IO;
    }
    ssize_t n = read(file, head, sizeof head);
    close(file);
    if (n < (ssize_t)sizeof head || memcmp(head, magic, sizeof magic) != 0)
        return diag_error(diag, diag_at(path, 0),
                          "no store of `waltz sweep`, nor any SQLite file, or one that is damaged");
    return 0;
}

static int check_program(struct store *s, bool *empty, struct diag *diag)
{
    int64_t pages = 0, application = 0, version = 0;
    int status = db_number(s->db, "PRAGMA page_count", &pages);
    if (status == 0)
        status = db_number(s->db, "PRAGMA application_id", &application);
    if (status == 0)
        status = db_number(s->db, "PRAGMA user_version", &version);
    if (status != 0)
        return store_failed(s, status, "read", diag);
    *empty = pages == 0;
    if (*empty)
        return 0;
    if (application != STORE_APPLICATION)
        return diag_error(diag, diag_at(s->path, 0),
                          "an SQLite file of another program; allowed: a store of `waltz sweep`");
    if (version > STORE_VERSION)
        return diag_error(diag, diag_at(s->path, 0),
                          "of a newer waltz (store version %lld; this program knows %d)",
                          (long long)version, STORE_VERSION);
    return version == STORE_VERSION
               ? 0
               : diag_error(diag, diag_at(s->path, 0), "the store is damaged (version %lld)",
                            (long long)version);
}

/* ---- the design ----------------------------------------------------------------------------- */

static int damaged(const struct store *s, const char *what, struct diag *diag)
{
    return diag_error(diag, diag_at(s->path, 0), "the store is damaged (%s)", what);
}

static int read_design(struct store *s, struct diag *diag)
{
    struct db_query *q = db_query(s->db, "SELECT * FROM design ORDER BY key");
    int status = q == NULL ? db_code(s->db) : 0;
    while (status == 0 && (status = db_next(q)) == 1) {
        if (!db_intact(q))
            return db_reset(q), damaged(s, "a row of the table design", diag);
        status = store_design_add(&s->design, db_get_text(q, 0), "%s", db_get_text(q, 1));
    }
    return status == 0 ? 0 : store_failed(s, status, "read", diag);
}

/* The row's texts live until the next row, so they can be lent. */
static int read_factor(struct store_design *d, struct db_query *q)
{
    const struct factor_row row = {.name = db_get_text(q, 1),
                                   .paths = db_get_text(q, 2),
                                   .kind = db_get_text(q, 3),
                                   .low = db_get_real(q, 4),
                                   .high = db_get_real(q, 5),
                                   .scale = db_get_text(q, 6),
                                   .levels = db_get_text(q, 7),
                                   .unit = db_get_text(q, 8)};
    return store_design_factor(d, &row);
}

static int read_factors(struct store *s, struct diag *diag)
{
    struct db_query *q = db_query(s->db, "SELECT * FROM factors ORDER BY factor");
    int status = q == NULL ? db_code(s->db) : 0;
    while (status == 0 && (status = db_next(q)) == 1) {
        if (!db_intact(q))
            return db_reset(q), damaged(s, "a row of the table factors", diag);
        status = read_factor(&s->design, q);
    }
    return status == 0 ? 0 : store_failed(s, status, "read", diag);
}

static int check_schema(struct store *s, struct diag *diag)
{
    struct db_query *q = db_query(s->db, "SELECT sql FROM sqlite_master WHERE name = ?");
    int64_t n = 0;
    int status = q == NULL ? db_code(s->db) : 0;
    for (int k = 0; k < TABLES && status == 0; k++) {
        struct text sql = {0};
        status = add_schema(&s->design, k, &sql);
        if (status == 0) {
            db_text(q, tables[k].name);
            status = db_next(q);
        }
        bool same = status == 1 && strcmp(db_get_text(q, 0), sql.s) == 0;
        text_release(&sql);
        db_reset(q);
        if (status >= 0 && !same)
            return damaged(s, "its tables are not those of its design", diag);
        status = status > 0 ? 0 : status;
    }
    if (status == 0)
        status = db_number(s->db, "SELECT count(*) FROM sqlite_master WHERE sql IS NOT NULL", &n);
    if (status != 0)
        return store_failed(s, status, "read", diag);
    return n == TABLES ? 0 : damaged(s, "it has tables that no store has", diag);
}

/* ---- opening -------------------------------------------------------------------------------- */

static int read_all(struct store *s, struct diag *diag)
{
    int status = read_design(s, diag);
    if (status == 0)
        status = read_factors(s, diag);
    if (status == 0) {
        status = store_design_ready(&s->design);
        if (status == ERROR_INPUT)
            return damaged(s, "its design is not whole", diag);
    }
    return status == 0 ? check_schema(s, diag) : status;
}

static int open_file(struct store *s, const char *path, bool create, struct diag *diag)
{
    int status = db_open(&s->db, path, create);
    if (status == 0 && s->read_only)
        status = db_run(s->db, "PRAGMA query_only = ON; BEGIN");
    else if (status == 0)
        status = db_run(s->db, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL");
    return status == 0 ? 0 : store_failed(s, status, "opened", diag);
}

int store_open(struct store *s, const char *path, enum store_access access, bool *missing,
               struct diag *diag)
{
    bool none = false;
    *s = (struct store){.path = text_copy(path), .lock = -1, .read_only = access == STORE_READ};
    if (s->path == NULL)
        return ERROR_NOMEM;
    int status = check_magic(path, &none, diag);
    if (status == 0 && !none && access == STORE_WRITE)
        status = take_lock(s, path, diag);
    if (status == 0 && !none)
        status = open_file(s, path, false, diag);
    if (status == 0 && !none)
        status = check_program(s, &none, diag);
    if (status == 0 && !none)
        status = read_all(s, diag);
    if (missing != NULL)
        *missing = none;
    else if (status == 0 && none)
        status =
            diag_error(diag, diag_at(path, 0), "there is no store here; `waltz sweep` makes one");
    return diag_status(diag, status);
}

static int write_rows(struct store *s)
{
    const struct store_design *d = &s->design;
    struct db_query *design = db_insert(s->db, "design", 3, false);
    struct db_query *factor = db_insert(s->db, "factors", 10, false);
    int status = design == NULL || factor == NULL ? db_code(s->db) : 0;
    for (int k = 0; k < d->keys.n && status == 0; k++) {
        db_text(design, d->keys.at[k]);
        db_text(design, d->values.at[k]);
        status = db_put(design, NULL);
    }
    for (int k = 0; k < d->n_factors && status == 0; k++) {
        const struct factor_row *f = &d->factors[k];
        db_int(factor, k);
        db_text(factor, f->name);
        db_text(factor, f->paths);
        db_text(factor, f->kind);
        db_real(factor, f->low);
        db_real(factor, f->high);
        db_text(factor, f->scale);
        db_text(factor, f->levels);
        db_text(factor, f->unit);
        status = db_put(factor, NULL);
    }
    return status;
}

int store_write_design(struct store *s)
{
    int status = db_run(s->db, "DELETE FROM design; DELETE FROM factors");
    return status == 0 ? write_rows(s) : status;
}

static int fill_new(struct store *s)
{
    struct text sql = {0};
    text_printf(&sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;", STORE_APPLICATION,
                STORE_VERSION);
    int status = db_run(s->db, "BEGIN IMMEDIATE");
    for (int k = 0; k < TABLES && status == 0; k++) {
        text_printf(&sql, " ");
        status = add_schema(&s->design, k, &sql);
        text_printf(&sql, ";");
    }
    if (status == 0)
        status = sql.failed ? ERROR_NOMEM : db_run(s->db, sql.s);
    if (status == 0)
        status = write_rows(s);
    if (status == 0)
        status = db_run(s->db, "COMMIT");
    text_release(&sql);
    return status;
}

int store_create(struct store *s, const char *path, struct store_design *design, struct diag *diag)
{
    *s = (struct store){.path = text_copy(path), .lock = -1, .design = *design};
    *design = (struct store_design){0};
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (s->path == NULL || file < 0) {
        if (s->path != NULL)
            diag_error(diag, diag_at(path, 0), "cannot be made: %s", strerror(errno));
        return s->path == NULL ? ERROR_NOMEM : ERROR_IO;
    }
    close(file);
    int status = take_lock(s, path, diag);
    if (status == 0)
        status = open_file(s, path, true, diag);
    bool empty = true;
    if (status == 0)
        status = check_program(s, &empty, diag);
    if (status == 0 && !empty) {
        diag_error(diag, diag_at(path, 0),
                   "another process has made it meanwhile; the same command goes on with it");
        status = ERROR_IO;
    } else if (status == 0) {
        status = fill_new(s);
        store_failed(s, status, "written", diag);
    }
    return diag_status(diag, status);
}

int store_reopen(struct store *s, struct diag *diag)
{
    return open_file(s, s->path, false, diag);
}

void store_close(struct store *s)
{
    db_close(s->db);
    if (s->lock >= 0)
        close(s->lock);
    store_design_release(&s->design);
    free(s->path);
    *s = (struct store){.lock = -1};
}
