#define _XOPEN_SOURCE 700 /* mkdtemp, open_memstream, nftw */

#include "harness.h"

#include <ftw.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "run/replicate.h"

/* A world of more is taken, but not run: that would cost the fuzzer its speed. */
enum { STATES = 8, TICKS = 40, INITIATIVES = 64 };

static struct {
    long given, taken, ran, left_range;
} counts;

static char folder[] = "/tmp/waltz-fuzz-XXXXXX";

/* libconfig loses a text when its parser stops in the middle of a value. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig\n";
}

const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}

#define MUST(holds)                                                                                \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #holds);             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* ---- the folder ------------------------------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
    (void)info, (void)kind, (void)ftw;
    return remove(path);
}

static void leave(void)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    fprintf(stderr, "%ld inputs: %ld scenarios taken, %ld run, of which %ld left their range\n",
            counts.given, counts.taken, counts.ran, counts.left_range);
}

static void in_folder(char path[64], const char *name)
{
    MUST(snprintf(path, 64, "%s/%s", folder, name) < 64);
}

void harness_write(const char *name, const void *bytes, size_t n)
{
    char path[64];
    in_folder(path, name);
    FILE *file = fopen(path, "wb");
    MUST(file != NULL);
    MUST(fwrite(bytes, 1, n, file) == n);
    MUST(fclose(file) == 0);
}

const char harness_scenario[] =
    "scenario = { name = \"small\"; start = \"2010-01\"; end = \"2010-12\"; spinup = 3;\n"
    "  focus = [\"IRN-RUS\"]; };\n"
    "states = { %s\n"
    "  IRN = { ccode = 630; lat = 35.7; lon = 51.4; gdp = 487.0; milex = 10.6; };\n"
    "  RUS = { ccode = 365; lat = 55.8; lon = 37.6; gdp = 1525.0; milex = 58.7; };\n"
    "  USA = { ccode = 2; lat = 38.9; lon = -77.0; gdp = 15049.0; milex = 693.6; };\n"
    "  GBR = { ccode = 200; lat = 51.5; lon = -0.1; gdp = 2485.5; milex = 57.8; };\n"
    "};\n"
    "dyads = { %s\n"
    "  IRN-USA = { h0 = 0.6; };\n"
    "};\n"
    "sanctions = { %s\n"
    "  S1 = { senders = [\"west\"]; target = \"IRN\"; start = \"2009-06-01\"; class = 2; };\n"
    "  S2 = { senders = [\"USA\"]; target = \"RUS\"; start = \"2010-05-01\"; end = \"2011-05-01\"; "
    "class = 3; pillars = \"TF\"; };\n"
    "};\n"
    "mandates = { %s\n"
    "  M1 = { target = \"IRN\"; start = \"2010-06-09\"; end = \"2011-06-09\"; finance = 1.0; };\n"
    "};\n"
    "groups = { west = [\"USA\", \"GBR\"]; both = [\"west\", \"RUS\"]; };\n"
    "shocks = {\n"
    "  deal = { date = \"2010-06-01\"; starts = [\"S2\", \"M1\"]; jitter_days = 40;\n"
    "    effects = {\n"
    "      calm = { on = \"dispute\"; between = [\"IRN\", \"west\"]; size = -1.0; };\n"
    "      late = { on = \"sanctions\"; from = [\"GBR\"]; to = [\"RUS\"]; date = \"2010-08-15\"; "
    "};\n"
    "    }; };\n"
    "  exit = { date = \"2010-09-01\"; requires = \"deal\"; ends = [\"M1\"]; };\n"
    "  boom = { date = \"2010-10-01\";\n"
    "    effects = { up = { on = \"growth\"; of = [\"both\"]; size = 0.01; }; }; };\n"
    "};\n"
    "arms = { full = { }; less = { without = [\"deal\"]; set = [\"parameters.lambda=5\"]; }; };\n"
    "outcomes = {\n"
    "  step = { measure = \"cooperation\"; subject = \"IRN-RUS\"; window = \"2010-06..2010-12\"; "
    "minus = \"2010-01..2010-05\"; };\n"
    "  ratio = { measure = \"exchange\"; subject = \"west-RUS\"; window = \"2010-06..2010-12\"; "
    "over = \"2010-01..2010-05\"; statistic = \"max\"; };\n"
    "  part = { measure = \"initiatives\"; subject = \"IRN>RUS\"; window = \"2010-02..2010-12\"; "
    "statistic = \"share\"; arm = \"less\"; };\n"
    "  mind = { measure = \"choices\"; subject = \"IRN-USA\"; window = \"2010-06..2010-12\"; "
    "statistic = \"distance\"; };\n"
    "  each = { measure = \"acts\"; subject = \"dyads\"; window = \"2010-06..2010-12\"; };\n"
    "  rank = { measure = \"cooperation\"; subject = \"dyads\"; window = \"2010-06..2010-12\"; "
    "statistic = \"rank_correlation\"; domain = \"economic\"; };\n"
    "  turn = { measure = \"acts\"; subject = \"IRN-RUS\"; window = \"2010-06..2010-12\"; "
    "statistic = \"onset\"; trend = \"less\"; };\n"
    "};\n"
    "observed = { IRN-RUS = { political = 2.0; economic = 1.0; }; IRN-USA = { economic = 0.0; };\n"
    "  USA-RUS = { economic = 5.0; }; };\n"
    "claims = { C1 = { text = \"It rises.\"; expect = true; all = {\n"
    "  higher = { outcome = \"step\"; is = \"above\"; than = \"step\"; than_arm = \"less\"; };\n"
    "  found = { outcome = \"turn\"; is = \"found\"; }; }; }; };\n";

/* ---- what must hold -------------------------------------------------------------------------- */

