/* Rows in SQLite: what goes in comes out, every changed bit of a row shows, failures have a code.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <math.h>

#include "base/error.h"
#include "run/db.h"
#include "scratch.h"

static const char table[] =
    "CREATE TABLE t(i INTEGER PRIMARY KEY, r REAL, s TEXT, b BLOB, n REAL, checksum INTEGER)";

static struct db *fresh(void)
{
    struct db *db;
    unlink("t.db");
    assert_int_equal(db_open(&db, "t.db", true), 0);
    assert_int_equal(db_run(db, table), 0);
    return db;
}

static void put(struct db_query *q, int64_t i, double r, const char *s)
{
    static const unsigned char bytes[] = {0, 1, 2, 255, 0, 7, 8, 9, 10, 11};
    int changed = 0;
    db_int(q, i);
    db_real(q, r);
    db_text(q, s);
    db_blob(q, bytes, sizeof bytes);
    db_real(q, NAN);
    assert_int_equal(db_put(q, &changed), 0);
    assert_int_equal(changed, 1);
}

static void rows_come_out_as_they_went_in(void **state)
{
    (void)state;
    struct db *db = fresh();
    struct db_query *in = db_query(db, "INSERT INTO t VALUES(?, ?, ?, ?, ?, ?)");
    struct db_query *out = db_query(db, "SELECT * FROM t ORDER BY i");
    size_t n;
    put(in, -3, -0.0, "ä;\n");
    put(in, 4, 2, NULL);
    assert_int_equal(db_next(out), 1);
    assert_int_equal(db_get_int(out, 0), -3);
    assert_false(signbit(db_get_real(out, 1)));
    assert_string_equal(db_get_text(out, 2), "ä;\n");
    assert_int_equal(((const unsigned char *)db_get_blob(out, 3, &n))[3], 255);
    assert_int_equal(n, 10);
    assert_true(isnan(db_get_real(out, 4)) && db_is_null(out, 4));
    assert_true(db_intact(out));
    assert_int_equal(db_next(out), 1);
    assert_true(db_get_real(out, 1) == 2);
    assert_true(db_is_null(out, 2));
    assert_string_equal(db_get_text(out, 2), "");
    assert_true(db_intact(out));
    assert_int_equal(db_next(out), 0);
    db_close(db);
}

static void a_changed_value_shows(void **state)
{
    (void)state;
    static const char *const changes[] = {"i = 2",
                                          "r = 1.5000000000000002",
                                          "r = NULL",
                                          "s = 'bb'",
                                          "s = ''",
                                          "s = NULL",
                                          "s = CAST(s AS BLOB)",
                                          "b = x'000102FF0007080A0A0B'",
                                          "b = x'000102FF000708090A'",
                                          "n = 0.0",
                                          "checksum = checksum + 1",
                                          "checksum = NULL",
                                          "checksum = CAST(checksum AS TEXT)"};
    for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
        struct db *db = fresh();
        char sql[128];
        put(db_query(db, "INSERT INTO t VALUES(?, ?, ?, ?, ?, ?)"), 1, 1.5, "b");
        snprintf(sql, sizeof sql, "UPDATE t SET %s", changes[k]);
        assert_int_equal(db_run(db, sql), 0);
        struct db_query *out = db_query(db, "SELECT * FROM t");
        assert_int_equal(db_next(out), 1);
        bool same = strncmp(changes[k], "checksum = CAST", 15) == 0; /* the column is INTEGER */
        if (db_intact(out) != same)
            fail_msg("%s: told otherwise", changes[k]);
        db_close(db);
    }
}

static void rows_are_copied_with_their_types(void **state)
{
    (void)state;
    struct db *db = fresh();
    put(db_query(db, "INSERT INTO t VALUES(?, ?, ?, ?, ?, ?)"), 1, 1.5, "b");
    struct db_query *from = db_query(db, "SELECT * FROM t WHERE i = 1");
    struct db_query *to = db_query(db, "INSERT INTO t VALUES(?, ?, ?, ?, ?, ?)");
    assert_int_equal(db_next(from), 1);
    db_int(to, 2);
    for (int c = 1; c < db_columns(from) - 1; c++)
        db_copy(to, from, c);
    assert_int_equal(db_put(to, NULL), 0);
    db_reset(from);
    int64_t alike = 0;
    assert_int_equal(db_number(db,
                               "SELECT count(*) FROM t a JOIN t b ON a.i = 1 AND b.i = 2 AND a.r = "
                               "b.r AND a.s = b.s AND a.b = b.b AND a.n IS b.n",
                               &alike),
                     0);
    assert_int_equal(alike, 1);
    db_close(db);
}

static void failures_have_their_code(void **state)
{
    (void)state;
    struct db *db = fresh();
    struct db_query *in = db_query(db, "INSERT INTO t VALUES(?, ?, ?, ?, ?, ?)");
    put(in, 1, 1, "a");
    db_int(in, 1);
    for (int k = 0; k < 4; k++)
        db_real(in, 0);
    assert_int_equal(db_put(in, NULL), ERROR_INPUT); /* the key is taken */
    assert_null(db_query(db, "SELECT nothing FROM nowhere"));
    assert_int_equal(db_code(db), ERROR_INPUT);
    db_close(db);
    assert_int_equal(db_open(&db, "no/such/folder.db", true), ERROR_IO);
    assert_non_null(strstr(db_message(db), "rights of the file"));
    db_close(db);
    scratch_write("text.db",
                  "This is no SQLite file, and long enough to be told so at once, we hope. "
                  "This is no SQLite file, and long enough to be told so at once.");
    assert_int_equal(db_open(&db, "text.db", false), 0);
    assert_int_equal(db_run(db, "SELECT * FROM sqlite_master"), ERROR_INPUT);
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_out_as_they_went_in),
        cmocka_unit_test(a_changed_value_shows),
        cmocka_unit_test(rows_are_copied_with_their_types),
        cmocka_unit_test(failures_have_their_code),
    };
    return cmocka_run_group_tests_name("db", tests, scratch_enter, scratch_leave);
}
