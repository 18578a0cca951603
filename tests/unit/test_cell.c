/* Cells of a sweep: replicates folded in order give the same bits in whatever pieces they ran; what
 * a store keeps of them; another sweep is told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <math.h>

#include "base/error.h"
#include "run/store_write.h"
#include "run/sweep_design.h"
#include "small.h"
#include "stated.h"

static const char whole[] =
    "sweep = { name = \"x\"; scenario = \"scenario.cfg\"; kind = \"grid\"; replicates = 8;\n"
    "  outcomes = [\"step\", \"ratio\"]; claims = [\"C1\"]; penalty = 3.0; };\n"
    "factors = { a = { paths = [\"parameters.eta\"]; values = [0.5, 1.0]; }; };\n";

struct prepared {
    struct loaded base;
    struct design design;
    struct plan plan;
    struct subject subject;
    struct store_design description;
    struct diag diag;
    struct worker worker;
};

static struct prepared *prepare(const char *design, int64_t replicates)
{
    struct prepared *p = calloc(1, sizeof *p);
    struct texts sets = {0};
    scratch_write("design.cfg", design);
    p->base = stated_load(NULL, NULL, NULL);
    int status = design_load(&p->design, "design.cfg", &p->diag);
    if (status == 0)
        status = plan_init(&p->plan, &p->design, p->base.scenario, &sets, 1, &p->diag);
    if (status == 0)
        status = subject_init(&p->subject, &p->plan, "scenario.cfg", 1, &p->diag);
    if (status == 0)
        status = worker_init(&p->worker, &p->subject);
    if (status == 0)
        status = sweep_describe(&p->description, &p->subject, replicates,
                                (struct sweep_shard){1, 1}, "scenario = { };\n");
    if (status != 0)
        fail_msg("%s", p->diag.text.s);
    return p;
}

static void end(struct prepared *p)
{
    worker_release(&p->worker);
    store_design_release(&p->description);
    subject_release(&p->subject);
    plan_release(&p->plan);
    design_release(&p->design);
    scratch_release(&p->base);
    diag_release(&p->diag);
    free(p);
}

static struct unit *run(struct prepared *p, uint32_t cell, uint32_t first, uint32_t n)
{
    struct unit *u = unit_make(&p->subject, cell, first, n);
    assert_non_null(u);
    worker_run(&p->worker, u, NULL);
    assert_string_equal(u->cause, "");
    assert_int_equal(u->n, n);
    return u;
}

static void pieces_fold_to_the_same_bits(void **state)
{
    (void)state;
    struct prepared *p = prepare(whole, 8);
    const int n = (int)subject_sums(&p->subject);
    double *once = calloc((size_t)n, sizeof *once), *parts = calloc((size_t)n, sizeof *parts);
    struct unit *u = run(p, 1, 0, 8), *first = run(p, 1, 0, 3), *other = run(p, 0, 0, 2),
                *second = run(p, 1, 3, 5);
    worker_fold(&p->worker, u, once);
    worker_fold(&p->worker, first, parts);
    worker_fold(&p->worker, second, parts);
    assert_same(once, parts, n);
    assert_true(memcmp(other->values, first->values, 2 * sizeof(double)) != 0);
    struct unit *const all[] = {u, first, other, second};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        unit_free(all[k]);
    free(once);
    free(parts);
    end(p);
}

static void summaries_are_those_of_the_replicates(void **state)
{
    (void)state;
    struct prepared *p = prepare(whole, 8);
    const struct subject *s = &p->subject;
    double *sums = calloc(subject_sums(s), sizeof *sums);
    struct unit *u = run(p, 0, 0, 8);
    struct cell_summary summaries[16];
    struct cell_claim claims[1];
    worker_fold(&p->worker, u, sums);
    worker_summarise(&p->worker, sums, 8, summaries, claims);
    assert_int_equal(s->n_arms, 3); /* ratio and C1 need them */
    int values = s->n_arms * s->n_outcomes;
    for (int k = 0; k < values; k++) {
        double mean = 0, square = 0;
        for (int r = 0; r < 8; r++)
            mean += u->values[r * values + k] / 8;
        for (int r = 0; r < 8; r++)
            square += pow(u->values[r * values + k] - mean, 2);
        if (isnan(mean))
            continue;
        assert_within(summaries[k].mean, mean, 1e-12);
        assert_within(summaries[k].sd, sqrt(square / 7), 1e-12);
        assert_within(summaries[k].mcse, sqrt(square / 7 / 8), 1e-12);
        if (k % 2 == 0) /* step: a mean, so the mean path has the mean of it */
            assert_within(summaries[k].mean_path, mean, 1e-12);
    }
    assert_true(summaries[0].n == 8);
    assert_true(isnan(claims[0].share)); /* C1 searches change points */
    unit_free(u);
    free(sums);
    end(p);
}

static void a_failure_ends_a_unit(void **state)
{
    (void)state;
    struct prepared *p = prepare(whole, 8);
    scratch_write("scenario.cfg", "scenario = { };\n"); /* as if it were refused */
    struct unit *u = unit_make(&p->subject, 0, 0, 4);
    worker_run(&p->worker, u, NULL);
    assert_int_equal(u->n, 0);
    assert_non_null(strstr(u->cause, "effective.cfg:"));
    unit_free(u);
    end(p);
}

/* ---- the store ------------------------------------------------------------------------------ */

