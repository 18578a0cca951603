/* An SQLite file row by row: values in and out, checksums of rows, what failures are called. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/db.h"
#include "scratch.h"

static const char table[] =
    "CREATE TABLE t(i INTEGER, r REAL, t TEXT, b BLOB, n, checksum INTEGER)";
static const unsigned char bytes[] = {0, 255, 7, 0, 1, 2, 3, 4, 5};

static struct db *begin(const char *path)
{
    struct db *db;
    unlink(path);
    if (db_open(&db, path, true) != 0 || db_run(db, "PRAGMA synchronous = OFF") != 0 ||
        db_run(db, table) != 0)
        fail_msg("%s", db_message(db));
    return db;
}

static void put(struct db *db, int64_t i, double r, const char *t)
{
    struct db_query *q = db_query(db, "INSERT INTO t VALUES(?, ?, ?, ?, ?, ?)");
    int changed = -1;
    assert_non_null(q);
    db_int(q, i);
    db_real(q, r);
    db_text(q, t);
    db_blob(q, bytes, sizeof bytes);
    db_text(q, NULL);
    assert_int_equal(db_put(q, &changed), 0);
    assert_int_equal(changed, 1);
}

/* How many rows are whole. */
static int intact(struct db *db)
{
    struct db_query *q = db_query(db, "SELECT * FROM t");
    int n = 0, status;
    assert_non_null(q);
    while ((status = db_next(q)) == 1)
        n += db_intact(q);
    assert_int_equal(status, 0);
    return n;
}

static void tell(struct db *db, const char *sql)
{
    if (db_run(db, sql) != 0)
        fail_msg("%s: %s", sql, db_message(db));
}

static int64_t number(struct db *db, const char *sql)
{
    int64_t n = -1;
    assert_int_equal(db_number(db, sql, &n), 0);
    return n;
}

static void what_is_put_is_had_again(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    size_t n;
    put(db, INT64_MIN, 0.1, "a \"b\"\n\xc3\xa4");
    struct db_query *q = db_query(db, "SELECT * FROM t");
    assert_int_equal(db_next(q), 1);
    assert_int_equal(db_columns(q), 6);
    assert_true(db_get_int(q, 0) == INT64_MIN);
    assert_true(db_get_real(q, 1) == 0.1);
    assert_string_equal(db_get_text(q, 2), "a \"b\"\n\xc3\xa4");
    assert_memory_equal(db_get_blob(q, 3, &n), bytes, sizeof bytes);
    assert_int_equal(n, sizeof bytes);
    assert_true(db_is_null(q, 4));
    assert_false(db_is_null(q, 2));
    assert_string_equal(db_get_text(q, 4), "");
    assert_true(isnan(db_get_real(q, 4)));
    assert_true(db_intact(q));
    assert_int_equal(db_next(q), 0);
    db_close(db);
}

static void any_number_is_whole_and_the_same(void **state)
{
    (void)state;
    static const double reals[] = {0.0,      -0.0,    1.0,       -3.0,    1e300,  5e-324,
                                   INFINITY, 1.0 / 3, 1e15,      -1e15,   0x1p63, -0x1p63,
                                   0x1p53,   NAN,     -INFINITY, 0x1p-53, 2.5,    1e-320};
    struct db *db = begin("s.db");
    const int n = sizeof reals / sizeof *reals;
    for (int k = 0; k < n; k++)
        put(db, k, reals[k], "x");
    assert_int_equal(intact(db), n);
    struct db_query *q = db_query(db, "SELECT r FROM t ORDER BY i");
    for (int k = 0; k < n; k++) {
        assert_int_equal(db_next(q), 1);
        double got = db_get_real(q, 0);
        assert_true(got == reals[k] || (isnan(got) && isnan(reals[k])));
        assert_int_equal(db_is_null(q, 0), isnan(reals[k]));
        assert_false(got == 0 && signbit(got));
    }
    db_reset(q);
    db_close(db);
}

static void a_text_may_be_empty_or_long(void **state)
{
    (void)state;
    char text[40] = "";
    struct db *db = begin("s.db");
    for (int n = 0; n < 39; n++) {
        put(db, n, n, text);
        text[n] = (char)('a' + n % 26);
    }
    assert_int_equal(intact(db), 39);
    assert_int_equal(number(db, "SELECT count(*) FROM t WHERE t IS NULL"), 0);
    assert_int_equal(number(db, "SELECT count(DISTINCT checksum) FROM t"), 39);
    db_close(db);
}

