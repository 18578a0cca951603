/* An SQLite file, row by row. The only user of SQLite.
 *
 * Every table's last column is a checksum over the others of its row: each changed bit changes it.
 * Functions return 0 or ERROR_NOMEM, ERROR_IO (no space, no right, locked), ERROR_INPUT (damaged);
 * db_message tells why. One connection is used by one thread at a time. */
#ifndef WALTZ_RUN_DB_H
#define WALTZ_RUN_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_query; /* belongs to its db, is freed with it */

/* Opens a file that must exist unless `create`; sets `out` also on failure, for db_message. */
int db_open(struct db **out, const char *path, bool create);

/* Rolls back what is not committed. */
void db_close(struct db *db);

/* Why the last call failed; never NULL. */
const char *db_message(struct db *db);

/* The code of the last failure. */
int db_code(const struct db *db);

/* What was read makes no sense: ERROR_INPUT, which db_message then tells as damage. */
int db_damaged(struct db *db);

/* Runs statements without values. */
int db_run(struct db *db, const char *sql);

/* The first value of a query, as a whole number. */
int db_number(struct db *db, const char *sql, int64_t *out);

/* Ends a transaction. 1: somebody reads just now and goes on for longer than `patience`
 * milliseconds; the transaction stays open, and another try may end it. */
int db_commit(struct db *db, int patience);

/* A statement to be used again and again. NULL: db_code and db_message tell why. */
struct db_query *db_query(struct db *db, const char *sql);

/* The same of a text, which it releases. */
struct text;
struct db_query *db_query_text(struct db *db, struct text *sql);

/* "INSERT INTO table VALUES(?, …)" for so many columns; `replace`: what has the same key gives way.
 */
struct db_query *db_insert(struct db *db, const char *table, int columns, bool replace);

/* The next value, from the first again after db_next's end, db_put or db_reset. NaN and NULL texts
 * are NULL. */
void db_int(struct db_query *q, int64_t v);
void db_real(struct db_query *q, double v);
void db_text(struct db_query *q, const char *v);
void db_blob(struct db_query *q, const void *bytes, size_t n);

/* Runs a statement that gives no rows; db_put with the checksum of its values as last value. Both
 * tell in `changed`, if not NULL, how many rows it changed. */
int db_do(struct db_query *q, int *changed);
int db_put(struct db_query *q, int *changed);

/* 1: a row, 0: no more; or a code. */
int db_next(struct db_query *q);
void db_reset(struct db_query *q);

int db_columns(struct db_query *q);
bool db_is_null(struct db_query *q, int column);
int64_t db_get_int(struct db_query *q, int column);
double db_get_real(struct db_query *q, int column);      /* NaN for NULL */
const char *db_get_text(struct db_query *q, int column); /* "" for NULL; until the next db_next */
const void *db_get_blob(struct db_query *q, int column, size_t *n);

/* Binds another query's column as it is. */
void db_copy(struct db_query *to, struct db_query *from, int column);

/* Does the row's last column hold the checksum of the others? */
bool db_intact(struct db_query *q);

#endif
