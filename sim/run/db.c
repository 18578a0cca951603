#include "run/db.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

enum { PATIENCE = 60000 }; /* milliseconds for a reader to end its transaction */

struct db {
    sqlite3 *at;
    struct db_query *queries;
    int status; /* of the last failure */
    int code;   /* SQLite's */
    int cause;  /* the system's, if it was one of its calls */
};

struct db_query {
    sqlite3_stmt *at;
    struct db *db;
    struct db_query *next;
    int bound, failed;
    uint64_t hash;
};

/* ---- the file ------------------------------------------------------------------------------- */

static int status_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return ERROR_NOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* a schema that is not ours */
    case SQLITE_CONSTRAINT:
        return ERROR_INPUT;
    default:
        return ERROR_IO;
    }
}

static int failure(struct db *db, int code)
{
    db->code = code;
    db->cause = (code & 0xff) == SQLITE_IOERR ? errno : 0; /* sqlite3_system_errno misses some */
    db->status = status_of(code);
    return db->status;
}

int db_open(struct db **out, const char *path, bool create)
{
    struct db *db = calloc(1, sizeof *db);
    *out = db;
    if (db == NULL)
        return ERROR_NOMEM;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    struct text name = {0};
    /* lest SQLite take a name as ":memory:" or "file:…" for a word of its own */
    text_printf(&name, "%s%s", path[0] == '/' ? "" : "./", path);
    int code = name.failed ? SQLITE_NOMEM : sqlite3_open_v2(name.s, &db->at, flags, NULL);
    text_release(&name);
    if (code == SQLITE_OK)
        code = sqlite3_extended_result_codes(db->at, 1);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(db->at, PATIENCE);
    return code == SQLITE_OK ? 0 : failure(db, code);
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    for (struct db_query *q = db->queries, *next; q != NULL; q = next) {
        next = q->next;
        sqlite3_finalize(q->at);
        free(q);
    }
    sqlite3_close(db->at);
    free(db);
}

const char *db_message(struct db *db)
{
    static const char full[] = "no space is left, or the file has reached its limit";
    switch (db == NULL ? SQLITE_NOMEM : db->code & 0xff) {
    case SQLITE_FULL:
        return full;
    case SQLITE_IOERR:
        if (db->cause == ENOSPC || db->cause == EDQUOT || db->cause == EFBIG)
            return full;
        return db->cause != 0 ? strerror(db->cause) : sqlite3_errstr(db->code);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return "it cannot be written (rights of the file or of its folder)";
    case SQLITE_CANTOPEN:
        return "it cannot be opened or made (rights of the file or of its folder)";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program reads or writes it and does not pause";
    default:
        return sqlite3_errstr(db == NULL ? SQLITE_NOMEM : db->code);
    }
}

int db_code(const struct db *db)
{
    return db == NULL ? ERROR_NOMEM : db->status;
}

int db_damaged(struct db *db)
{
    return failure(db, SQLITE_CORRUPT);
}

