/* Sweeps as they run: the same rows for any threads and stops, rounds, precision, failures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "small.h"
#include "swept.h"

#define HEAD                                                                                       \
    "kind = \"grid\"; seed = 9; penalty = 3.0; outcomes = [\"step\", \"turn\", \"mind\"]; "        \
    "claims = [\"up\", \"less\", \"C1\"]; "
#define MANY HEAD "replicates = 40;"
#define FACTORS                                                                                    \
    "l = { paths = [\"parameters.lambda\"]; values = [2, 4]; };\n"                                 \
    "t = { paths = [\"terms.reach\"]; values = [true, false]; };"
#define GONE "g = { paths = [\"shocks.gone.enabled\"]; values = [false, true]; };"
#define FOUR "kind = \"grid\"; seed = 2; outcomes = [\"step\"]; replicates = 40;"

/* Runs a design anew with so many threads; what is in the store. */
static char *swept(const char *path, int threads, const char *sweep, const char *factors)
{
    struct swept s;
    struct store store;
    struct diag diag = {0};
    swept_open(&s, sweep, factors);
    swept_create(&store, &s, path);
    swept_run(&store, &s, threads);
    assert_int_equal(store_verify(&store, &diag), 0);
    store_close(&store);
    swept_close(&s);
    return swept_dump(path);
}

static void assert_dumps(char *a, char *b)
{
    assert_string_equal(a, b);
    free(a);
    free(b);
}

static void any_number_of_threads_gives_the_same_rows(void **state)
{
    (void)state;
    for (int threads = 2; threads <= 5; threads++)
        assert_dumps(swept("a.db", 1, MANY, FACTORS), swept("b.db", threads, MANY, FACTORS));
    assert_int_equal(swept_ask("b.db", "SELECT count(*) FROM replicates"), 4 * 40 * 3);
    assert_int_equal(swept_ask("b.db", "SELECT sum(replicates) FROM batches"), 160);
    assert_int_equal(swept_ask("b.db", "SELECT threads FROM runs"), 1); /* what the request says */
}

static void a_cells_rows_are_those_of_one_unit(void **state)
{
    (void)state;
    struct swept s;
    struct worker w;
    struct db *db;
    free(swept("a.db", 3, MANY, FACTORS));
    swept_open(&s, MANY, FACTORS);
    assert_int_equal(worker_init(&w, &s.subject), 0);
    struct unit *u = unit_make(&s.subject, 2, 0, 40);
    size_t n = subject_sums(&s.subject), bytes;
    double *sums = calloc(n, sizeof *sums);
    worker_run(&w, u, NULL);
    worker_fold(&w, u, sums);
    assert_int_equal(db_open(&db, "a.db", false), 0);
    struct db_query *q = db_query(db, "SELECT sums FROM sums WHERE cell = 2"),
                    *rows = db_query(db, "SELECT * FROM replicates WHERE cell = 2 ORDER BY "
                                         "replicate, arm <> 'full', arm <> 'no_deal'");
    assert_int_equal(db_next(q), 1);
    assert_memory_equal(db_get_blob(q, 0, &bytes), sums, n * sizeof *sums);
    assert_int_equal(bytes, n * sizeof *sums);
    db_reset(q);
    for (int k = 0; k < 40 * 3; k++) {
        assert_int_equal(db_next(rows), 1);
        assert_int_equal(db_get_int(rows, 1), k / 3);
        for (int o = 0; o < 3; o++) {
            double v = db_get_real(rows, 3 + o);
            assert_same(&v, &u->values[k * 3 + o], 1);
        }
    }
    assert_int_equal(db_next(rows), 0);
    db_close(db);
    free(sums);
    unit_free(u);
    worker_release(&w);
    swept_close(&s);
}

/* ---- stops ---------------------------------------------------------------------------------- */

struct watch {
    volatile sig_atomic_t stop;
    int64_t at; /* stops at so many replicates */
    int64_t planned, last;
    bool wrong;
};

static void look(void *user, int64_t replicates)
{
    struct watch *w = user;
    w->wrong |= replicates < w->last || replicates > w->planned;
    w->last = replicates;
    if (replicates >= w->at)
        w->stop = 1;
}