static void each_changed_value_is_seen(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "i = i + 1",
        "i = NULL",
        "i = i + (1 << 40)",
        "i = 'seven'",
        "i = 7.5",
        "r = r + 1e-16",
        "r = -r",
        "r = NULL",
        "r = 'x'",
        "t = t || ' '",
        "t = ''",
        "t = NULL",
        "t = upper(t)",
        "t = CAST(t AS BLOB)",
        "t = t || char(0)",
        "b = substr(b, 1, 8)",
        "b = b || x'00'",
        "b = x'00FF07000102030406'",
        "b = NULL",
        "b = CAST(b AS TEXT)",
        "n = 0",
        "n = ''",
        "n = x''",
        "n = 0.0",
        "checksum = checksum + 1",
        "checksum = NULL",
        "checksum = CAST(checksum AS TEXT) || 'x'",
        "i = 8, checksum = 0",
        "t = CAST(b AS TEXT), b = CAST(t AS BLOB)",
    };
    struct db *db = begin("s.db");
    put(db, 7, 0.25, "word");
    for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
        char sql[128];
        snprintf(sql, sizeof sql, "BEGIN; UPDATE t SET %s", changes[k]);
        tell(db, sql);
        if (intact(db) != 0)
            fail_msg("%s was not seen", changes[k]);
        tell(db, "ROLLBACK");
        assert_int_equal(intact(db), 1);
    }
    db_close(db);
}

static void each_bit_of_a_blob_counts(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    put(db, 7, 0.25, "word");
    struct db_query *q = db_query(db, "UPDATE t SET b = ?");
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        unsigned char other[sizeof bytes];
        memcpy(other, bytes, sizeof bytes);
        other[bit / 8] ^= (unsigned char)(1 << bit % 8);
        db_blob(q, other, sizeof other);
        assert_int_equal(db_do(q, NULL), 0);
        assert_int_equal(intact(db), 0);
    }
    db_blob(q, bytes, sizeof bytes);
    assert_int_equal(db_do(q, NULL), 0);
    assert_int_equal(intact(db), 1);
    db_close(db);
}

static void each_bit_of_a_number_counts(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    put(db, 7, 0.25, "word");
    struct db_query *i = db_query(db, "UPDATE t SET i = ?"),
                    *r = db_query(db, "UPDATE t SET i = 7, r = ?");
    for (int bit = 0; bit < 64; bit++) {
        double real = 0.25;
        uint64_t word;
        db_int(i, (int64_t)(7 ^ UINT64_C(1) << bit));
        assert_int_equal(db_do(i, NULL), 0);
        assert_int_equal(intact(db), 0);
        memcpy(&word, &real, sizeof word);
        word ^= UINT64_C(1) << bit;
        memcpy(&real, &word, sizeof real);
        db_real(r, real);
        assert_int_equal(db_do(r, NULL), 0);
        assert_int_equal(intact(db), 0);
    }
    db_real(r, 0.25);
    assert_int_equal(db_do(r, NULL), 0);
    assert_int_equal(intact(db), 1);
    db_close(db);
}

static void a_copied_row_is_whole(void **state)
{
    (void)state;
    struct db *a = begin("a.db"), *b = begin("b.db");
    put(a, -1, NAN, "");
    put(a, 1, -0.0, NULL);
    put(a, 2, 3, "x");
    struct db_query *in = db_query(a, "SELECT * FROM t ORDER BY i"),
                    *out = db_query(b, "INSERT INTO t VALUES(?, ?, ?, ?, ?, ?)");
    while (db_next(in) == 1) {
        for (int c = 0; c < 5; c++)
            db_copy(out, in, c);
        assert_int_equal(db_put(out, NULL), 0);
    }
    assert_int_equal(intact(b), 3);
    for (int64_t i = -1; i < 3; i += i < 0 ? 2 : 1) {
        char sql[64];
        snprintf(sql, sizeof sql, "SELECT checksum FROM t WHERE i = %d", (int)i);
        assert_true(number(a, sql) == number(b, sql));
    }
    db_close(a);
    db_close(b);
}

static void a_statement_begins_again_after_its_end(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    for (int k = 0; k < 5; k++)
        put(db, k, k, "x");
    struct db_query *q = db_query(db, "SELECT i FROM t WHERE i >= ? AND i < ? ORDER BY i");
    for (int64_t low = 0; low < 3; low++) {
        db_int(q, low);
        db_int(q, low + 2);
        assert_int_equal(db_next(q), 1);
        assert_true(db_get_int(q, 0) == low);
        assert_int_equal(db_next(q), 1);
        assert_true(db_get_int(q, 0) == low + 1);
        if (low == 1)
            db_reset(q);
        else
            assert_int_equal(db_next(q), 0);
    }
    db_close(db);
}

static void rows_changed_are_counted(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    int changed = -1;
    for (int k = 0; k < 5; k++)
        put(db, k, k, "x");
    struct db_query *q = db_query(db, "DELETE FROM t WHERE i < ?");
    db_int(q, 3);
    assert_int_equal(db_do(q, &changed), 0);
    assert_int_equal(changed, 3);
    db_int(q, 3);
    assert_int_equal(db_do(q, &changed), 0);
    assert_int_equal(changed, 0);
    db_close(db);
}

static void what_is_not_committed_is_gone(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    put(db, 1, 1, "x");
    tell(db, "BEGIN IMMEDIATE");
    put(db, 2, 2, "y");
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 2);
    db_close(db);
    assert_int_equal(db_open(&db, "s.db", false), 0);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
    db_close(db);
}

