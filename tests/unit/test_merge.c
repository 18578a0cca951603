/* Shards of a sweep become one store, and a store takes up a larger design: both equal a sweep that
 * was never divided or smaller. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/merge.h"
#include "run/sweep_extend.h"
#include "swept.h"

#define HEAD "kind = \"grid\"; seed = 9; outcomes = [\"step\", \"mind\"]; claims = [\"up\"]; "
#define FEW HEAD "replicates = 5;"
#define FACTORS                                                                                    \
    "l = { paths = [\"parameters.lambda\"]; values = [2, 4, 6]; };\n"                              \
    "t = { paths = [\"terms.reach\"]; values = [true, false]; };"

/* Runs a design, or a shard of it, anew. */
static void make(const char *path, const char *sweep, const char *factors, int shard, int shards)
{
    struct swept s;
    struct store store;
    struct diag diag = {0};
    swept_open(&s, sweep, factors);
    struct store_design d = swept_describe(&s, shard, shards);
    unlink(path);
    assert_int_equal(store_create(&store, path, &d, &diag), 0);
    assert_int_equal(db_run(store.db, "PRAGMA synchronous = OFF"), 0);
    swept_run(&store, &s, 2);
    assert_int_equal(store_verify(&store, &diag), 0);
    store_close(&store);
    swept_close(&s);
}

static void assert_same_rows(const char *a, const char *b)
{
    char *x = swept_dump(a), *y = swept_dump(b);
    assert_string_equal(x, y);
    free(x);
    free(y);
}

static void assert_verified(const char *path)
{
    struct store store;
    struct diag diag = {0};
    swept_load(&store, path, STORE_READ);
    if (store_verify(&store, &diag) != 0)
        fail_msg("%s", diag.text.s);
    store_close(&store);
}

/* ---- merging -------------------------------------------------------------------------------- */

static char *const shards[] = {"2.db", "3.db", "1.db"};

static void make_shards(void)
{
    make("1.db", FEW, FACTORS, 1, 3);
    make("2.db", FEW, FACTORS, 2, 3);
    make("3.db", FEW, FACTORS, 3, 3);
    unlink("m.db");
}

static void merge(const struct merge_request *q, int status, const char *message)
{
    struct sweep_result r = {0};
    struct diag diag = {0};
    int got = merge_stores(q, &r, &diag);
    if (got != status)
        fail_msg("%d: %s", got, diag.text.s == NULL ? "" : diag.text.s);
    if (message != NULL)
        assert_says(&diag, message);
    else
        assert_null(diag.text.s);
    char hidden[64];
    snprintf(hidden, sizeof hidden, ".m.db.new-%ld", (long)getpid());
    assert_int_not_equal(access(hidden, F_OK), 0);
    diag_release(&diag);
}

static void merged_shards_are_the_whole(void **state)
{
    (void)state;
    make("whole.db", FEW, FACTORS, 0, 0);
    make_shards();
    merge(&(struct merge_request){.out = "m.db", .in = shards, .n = 3}, 0, NULL);
    assert_same_rows("m.db", "whole.db");
    assert_verified("m.db");
    assert_int_equal(swept_ask("m.db", "SELECT count(*) FROM runs"), 3);
    assert_int_equal(swept_ask("m.db", "SELECT count(DISTINCT run) FROM batches"), 3);
    assert_int_equal(swept_ask("m.db", "SELECT sum(replicates) FROM batches"), 30);
}

static void what_is_missing_is_told_or_allowed(void **state)
{
    (void)state;
    make_shards();
    struct merge_request q = {.out = "m.db", .in = shards, .n = 2};
    merge(&q, ERROR_INPUT, "m.db: 2 of 6 cells are missing or not complete; allowed: all shards");
    assert_int_not_equal(access("m.db", F_OK), 0);
    q.partial = true;
    merge(&q, 0, NULL);
    assert_verified("m.db");
    assert_int_equal(swept_ask("m.db", "SELECT count(*) FROM cells WHERE cell % 3 > 0"), 4);
    assert_int_equal(swept_ask("m.db", "SELECT count(*) FROM cells"), 4);
}