/* Opens the store, runs until so many replicates are there, closes; the status. */
static int run_until(const struct swept *s, const char *path, int threads, int64_t at)
{
    struct store store;
    struct diag diag = {0};
    struct watch watch = {.at = at};
    struct sweep_result result;
    swept_load(&store, path, STORE_WRITE);
    watch.planned = store_design_own_cells(&store.design) * store.design.replicates;
    struct sweep_request q = swept_request(&store, s);
    q.threads = threads;
    q.stop = &watch.stop;
    q.progress = look;
    q.user = &watch;
    int status = sweep_run(&q, &result, &diag);
    assert_false(watch.wrong);
    assert_null(diag.text.s);
    assert_int_equal(store_verify(&store, &diag), 0);
    store_close(&store);
    return status;
}

static void a_sweep_that_was_stopped_goes_on(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 3; threads += 2) {
        struct swept s;
        struct store store;
        int pauses = 0;
        char *whole = swept("whole.db", 1, MANY, FACTORS);
        swept_open(&s, MANY, FACTORS);
        swept_create(&store, &s, "s.db");
        store_close(&store);
        for (int64_t at = 5; at < 160; at += 31)
            pauses += run_until(&s, "s.db", threads, at) == ERROR_STOPPED;
        assert_true(pauses >= 3);
        assert_int_equal(run_until(&s, "s.db", threads, 1000), 0);
        assert_dumps(whole, swept_dump("s.db"));
        assert_in_range(swept_ask("s.db", "SELECT count(*) FROM runs"), 3, 6);
        swept_close(&s);
    }
}

static void all_cells_go_through_a_round_before_the_next(void **state)
{
    (void)state;
    static const int64_t ends[] = {8, 32, 40};
    struct swept s;
    struct store store;
    swept_open(&s, MANY, FACTORS);
    swept_create(&store, &s, "s.db");
    store_close(&store);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(run_until(&s, "s.db", 1, 4 * ends[k]), ERROR_STOPPED);
        assert_int_equal(swept_ask("s.db", "SELECT min(done) FROM cells"), ends[k]);
        assert_int_equal(swept_ask("s.db", "SELECT max(done) FROM cells"), ends[k]);
        assert_int_equal(swept_ask("s.db", "SELECT count(*) FROM cells"), 4);
    }
    swept_close(&s);
}

static void a_sweep_that_is_done_writes_nothing(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    free(swept("s.db", 1, FOUR, FACTORS));
    swept_open(&s, FOUR, FACTORS);
    swept_load(&store, "s.db", STORE_WRITE);
    struct sweep_result r = swept_run(&store, &s, 2);
    assert_true(r.own == 4 && r.complete == 4 && r.begun == 4 && r.failed == 0);
    assert_true(r.replicates == 0);
    store_close(&store);
    assert_int_equal(swept_ask("s.db", "SELECT count(*) FROM runs"), 1);
    assert_int_equal(swept_ask("s.db", "SELECT count(*) FROM batches"), 1);
    swept_close(&s);
}

static double next_second(void)
{
    static double now;
    return ++now;
}

static void commits_leave_the_rows_as_they_are(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    struct diag diag = {0};
    struct sweep_result r;
    swept_open(&s, MANY, FACTORS);
    swept_create(&store, &s, "s.db");
    struct sweep_request q = swept_request(&store, &s);
    q.seconds = next_second;
    q.threads = 3;
    assert_int_equal(sweep_run(&q, &r, &diag), 0);
    assert_int_equal(store_verify(&store, &diag), 0);
    store_close(&store);
    assert_true(swept_ask("s.db", "SELECT count(*) FROM batches") > 8); /* of four cells */
    assert_int_equal(swept_ask("s.db", "SELECT sum(replicates) FROM batches"), 160);
    assert_int_equal(swept_ask("s.db", "SELECT count(*) FROM runs"), 1);
    assert_dumps(swept("whole.db", 1, MANY, FACTORS), swept_dump("s.db"));
    swept_close(&s);
}

/* ---- precision ------------------------------------------------------------------------------ */