static void a_number_that_is_not_there_is_zero(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    assert_int_equal(number(db, "SELECT i FROM t"), 0);
    assert_int_equal(number(db, "SELECT max(i) FROM t"), 0);
    assert_int_equal(number(db, "SELECT 42, 43"), 42);
    db_close(db);
}

/* ---- failures ------------------------------------------------------------------------------- */

static void a_file_that_is_not_there_is_told(void **state)
{
    (void)state;
    struct db *db;
    assert_int_equal(db_open(&db, "nowhere.db", false), ERROR_IO);
    assert_string_equal(db_message(db),
                        "it cannot be opened or made (rights of the file or of its folder)");
    db_close(db);
    assert_int_not_equal(access("nowhere.db", F_OK), 0);
    assert_int_equal(db_open(&db, "no/folder.db", true), ERROR_IO);
    db_close(db);
    db_close(NULL);
}

static void a_file_that_is_none_is_input(void **state)
{
    (void)state;
    struct db *db;
    int64_t n;
    char text[4096];
    memset(text, 'x', sizeof text);
    scratch_write_bytes("none.db", text, sizeof text);
    assert_int_equal(db_open(&db, "none.db", false), 0);
    assert_int_equal(db_number(db, "SELECT count(*) FROM t", &n), ERROR_INPUT);
    assert_string_equal(db_message(db), "file is not a database");
    assert_int_equal(db_code(db), ERROR_INPUT);
    db_close(db);
}

static void statements_that_do_not_fit_are_input(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    int64_t n;
    assert_int_equal(db_run(db, "SELEKT"), ERROR_INPUT);
    assert_int_equal(db_number(db, "SELECT x FROM t", &n), ERROR_INPUT);
    assert_null(db_query(db, "SELECT * FROM u"));
    assert_int_equal(db_code(db), ERROR_INPUT);
    assert_string_equal(db_message(db), "SQL logic error");
    struct db_query *q = db_query(db, "SELECT 1");
    assert_int_equal(db_do(q, NULL), ERROR_INPUT);
    tell(db, "CREATE UNIQUE INDEX u ON t(i)");
    tell(db, "INSERT INTO t(i) VALUES(1)");
    assert_int_equal(db_run(db, "INSERT INTO t(i) VALUES(1)"), ERROR_INPUT);
    assert_string_equal(db_message(db), "constraint failed");
    db_close(db);
}

static void a_value_too_many_fails_when_it_is_run(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    struct db_query *q = db_query(db, "INSERT INTO t(i, checksum) VALUES(?, ?)");
    for (int k = 0; k < 3; k++)
        db_int(q, k);
    assert_true(db_do(q, NULL) < 0);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
    db_int(q, 1);
    assert_int_equal(db_put(q, NULL), 0);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 1);
    db_close(db);
}

static void a_full_file_is_told(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    char sql[128];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d", (int)number(db, "PRAGMA page_count"));
    tell(db, sql);
    assert_int_equal(db_run(db, "INSERT INTO t(b) VALUES(zeroblob(100000))"), ERROR_IO);
    assert_string_equal(db_message(db), "no space is left, or the file has reached its limit");
    assert_int_equal(db_code(db), ERROR_IO);
    assert_int_equal(number(db, "SELECT count(*) FROM t"), 0);
    db_close(db);
}

static void a_file_that_is_only_read_refuses_rows(void **state)
{
    (void)state;
    struct db *db = begin("s.db");
    put(db, 1, 1, "x");
    tell(db, "PRAGMA query_only = ON");
    assert_int_equal(db_run(db, "DELETE FROM t"), ERROR_IO);
    assert_string_equal(db_message(db),
                        "it cannot be written (rights of the file or of its folder)");
    assert_int_equal(intact(db), 1);
    db_close(db);
}

static void without_memory_there_is_a_message(void **state)
{
    (void)state;
    assert_string_equal(db_message(NULL), "out of memory");
    assert_int_equal(db_code(NULL), ERROR_NOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_had_again),
        cmocka_unit_test(any_number_is_whole_and_the_same),
        cmocka_unit_test(a_text_may_be_empty_or_long),
        cmocka_unit_test(each_changed_value_is_seen),
        cmocka_unit_test(each_bit_of_a_blob_counts),
        cmocka_unit_test(each_bit_of_a_number_counts),
        cmocka_unit_test(a_copied_row_is_whole),
        cmocka_unit_test(a_statement_begins_again_after_its_end),
        cmocka_unit_test(rows_changed_are_counted),
        cmocka_unit_test(what_is_not_committed_is_gone),
        cmocka_unit_test(a_number_that_is_not_there_is_zero),
        cmocka_unit_test(a_file_that_is_not_there_is_told),
        cmocka_unit_test(a_file_that_is_none_is_input),
        cmocka_unit_test(statements_that_do_not_fit_are_input),
        cmocka_unit_test(a_value_too_many_fails_when_it_is_run),
        cmocka_unit_test(a_full_file_is_told),
        cmocka_unit_test(a_file_that_is_only_read_refuses_rows),
        cmocka_unit_test(without_memory_there_is_a_message),
    };
    return cmocka_run_group_tests_name("db", tests, scratch_enter, scratch_leave);
}