static void a_store_that_is_there_gives_way_only_when_told(void **state)
{
    (void)state;
    make_shards();
    make("m.db", FEW, FACTORS, 0, 0);
    struct merge_request q = {.out = "m.db", .in = shards, .n = 3};
    merge(&q, ERROR_USAGE, "m.db: exists already; allowed: another name, or --force");
    q.replace = true;
    merge(&q, 0, NULL);
    assert_int_equal(swept_ask("m.db", "SELECT count(*) FROM runs"), 3);
    scratch_write("m.db", "a text of mine");
    merge(&q, ERROR_INPUT, "m.db: no store of `waltz sweep`");
    assert_int_equal(access("m.db", F_OK), 0);
}

static void shards_of_other_sweeps_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *sweep, *factors, *message;
    } others[] = {
        {FEW "title = \"T\";", FACTORS, NULL},
        {HEAD "replicates = 6;", FACTORS,
         "2.db: of another sweep than 1.db (replicates differs); allowed: shards of one"},
        {FEW "precision = 0.1; precision_of = \"step\";", FACTORS, "(precision differs)"},
        {FEW,
         "l = { paths = [\"parameters.lambda\"]; values = [2, 4, 5]; };\n"
         "t = { paths = [\"terms.reach\"]; values = [true, false]; };",
         "(l differs)"},
    };
    char *const two[] = {"1.db", "2.db"};
    make("1.db", FEW, FACTORS, 1, 2);
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        unlink("m.db");
        make("2.db", others[k].sweep, others[k].factors, 2, 2);
        merge(&(struct merge_request){.out = "m.db", .in = two, .n = 2},
              others[k].message == NULL ? 0 : ERROR_INPUT, others[k].message);
    }
}

static void shards_of_another_range_are_refused(void **state)
{
    (void)state;
    static const char sobol[] =
        "kind = \"sobol\"; cells = 4; outcomes = [\"step\"]; replicates = 2;";
    static const char *const ranges[][2] = {
        {"l = { paths = [\"parameters.lambda\"]; low = 1; high = 4; };",
         "l = { paths = [\"parameters.lambda\"]; low = 1; high = 5; };"},
        {"l = { paths = [\"shocks.deal.date\"]; low = \"2010-06-01\"; high = \"2010-06-30\"; };",
         "l = { paths = [\"shocks.deal.date\"]; low = \"2010-06-01\"; high = \"2010-07-30\"; };"}};
    char *const two[] = {"1.db", "2.db"};
    for (int k = 0; k < 2; k++) {
        unlink("m.db");
        make("1.db", sobol, ranges[k][0], 1, 2);
        make("2.db", sobol, ranges[k][1], 2, 2);
        merge(&(struct merge_request){.out = "m.db", .in = two, .n = 2}, ERROR_INPUT,
              k == 0 ? "2.db: of another sweep than 1.db (l differs)"
                     : "2.db: of another sweep than 1.db (values.l differs)");
    }
}

static void damaged_shards_are_left_out_only_when_told(void **state)
{
    (void)state;
    make_shards();
    swept_tell("3.db", "UPDATE replicates SET step = 0 WHERE replicate = 1");
    struct merge_request q = {.out = "m.db", .in = shards, .n = 3};
    merge(&q, ERROR_INPUT, "3.db: the store is damaged (replicates, cell 2)");
    q.partial = true;
    merge(&q, 0, "3.db: warning: is left out:\n");
    assert_verified("m.db");
    assert_int_equal(swept_ask("m.db", "SELECT count(*) FROM cells"), 4);
    swept_tell("2.db", "UPDATE runs SET host = 'x'");
    swept_tell("1.db", "DELETE FROM sums");
    unlink("m.db");
    merge(&q, ERROR_INPUT, "m.db: no store that is whole");
}