/* The standard error of a cell's first n values of step in the first arm. */
static double error_of(struct db *db, int cell, int n)
{
    struct db_query *q = db_query(db, "SELECT step FROM replicates WHERE cell = ? AND arm = 'full' "
                                      "ORDER BY replicate LIMIT ?");
    double values[200], mean = 0, square = 0;
    db_int(q, cell);
    db_int(q, n);
    for (int k = 0; k < n; k++) {
        assert_int_equal(db_next(q), 1);
        values[k] = db_get_real(q, 0);
        mean += values[k] / n;
    }
    db_reset(q);
    for (int k = 0; k < n; k++)
        square += (values[k] - mean) * (values[k] - mean);
    return sqrt(square / (n - 1) / n);
}

static void a_cell_ends_at_the_first_checkpoint_that_is_precise(void **state)
{
    (void)state;
    static const char sweep[] =
        "kind = \"grid\"; seed = 9; outcomes = [\"mind\", \"step\"]; replicates = 100; "
        "precision_of = \"step\"; precision = 0.0012;";
    static const char cells[] =
        "l = { paths = [\"parameters.lambda\"]; low = 1; high = 30; levels = 9; };";
    struct db *db;
    assert_dumps(swept("s.db", 1, sweep, cells), swept("t.db", 3, sweep, cells));
    assert_int_equal(db_open(&db, "s.db", false), 0);
    struct db_query *q = db_query(db, "SELECT cell, done, error FROM cells ORDER BY cell");
    int ends[4] = {0};
    for (int cell = 0; cell < 9; cell++) {
        assert_int_equal(db_next(q), 1);
        int done = (int)db_get_int(q, 1), k = 0;
        const int at[] = {8, 32, 96, 100};
        while (at[k] != done)
            assert_true(error_of(db, cell, at[k++]) > 0.0012);
        assert_true(at[k] == 100 || error_of(db, cell, done) <= 0.0012);
        assert_within(db_get_real(q, 2), error_of(db, cell, done), 1e-12);
        ends[k]++;
    }
    assert_true((ends[0] > 0) + (ends[1] > 0) + (ends[2] > 0) + (ends[3] > 0) >= 2);
    db_reset(q);
    db_close(db);
}

static void precise_cells_count_as_complete(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    struct sweep_result r;
    swept_open(&s,
               "kind = \"grid\"; outcomes = [\"step\"]; replicates = 1000000; precision_of = "
               "\"step\"; precision = 5.0;",
               FACTORS);
    swept_create(&store, &s, "s.db");
    r = swept_run(&store, &s, 2);
    assert_true(r.complete == 4 && r.own == 4 && r.replicates == 32);
    assert_true(swept_run(&store, &s, 2).replicates == 0);
    store_close(&store);
    swept_close(&s);
}

/* ---- failures ------------------------------------------------------------------------------- */

static void a_failed_cell_keeps_its_cause_and_what_it_had(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    assert_dumps(swept("s.db", 1, FOUR, GONE), swept("t.db", 3, FOUR, GONE));
    swept_open(&s, FOUR, GONE);
    swept_load(&store, "s.db", STORE_WRITE);
    struct sweep_result r = swept_run(&store, &s, 1);
    assert_true(r.own == 2 && r.complete == 1 && r.failed == 1 && r.begun == 1);
    assert_true(r.replicates == 0);
    store_close(&store);
    int64_t done = swept_ask("s.db", "SELECT done FROM cells WHERE cell = 1");
    char sql[128];
    assert_in_range(done, 1, 39);
    snprintf(sql, sizeof sql,
             "SELECT cause LIKE 'replicate %d in arm full: %%' FROM cells WHERE cell = 1",
             (int)done);
    assert_int_equal(swept_ask("s.db", sql), 1);
    assert_int_equal(swept_ask("s.db", "SELECT count(*) FROM replicates WHERE cell = 1"), done);
    swept_close(&s);
}

static struct sweep_result retry(struct store *store, const struct swept *s)
{
    struct sweep_result before, result;
    struct diag diag = {0};
    struct sweep_request q = swept_request(store, s);
    q.retry = true;
    q.threads = 2;
    assert_int_equal(sweep_count(store, &before), 0);
    assert_int_equal(sweep_run(&q, &result, &diag), 0);
    result.replicates -= before.replicates;
    return result;
}