static void fill(struct prepared *p, struct store *s)
{
    const struct run_row who = {"2026-01-01T00:00:00Z", "here", "1/1", "waltz sweep x", 1};
    struct writer w;
    struct cell_summary summaries[16];
    struct cell_claim claims[1];
    double *sums = calloc(subject_sums(&p->subject), sizeof *sums);
    struct unit *u = run(p, 1, 0, 8);
    struct cell_state state = {true, 8, false, NAN};
    unlink("s.db");
    assert_int_equal(store_create(s, "s.db", &p->description, &p->diag), 0);
    assert_int_equal(writer_init(&w, s, &who), 0);
    worker_fold(&p->worker, u, sums);
    worker_summarise(&p->worker, sums, 8, summaries, claims);
    assert_int_equal(writer_unit(&w, &p->subject, u), 0);
    assert_int_equal(writer_cell(&w, &p->plan, 1, &state, NULL), 0);
    assert_int_equal(writer_sums(&w, 1, sums, subject_sums(&p->subject)), 0);
    assert_int_equal(writer_summaries(&w, &p->subject, 1, summaries), 0);
    assert_int_equal(writer_claims(&w, &p->subject, 1, 8, claims), 0);
    const struct batch_row batch = {"2026-01-01T00:00:01Z", 1.0, 1, 8};
    assert_int_equal(writer_commit(&w, &batch), 0);
    unit_free(u);
    free(sums);
}

static void a_store_is_whole_or_damaged(void **state)
{
    (void)state;
    static const char *const damage[] = {
        "DELETE FROM replicates WHERE cell = 1 AND replicate = 7 AND arm = 'full'",
        "DELETE FROM summaries WHERE arm = 'free' AND outcome = 'step'",
        "DELETE FROM claims",
        "DELETE FROM sums",
        "DELETE FROM cells",
        "DELETE FROM batches",
        "UPDATE cells SET done = 7",
        "UPDATE runs SET host = 'there'",
        "UPDATE replicates SET step = step + 1e-15 WHERE replicate = 3"};
    struct prepared *p = prepare(whole, 8);
    struct store s;
    fill(p, &s);
    assert_int_equal(store_verify(&s, &p->diag), 0);
    assert_int_equal(s.design.outcomes.n, 2);
    assert_int_equal(store_design_own_cells(&s.design), 2);
    for (size_t k = 0; k < sizeof damage / sizeof *damage; k++) {
        struct diag diag = {0};
        assert_int_equal(db_run(s.db, "SAVEPOINT before"), 0);
        assert_int_equal(db_run(s.db, damage[k]), 0);
        if (store_verify(&s, &diag) != ERROR_INPUT)
            fail_msg("%s was not found", damage[k]);
        assert_says(&diag, "s.db: the store is damaged");
        diag_release(&diag);
        assert_int_equal(db_run(s.db, "ROLLBACK TO before; RELEASE before"), 0);
    }
    assert_int_equal(store_verify(&s, &p->diag), 0);
    store_close(&s);
    end(p);
}

static void one_process_writes_and_others_read(void **state)
{
    (void)state;
    struct prepared *p = prepare(whole, 8);
    struct store s, second, reader;
    fill(p, &s);
    assert_int_equal(store_open(&second, "s.db", STORE_WRITE, NULL, &p->diag), ERROR_IO);
    assert_says(&p->diag, "another process works on this store");
    store_close(&second);
    assert_int_equal(store_open(&reader, "s.db", STORE_READ, NULL, &p->diag), 0);
    assert_string_equal(store_design_value(&reader.design, "kind"), "grid");
    store_close(&reader);
    store_close(&s);
    assert_int_equal(store_open(&second, "s.db", STORE_WRITE, NULL, &p->diag), 0);
    store_close(&second);
    end(p);
}

/* ---- sweeps told apart ---------------------------------------------------------------------- */

static const struct {
    const char *old, *new;
    int64_t replicates;
    enum sweep_difference difference;
    const char *told;
} variants[] = {
    {"step", "step", 8, SWEEP_SAME, ""},
    {"name = \"x\"", "title = \"T\"; name = \"x\"", 8, SWEEP_SAME, ""},
    {"step", "step", 9, SWEEP_MORE, "replicates: \"8\" in the store, now \"9\""},
    {"step", "step", 7, SWEEP_OTHER, "replicates"},
    {"[0.5, 1.0]", "[0.5, 0.75, 1.0]", 8, SWEEP_LEVELS, "factor a"},
    {"\"step\", \"ratio\"", "\"ratio\", \"step\"", 8, SWEEP_OTHER, "outcomes"},
    {"parameters.eta", "parameters.rho", 8, SWEEP_OTHER, "factor a"},
    {"penalty = 3.0", "penalty = 4.0", 8, SWEEP_OTHER, "penalty: \"3\" in the store, now \"4\""},
    {"values =", "times = 0.5; values =", 8, SWEEP_OTHER, "times"},
};

static void what_differs_between_sweeps_is_told(void **state)
{
    (void)state;
    struct prepared *stored = prepare(whole, 8);
    for (size_t k = 0; k < sizeof variants / sizeof *variants; k++) {
        char *text = scratch_changed(whole, variants[k].old, variants[k].new);
        struct prepared *wanted = prepare(text, variants[k].replicates);
        struct text what = {0};
        text_add(&what, "", 0);
        enum sweep_difference found =
            sweep_compare(&stored->description, &wanted->description, &what);
        if (found != variants[k].difference || strstr(what.s, variants[k].told) == NULL)
            fail_msg("%s: %d, %s", variants[k].new, found, what.s);
        text_release(&what);
        end(wanted);
        free(text);
    }
    end(stored);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_fold_to_the_same_bits),
        cmocka_unit_test(summaries_are_those_of_the_replicates),
        cmocka_unit_test(a_failure_ends_a_unit),
        cmocka_unit_test(a_store_is_whole_or_damaged),
        cmocka_unit_test(one_process_writes_and_others_read),
        cmocka_unit_test(what_differs_between_sweeps_is_told),
    };
    return cmocka_run_group_tests_name("cell", tests, scratch_enter, scratch_leave);
}