static void cells_that_several_have_must_be_equal(void **state)
{
    (void)state;
    static char *const twice[] = {"1.db", "2.db", "1.db", "3.db"};
    make("whole.db", FEW, FACTORS, 0, 0);
    make_shards();
    merge(&(struct merge_request){.out = "m.db", .in = twice, .n = 4}, 0, NULL);
    assert_same_rows("m.db", "whole.db");
    assert_verified("m.db");
    unlink("m.db");
    unlink("1b.db");
    make("1b.db", FEW, FACTORS, 1, 3);
    struct db *db;
    assert_int_equal(db_open(&db, "1b.db", false), 0);
    struct db_query *q = db_query(db, "INSERT OR REPLACE INTO replicates VALUES(?, ?, ?, ?, ?, ?)");
    db_int(q, 3);
    db_int(q, 4);
    db_text(q, "full");
    db_real(q, 0.5);
    db_real(q, 0.5);
    assert_int_equal(db_put(q, NULL), 0);
    db_close(db);
    char *const other[] = {"1.db", "2.db", "1b.db", "3.db"};
    merge(&(struct merge_request){.out = "m.db", .in = other, .n = 4}, ERROR_INPUT,
          "1b.db: replicates of cell 3 differ from those of another store");
}

static void stop_at(void *user, int64_t replicates)
{
    *(volatile sig_atomic_t *)user = replicates >= 12;
}

static void the_longer_of_two_stays(void **state)
{
    (void)state;
    static char *const orders[2][2] = {{"long.db", "short.db"}, {"short.db", "long.db"}};
    struct swept s;
    struct store store;
    struct sweep_result r;
    struct diag diag = {0};
    volatile sig_atomic_t stop = 0;
    make("long.db", FEW, FACTORS, 0, 0);
    swept_open(&s, FEW, FACTORS);
    swept_create(&store, &s, "short.db");
    struct sweep_request q = swept_request(&store, &s);
    q.stop = &stop;
    q.progress = stop_at;
    q.user = (void *)(uintptr_t)&stop;
    assert_int_equal(sweep_run(&q, &r, &diag), ERROR_STOPPED);
    store_close(&store);
    for (int k = 0; k < 2; k++) {
        unlink("m.db");
        merge(&(struct merge_request){.out = "m.db", .in = orders[k], .n = 2}, 0, NULL);
        assert_same_rows("m.db", "long.db");
        assert_verified("m.db");
    }
    swept_close(&s);
}

/* ---- extending ------------------------------------------------------------------------------ */

static int extend(const char *path, const char *sweep, const char *factors, struct diag *diag)
{
    struct swept s;
    struct store store;
    struct text what = {0};
    swept_open(&s, sweep, factors);
    swept_load(&store, path, STORE_WRITE);
    struct store_design wanted = swept_describe(&s, store.design.shard, store.design.shards);
    enum sweep_difference found = sweep_compare(&store.design, &wanted, &what);
    assert_true(found == SWEEP_MORE || found == SWEEP_LEVELS);
    int status = sweep_extend(&store, &s.plan, &wanted, found, diag);
    if (status == 0)
        swept_run(&store, &s, 2);
    store_design_release(&wanted);
    store_close(&store);
    text_release(&what);
    swept_close(&s);
    return status;
}

static void extended_stores_are_as_if_begun_so(void **state)
{
    (void)state;
    static const char more[] =
        "l = { paths = [\"parameters.lambda\"]; values = [8, 2, 3, 4, 6]; };\n"
        "t = { paths = [\"terms.reach\"]; values = [true, false]; };";
    static const char sobol[] = "kind = \"sobol\"; outcomes = [\"step\"]; replicates = 3; ";
    static const char range[] = "l = { paths = [\"parameters.lambda\"]; low = 1; high = 9; };";
    static const char few_levels[] =
        "l = { paths = [\"parameters.lambda\"]; low = 1; high = 9; levels = 3; };";
    static const char many_levels[] =
        "l = { paths = [\"parameters.lambda\"]; low = 1; high = 9; levels = 5; };";
    char small[128], large[128];
    snprintf(small, sizeof small, "%scells = 3;", sobol);
    snprintf(large, sizeof large, "%scells = 7;", sobol);
    const char *const all[][4] = {
        {FEW, FACTORS, HEAD "replicates = 40;", FACTORS},
        {FEW, FACTORS, FEW, more},
        {FEW, FACTORS, HEAD "replicates = 11;", more},
        {FEW, few_levels, FEW, many_levels},
        {small, range, large, range},
    };
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        struct diag diag = {0};
        make("s.db", all[k][0], all[k][1], 0, 0);
        make("whole.db", all[k][2], all[k][3], 0, 0);
        if (extend("s.db", all[k][2], all[k][3], &diag) != 0)
            fail_msg("%s", diag.text.s);
        assert_same_rows("s.db", "whole.db");
        assert_verified("s.db");
        assert_int_equal(swept_ask("s.db", "SELECT count(*) FROM runs"), 2);
    }
}