int db_run(struct db *db, const char *sql)
{
    int code = sqlite3_exec(db->at, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : failure(db, code);
}

int db_commit(struct db *db, int patience)
{
    sqlite3_busy_timeout(db->at, patience);
    int code = sqlite3_exec(db->at, "COMMIT", NULL, NULL, NULL);
    sqlite3_busy_timeout(db->at, PATIENCE);
    int status = code == SQLITE_OK ? 0 : failure(db, code);
    return (code & 0xff) == SQLITE_BUSY ? 1 : status;
}

int db_number(struct db *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(db->at, sql, -1, &statement, NULL);
    if (code != SQLITE_OK)
        return failure(db, code);
    code = sqlite3_step(statement);
    *out = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : failure(db, code);
}

struct db_query *db_query(struct db *db, const char *sql)
{
    struct db_query *q = calloc(1, sizeof *q);
    int code = q == NULL ? SQLITE_NOMEM : sqlite3_prepare_v2(db->at, sql, -1, &q->at, NULL);
    if (code != SQLITE_OK) {
        failure(db, code);
        free(q);
        return NULL;
    }
    q->db = db;
    q->next = db->queries;
    db->queries = q;
    return q;
}

struct db_query *db_query_text(struct db *db, struct text *sql)
{
    struct db_query *q = NULL;
    if (sql->failed)
        failure(db, SQLITE_NOMEM);
    else
        q = db_query(db, sql->s);
    text_release(sql);
    return q;
}

struct db_query *db_insert(struct db *db, const char *table, int columns, bool replace)
{
    struct text sql = {0};
    text_printf(&sql, "INSERT %sINTO %s VALUES(?", replace ? "OR REPLACE " : "", table);
    for (int k = 1; k < columns; k++)
        text_printf(&sql, ", ?");
    text_printf(&sql, ")");
    return db_query_text(db, &sql);
}

/* ---- checksums ------------------------------------------------------------------------------ */

/* Each step can be undone, so that two inputs that differ in one step end apart. */
static uint64_t step(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t add_bytes(uint64_t hash, char type, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    hash = step(hash, (uint64_t)n << 8 | (unsigned char)type);
    for (uint64_t word; n > 0;) {
        size_t part = n < sizeof word ? n : sizeof word;
        word = 0;
        for (size_t k = 0; k < part; k++)
            word |= (uint64_t)p[k] << 8 * k;
        hash = step(hash, word);
        p += part;
        n -= part;
    }
    return hash;
}

static uint64_t add_word(uint64_t hash, char type, uint64_t word)
{
    return step(step(hash, (unsigned char)type), word);
}

static uint64_t add_real(uint64_t hash, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return add_word(hash, 'r', bits);
}

/* ---- values in ------------------------------------------------------------------------------ */

static void note(struct db_query *q, int code)
{
    if (code != SQLITE_OK && q->failed == SQLITE_OK)
        q->failed = code;
}

void db_int(struct db_query *q, int64_t v)
{
    note(q, sqlite3_bind_int64(q->at, ++q->bound, v));
    q->hash = add_word(q->hash, 'i', (uint64_t)v);
}

static void bind_null(struct db_query *q)
{
    note(q, sqlite3_bind_null(q->at, ++q->bound));
    q->hash = add_word(q->hash, 'n', 0);
}

void db_real(struct db_query *q, double v)
{
    if (isnan(v)) {
        bind_null(q);
        return;
    }
    v += 0.0; /* SQLite keeps no negative zero */
    note(q, sqlite3_bind_double(q->at, ++q->bound, v));
    q->hash = add_real(q->hash, v);
}

void db_text(struct db_query *q, const char *v)
{
    if (v == NULL) {
        bind_null(q);
        return;
    }
    note(q, sqlite3_bind_text(q->at, ++q->bound, v, -1, SQLITE_TRANSIENT));
    q->hash = add_bytes(q->hash, 't', v, strlen(v));
}

void db_blob(struct db_query *q, const void *bytes, size_t n)
{
    note(q, sqlite3_bind_blob64(q->at, ++q->bound, bytes, n, SQLITE_TRANSIENT));
    q->hash = add_bytes(q->hash, 'b', bytes, n);
}

void db_copy(struct db_query *to, struct db_query *from, int column)
{
    size_t n;
    switch (sqlite3_column_type(from->at, column)) {
    case SQLITE_INTEGER:
        db_int(to, db_get_int(from, column));
        break;
    case SQLITE_FLOAT:
        db_real(to, db_get_real(from, column));
        break;
    case SQLITE_TEXT:
        db_text(to, db_get_text(from, column));
        break;
    case SQLITE_BLOB: {
        const void *bytes = db_get_blob(from, column, &n);
        db_blob(to, bytes, n);
        break;
    }
    default:
        bind_null(to);
    }
}

/* ---- running -------------------------------------------------------------------------------- */

void db_reset(struct db_query *q)
{
    sqlite3_reset(q->at);
    q->bound = 0;
    q->failed = SQLITE_OK;
    q->hash = 0;
}

int db_next(struct db_query *q)
{
    int code = q->failed != SQLITE_OK ? q->failed : sqlite3_step(q->at);
    if (code == SQLITE_ROW)
        return 1;
    int cause = errno;
    db_reset(q);
    errno = cause;
    return code == SQLITE_DONE ? 0 : failure(q->db, code);
}

int db_do(struct db_query *q, int *changed)
{
    int status = db_next(q);
    if (status > 0) {
        db_reset(q);
        return failure(q->db, SQLITE_CONSTRAINT);
    }
    if (changed != NULL)
        *changed = sqlite3_changes(q->db->at);
    return status;
}

int db_put(struct db_query *q, int *changed)
{
    note(q, sqlite3_bind_int64(q->at, ++q->bound, (int64_t)q->hash));
    return db_do(q, changed);
}

/* ---- values out ----------------------------------------------------------------------------- */

int db_columns(struct db_query *q)
{
    return sqlite3_column_count(q->at);
}

bool db_is_null(struct db_query *q, int column)
{
    return sqlite3_column_type(q->at, column) == SQLITE_NULL;
}

int64_t db_get_int(struct db_query *q, int column)
{
    return sqlite3_column_int64(q->at, column);
}

double db_get_real(struct db_query *q, int column)
{
    return db_is_null(q, column) ? NAN : sqlite3_column_double(q->at, column);
}

const char *db_get_text(struct db_query *q, int column)
{
    const char *text = (const char *)sqlite3_column_text(q->at, column);
    return text == NULL ? "" : text;
}

const void *db_get_blob(struct db_query *q, int column, size_t *n)
{
    const void *bytes = sqlite3_column_blob(q->at, column);
    *n = (size_t)sqlite3_column_bytes(q->at, column);
    return bytes;
}

bool db_intact(struct db_query *q)
{
    uint64_t hash = 0;
    int last = sqlite3_column_count(q->at) - 1;
    for (int c = 0; c < last; c++)
        switch (sqlite3_column_type(q->at, c)) {
        case SQLITE_INTEGER:
            hash = add_word(hash, 'i', (uint64_t)sqlite3_column_int64(q->at, c));
            break;
        case SQLITE_FLOAT:
            hash = add_real(hash, sqlite3_column_double(q->at, c));
            break;
        case SQLITE_NULL:
            hash = add_word(hash, 'n', 0);
            break;
        default: {
            bool text = sqlite3_column_type(q->at, c) == SQLITE_TEXT;
            const void *bytes = sqlite3_column_blob(q->at, c);
            hash = add_bytes(hash, text ? 't' : 'b', bytes, (size_t)sqlite3_column_bytes(q->at, c));
        }
        }
    return sqlite3_column_type(q->at, last) == SQLITE_INTEGER &&
           (uint64_t)sqlite3_column_int64(q->at, last) == hash;
}