static char *printed(const struct scenario *sc)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    MUST(memory != NULL);
    scenario_print(sc, memory);
    MUST(fclose(memory) == 0);
    return text;
}

static void must_print_the_same_again(const struct scenario *sc)
{
    char path[64];
    struct scenario *again = NULL;
    struct diag diag = {0};
    char *first = printed(sc);
    harness_write("again.cfg", first, strlen(first));
    in_folder(path, "again.cfg");
    if (scenario_load(&again, path, NULL, 0, &diag) != 0)
        fprintf(stderr, "%s%s", first, diag.text.s);
    MUST(again != NULL);
    char *second = printed(again);
    if (strcmp(first, second) != 0)
        fprintf(stderr, "%s---- then ----\n%s", first, second);
    MUST(strcmp(first, second) == 0);
    free(first);
    free(second);
    scenario_free(again);
    diag_release(&diag);
}

/* What a replicate leaves is known, or is what one replicate or an empty share cannot tell. */
static void must_leave_numbers(const struct replicate *r)
{
    const struct experiment *x = r->experiment;
    for (int k = 0; k < x->readings.n; k++) {
        const struct outcome *o = x->readings.of[k].outcome;
        bool plain = o->statistic <= STATISTIC_WHEN_MAX && o->over.from > o->over.to &&
                     o->minus_arm[0] == '\0' && x->readings.of[k].source == SOURCE_SERIES;
        MUST(isfinite(r->outcomes[k]) || (isnan(r->outcomes[k]) && !plain));
    }
    for (int k = 0; k < x->readings.size; k++)
        MUST(isfinite(r->sketch[k]));
    for (int k = 0; k < experiment_years(x) * x->series.n; k++)
        MUST(isfinite(r->yearly[k]));
}

static double *copied(const double *v, size_t n)
{
    double *copy = malloc((n + 1) * sizeof *copy);
    MUST(copy != NULL);
    memcpy(copy, v, n * sizeof *copy);
    return copy;
}

/* From the middle on the same bits come again. */
static void must_go_on_alike(struct replicate *r, const struct branch *middle)
{
    const struct experiment *x = r->experiment;
    size_t months = (size_t)experiment_months(x) * (size_t)x->series.n;
    size_t size = (size_t)x->readings.size;
    double *monthly = copied(r->monthly, months), *sketch = copied(r->sketch, size);
    MUST(replicate_run_from(r, 0, middle) == 0);
    MUST(memcmp(monthly, r->monthly, months * sizeof *monthly) == 0);
    MUST(memcmp(sketch, r->sketch, size * sizeof *sketch) == 0);
    free(monthly);
    free(sketch);
}

static void must_run_or_fail_cleanly(struct replicate *r)
{
    struct branch middle;
    MUST(branch_init(&middle, r->experiment, 1, simulation_ticks(r->experiment->scenario) / 2) ==
         0);
    int status = replicate_run_branching(r, 0, &middle, 1);
    counts.ran++;
    counts.left_range += status != 0;
    MUST(status == 0 || (status == ERROR_NUMERIC && r->failure != NULL));
    if (status == 0) {
        must_leave_numbers(r);
        must_go_on_alike(r, &middle);
    }
    branch_release(&middle);
}

static void run(const struct scenario *sc, struct diag *diag)
{
    struct experiment x;
    struct replicate r;
    int status = experiment_init(&x, sc, 1, RECORD_DEFAULT, diag);
    MUST(status == 0 || (status == ERROR_INPUT && diag->errors > 0));
    if (status != 0)
        return;
    MUST(replicate_init(&r, &x, &kernel_narrow) == 0);
    must_run_or_fail_cleanly(&r);
    replicate_release(&r);
    experiment_release(&x);
}

void harness_load(const char *name, const char *const *sets, int n_sets)
{
    char path[64];
    struct scenario *sc = NULL;
    struct diag diag = {0};
    in_folder(path, name);
    int status = scenario_load(&sc, path, sets, n_sets, &diag);
    MUST(status == 0 ? sc != NULL && diag.errors == 0
                     : sc == NULL && status == ERROR_INPUT && diag.errors > 0);
    counts.given++;
    counts.taken += status == 0;
    if (status == 0) {
        must_print_the_same_again(sc);
        if (sc->n_states <= STATES && sc->parameters.initiatives <= INITIATIVES &&
            sc->general.spinup + scenario_months(sc) <= TICKS)
            run(sc, &diag);
    }
    scenario_free(sc);
    diag_release(&diag);
}

/* ---- the start ------------------------------------------------------------------------------- */

/* What the fuzzers vary must itself be taken and run, or they would test nothing. */
static void check_scenario(void)
{
    char text[HARNESS_BYTES];
    int n = snprintf(text, sizeof text, harness_scenario, "", "", "", "");
    harness_write("a.cfg", text, (size_t)n);
    harness_load("a.cfg", NULL, 0);
    MUST(counts.taken == 1 && counts.ran == 1);
}

/* The working folder stays, since libFuzzer writes what it finds there. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    gsl_set_error_handler_off();
    MUST(mkdtemp(folder) != NULL);
    MUST(atexit(leave) == 0);
    check_scenario();
    return 0;
}