static void a_shard_takes_replicates_but_no_levels(void **state)
{
    (void)state;
    struct diag diag = {0};
    make("s.db", FEW, FACTORS, 2, 3);
    make("whole.db", HEAD "replicates = 9;", FACTORS, 2, 3);
    assert_int_equal(extend("s.db", HEAD "replicates = 9;", FACTORS, &diag), 0);
    assert_same_rows("s.db", "whole.db");
    assert_int_equal(extend("s.db", HEAD "replicates = 9;",
                            "l = { paths = [\"parameters.lambda\"]; values = [2, 4, 6, 8]; };\n"
                            "t = { paths = [\"terms.reach\"]; values = [true, false]; };",
                            &diag),
                     ERROR_INPUT);
    assert_says(&diag, "s.db: levels are added, which renumbers the cells; allowed: for a store");
    assert_same_rows("s.db", "whole.db");
    diag_release(&diag);
}

static void what_the_store_has_must_stay(void **state)
{
    (void)state;
    struct diag diag = {0};
    make("whole.db", FEW, FACTORS, 0, 0);
    make("s.db", FEW, FACTORS, 0, 0);
    assert_int_equal(extend("s.db", FEW,
                            "l = { paths = [\"parameters.lambda\"]; values = [2, 4, 5, 8]; };\n"
                            "t = { paths = [\"terms.reach\"]; values = [true, false]; };",
                            &diag),
                     ERROR_INPUT);
    assert_says(&diag, "d.cfg:5: factors.l has no value 6, which the store has; allowed: its val");
    assert_same_rows("s.db", "whole.db");
    diag_release(&diag);
}

static void rows_of_a_table_are_added_at_its_end(void **state)
{
    (void)state;
    static const char list[] =
        "kind = \"list\"; points = \"p.csv\"; outcomes = [\"step\"]; replicates = 3;";
    struct diag diag = {0};
    scratch_write("p.csv", "draw,parameters.lambda\na,3\nb,4\nc,9\n");
    make("whole.db", list, "", 0, 0);
    scratch_write("p.csv", "draw,parameters.lambda\na,3\nb,4\n");
    make("s.db", list, "", 0, 0);
    scratch_write("p.csv", "draw,parameters.lambda\na,3\nc,9\nb,4\n");
    assert_int_equal(extend("s.db", list, "", &diag), ERROR_INPUT);
    assert_says(&diag, "s.db: cell 1 has another draw than in the design (now c); allowed: rows");
    diag_release(&diag);
    assert_int_equal(swept_ask("s.db", "SELECT value FROM design WHERE key = 'cells'"), 2);
    scratch_write("p.csv", "draw,parameters.lambda\na,3\nb,4\nc,9\n");
    assert_int_equal(extend("s.db", list, "", &diag), 0);
    assert_same_rows("s.db", "whole.db");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merged_shards_are_the_whole),
        cmocka_unit_test(what_is_missing_is_told_or_allowed),
        cmocka_unit_test(a_store_that_is_there_gives_way_only_when_told),
        cmocka_unit_test(shards_of_other_sweeps_are_refused),
        cmocka_unit_test(shards_of_another_range_are_refused),
        cmocka_unit_test(damaged_shards_are_left_out_only_when_told),
        cmocka_unit_test(cells_that_several_have_must_be_equal),
        cmocka_unit_test(the_longer_of_two_stays),
        cmocka_unit_test(extended_stores_are_as_if_begun_so),
        cmocka_unit_test(a_shard_takes_replicates_but_no_levels),
        cmocka_unit_test(what_the_store_has_must_stay),
        cmocka_unit_test(rows_of_a_table_are_added_at_its_end),
    };
    return cmocka_run_group_tests_name("merge", tests, scratch_enter, scratch_leave);
}
