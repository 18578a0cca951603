#include "prior.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SWEEP                                                                                      \
    "kind = \"random\"; cells = 400; seed = 3; replicates = 1; outcomes = [\"step\", \"mind\"];"
#define FACTORS                                                                                    \
    "l = { paths = [\"parameters.lambda\"]; low = 1; high = 9; scale = \"log\"; };\n"              \
    "e = { paths = [\"parameters.eta\"]; low = 0.1; high = 1; };"

/* The bytes of the store as it was swept, and the parameters of its cells. */
static struct {
    char *bytes;
    size_t n;
    double values[PRIOR_CELLS][2];
} made;

static void take_bytes(const char *path)
{
    char part[4096];
    size_t got;
    FILE *in = fopen(path, "rb"), *out = open_memstream(&made.bytes, &made.n);
    assert_true(in != NULL && out != NULL);
    while ((got = fread(part, 1, sizeof part, in)) > 0)
        fwrite(part, 1, got, out);
    fclose(in);
    fclose(out);
}

static void make(void)
{
    struct swept s;
    struct store store;
    swept_open(&s, SWEEP, FACTORS);
    swept_create(&store, &s, "s.db");
    assert_int_equal(swept_run(&store, &s, 1).complete, PRIOR_CELLS);
    store_close(&store);
    for (uint32_t cell = 0; cell < PRIOR_CELLS; cell++)
        for (int f = 0; f < 2; f++) {
            struct factor_value v;
            plan_value(&s.plan, cell, f, &v);
            made.values[cell][f] = v.number;
        }
    swept_close(&s);
    take_bytes("s.db");
}

void prior_store(const char *sql)
{
    if (made.bytes == NULL)
        make();
    scratch_write_bytes("s.db", made.bytes, made.n);
    if (sql != NULL)
        swept_tell("s.db", sql);
}

double prior_value(uint32_t cell, int parameter)
{
    return made.values[cell][parameter];
}

void prior_design(const char *calibration, const char *targets)
{
    struct text t = {0};
    text_printf(&t,
                "sweep = { name = \"d\"; scenario = \"scenario.cfg\"; kind = \"random\";\n"
                "  outcomes = [\"step\", \"mind\", \"other\"]; };\n"
                "calibration = { %s };\ntargets = {\n%s\n};\nfactors = { %s };\n",
                calibration, targets, FACTORS);
    scratch_write("p.cfg", t.s);
    text_release(&t);
}

void prior_open(struct found *f)
{
    *f = (struct found){.status = 0};
    if (design_load(&f->design, "p.cfg", &f->diag) != 0)
        fail_msg("%s", f->diag.text.s);
    swept_load(&f->store, "s.db", STORE_READ);
}

void prior_find(struct found *f, uint64_t seed)
{
    prior_open(f);
    f->status = posterior_find(&f->posterior, &f->store, &f->design, seed, NULL, &f->diag);
    if (f->status != 0)
        fail_msg("%s", f->diag.text.s == NULL ? "no message" : f->diag.text.s);
    assert_null(f->diag.text.s);
}

void prior_close(struct found *f)
{
    posterior_release(&f->posterior);
    store_close(&f->store);
    design_release(&f->design);
    diag_release(&f->diag);
}