static void a_cell_that_fails_again_is_as_it_was(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    char *before = swept("s.db", 1, FOUR, GONE);
    swept_open(&s, FOUR, GONE);
    swept_load(&store, "s.db", STORE_WRITE);
    struct sweep_result r = retry(&store, &s);
    assert_true(r.failed == 1 && r.complete == 1 && r.replicates == 0);
    store_close(&store);
    assert_dumps(before, swept_dump("s.db"));
    swept_close(&s);
}

static void failed_cells_run_again_and_no_others(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    char *whole = swept("whole.db", 1, FOUR, FACTORS);
    swept_open(&s, FOUR, FACTORS);
    swept_create(&store, &s, "s.db");
    store_close(&store);
    assert_int_equal(run_until(&s, "s.db", 1, 16), ERROR_STOPPED); /* cells 0 and 1 have 8 */
    char *text = scratch_effective(s.base.scenario);
    scratch_write("effective.cfg", "scenario = { };\n");
    swept_load(&store, "s.db", STORE_WRITE);
    struct sweep_result r = swept_run(&store, &s, 1);
    assert_true(r.failed == 4 && r.complete == 0 && r.begun == 0 && r.replicates == 0);
    scratch_write("effective.cfg", text);
    assert_true(swept_run(&store, &s, 1).replicates == 0);
    r = retry(&store, &s);
    assert_true(r.failed == 0 && r.complete == 4 && r.replicates == 160 - 16);
    assert_true(retry(&store, &s).replicates == 0);
    store_close(&store);
    assert_dumps(whole, swept_dump("s.db"));
    free(text);
    swept_close(&s);
}

static void unfinished_cells_are_left_alone_by_a_retry(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    swept_open(&s, FOUR, FACTORS);
    swept_create(&store, &s, "s.db");
    store_close(&store);
    assert_int_equal(run_until(&s, "s.db", 1, 16), ERROR_STOPPED);
    swept_load(&store, "s.db", STORE_WRITE);
    struct sweep_result r = retry(&store, &s);
    assert_true(r.replicates == 0 && r.complete == 0 && r.begun == 2);
    store_close(&store);
    swept_close(&s);
}

static void a_store_that_cannot_be_written_ends_a_sweep(void **state)
{
    (void)state;
    struct swept s;
    struct store store;
    struct diag diag = {0};
    struct sweep_result r;
    swept_open(&s, MANY, FACTORS);
    swept_create(&store, &s, "s.db");
    assert_int_equal(db_run(store.db, "PRAGMA max_page_count = 13"), 0);
    struct sweep_request q = swept_request(&store, &s);
    q.threads = 3;
    assert_int_equal(sweep_run(&q, &r, &diag), ERROR_IO);
    assert_says(&diag, "s.db: cannot be written: no space is left, or the file has reached");
    store_close(&store);
    diag_release(&diag);
    assert_int_equal(run_until(&s, "s.db", 3, 1000), 0);
    assert_dumps(swept("whole.db", 1, MANY, FACTORS), swept_dump("s.db"));
    swept_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same_rows),
        cmocka_unit_test(a_cells_rows_are_those_of_one_unit),
        cmocka_unit_test(a_sweep_that_was_stopped_goes_on),
        cmocka_unit_test(all_cells_go_through_a_round_before_the_next),
        cmocka_unit_test(a_sweep_that_is_done_writes_nothing),
        cmocka_unit_test(commits_leave_the_rows_as_they_are),
        cmocka_unit_test(a_cell_ends_at_the_first_checkpoint_that_is_precise),
        cmocka_unit_test(precise_cells_count_as_complete),
        cmocka_unit_test(a_failed_cell_keeps_its_cause_and_what_it_had),
        cmocka_unit_test(a_cell_that_fails_again_is_as_it_was),
        cmocka_unit_test(failed_cells_run_again_and_no_others),
        cmocka_unit_test(unfinished_cells_are_left_alone_by_a_retry),
        cmocka_unit_test(a_store_that_cannot_be_written_ends_a_sweep),
    };
    return cmocka_run_group_tests_name("sweep", tests, scratch_enter, scratch_leave);
}
