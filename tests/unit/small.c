#include "small.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"

const char small_four[] =
    "scenario = { name = \"four\"; start = \"2010-01\"; end = \"2011-06\"; spinup = 2;\n"
    "  focus = [\"AAA-BBB\"]; };\n"
    "states = {\n"
    "  AAA = { lat =  0.0; lon =  0.0; gdp = 1000.0; growth =  0.03; milex = 40.0; };\n"
    "  BBB = { lat = 10.0; lon = 20.0; gdp =  500.0; growth = -0.02; milex = 60.0; };\n"
    "  CCC = { lat = 50.0; lon =  5.0; gdp =  250.0; growth =  0.05; milex =  5.0; };\n"
    "  DDD = { lat = -3.0; lon = 80.0; gdp = 2000.0; growth =  0.00; milex = 90.0; };\n"
    "};\n"
    "dyads = {\n"
    "  AAA-BBB = { h0 = 0.2; x0_political = 0.1; x0_institutional = 0.3; x0_security = 0.2;\n"
    "              x0_economic = 0.15; };\n"
    "  AAA-CCC = { h0 = 0.6; x0_political = 0.05; x0_institutional = 0.1; };\n"
    "  CCC-BBB = { h0 = 0.4; x0_security = 0.5; x0_economic = 0.25; };\n"
    "  AAA-DDD = { h0 = 0.9; };\n"
    "  BBB-DDD = { h0 = 0.1; x0_political = 0.55; x0_security = 0.65; };\n"
    "};\n";

static char *write_file(const char *text)
{
    char *name = strdup("/tmp/waltz-small-XXXXXX");
    int file = mkstemp(name);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (int)strlen(text));
    close(file);
    return name;
}

enum { SETS_MAX = 32 };

struct scenario *small_scenario(const char *text, const char *sets)
{
    char *name = write_file(text), *list = strdup(sets == NULL ? "" : sets), *rest = NULL;
    const char *set[SETS_MAX];
    int n = 0;
    for (char *s = strtok_r(list, " ", &rest); s != NULL; s = strtok_r(NULL, " ", &rest)) {
        assert_true(n < SETS_MAX);
        set[n++] = s;
    }
    struct diag diag = {0};
    struct scenario *sc = NULL;
    int status = scenario_load(&sc, name, set, n, &diag);
    if (status != 0)
        print_error("%s\n", diag.text.s);
    assert_int_equal(status, 0);
    diag_release(&diag);
    unlink(name);
    free(name);
    free(list);
    return sc;
}

void small_open(struct small *s, const char *text, const char *sets)
{
    s->scenario = small_scenario(text, sets);
    s->rule = rule_make(s->scenario);
    assert_int_equal(structure_init(&s->structure, s->scenario, NULL), 0);
    assert_int_equal(
        simulation_init(&s->simulation, &kernel_narrow, s->scenario, &s->structure, &s->rule), 0);
}

void small_close(struct small *s)
{
    simulation_release(&s->simulation);
    structure_release(&s->structure);
    scenario_free(s->scenario);
}

void small_step(struct simulation *s, const struct stream *stream)
{
    const char *what = NULL;
    simulation_step(s, stream);
    if (world_verify(&s->world, 0, &what) != 0)
        fail_msg("tick %d: %s", s->world.tick, what);
}

void small_moves(const struct tally *t, double *taken, double *accepted)
{
    const int nn = t->n * t->n;
    for (int k = 0; k < MOVES * nn; k++) {
        const struct pair dyad = {k % nn / t->n, k % t->n};
        if (taken != NULL)
            taken[k] = tally_chosen(t, (enum move)(k / nn), dyad, 0);
        if (accepted != NULL)
            accepted[k] = tally_accepted(t, (enum move)(k / nn), dyad, 0);
    }
}

/* Numbers in [0, 1) to make up worlds with; nothing to do with the program's own. */
static double made_up(uint64_t *x)
{
    *x = *x * 6364136223846793005u + 1442695040888963407u;
    return (double)(*x >> 11) * 0x1p-53;
}

static double made_up_share(uint64_t *x)
{
    double u = made_up(x) * 1.2 - 0.1;
    return u < 0 ? 0 : u > 1 ? 1 : u;
}

void small_stir(struct world *w, unsigned seed)
{
    uint64_t x = seed;
    int n = w->n;
    double *symmetric[DOMAINS + 1];
    memcpy(symmetric, w->cooperation, sizeof w->cooperation);
    symmetric[DOMAINS] = w->dispute;
    for (int i = 0; i < n; i++) {
        w->economy[i] = 1 + 999 * made_up(&x);
        w->military[i] = 1 + 99 * made_up(&x);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) {
            for (int k = 0; k <= DOMAINS; k++)
                symmetric[k][i * n + j] = symmetric[k][j * n + i] = made_up_share(&x);
            w->sanctions[i * n + j] = made_up(&x) < 0.5 ? 0 : made_up_share(&x);
            w->sanctions[j * n + i] = made_up(&x) < 0.5 ? 0 : made_up_share(&x);
        }
}

void small_stir_month(struct world *w)
{
    for (int d = 0; d < DOMAINS; d++)
        for (int i = 0; i < w->n; i++)
            ((double *)w->month.mandate[d])[i] = 0.1 * (i + d);
    for (int k = 0; k < w->n * w->n; k++)
        ((double *)w->month.reach)[k] = 0.06 * k;
}

char *small_text_of(int n, unsigned seed)
{
    struct text t = {0};
    uint64_t x = seed;
    text_printf(&t, "scenario = { name = \"many\"; start = \"2010-01\"; end = \"2010-06\"; "
                    "spinup = 0; };\nstates = {\n");
    for (int i = 0; i < n; i++) {
        double u[4] = {made_up(&x), made_up(&x), made_up(&x), made_up(&x)};
        text_printf(&t, "A%c%c = { lat = %.2f; lon = %.2f; gdp = %.2f; milex = %.2f; };\n",
                    'A' + i / 26, 'A' + i % 26, 140 * u[0] - 70, 300 * u[1] - 150, 1 + 900 * u[2],
                    1 + 50 * u[3]);
    }
    text_printf(&t, "};\ndyads = {\n");
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) {
            double u[3] = {made_up_share(&x), made_up_share(&x), made_up_share(&x)};
            text_printf(&t,
                        "A%c%c-A%c%c = { h0 = %.4f; x0_political = %.4f; x0_security = %.4f; };\n",
                        'A' + i / 26, 'A' + i % 26, 'A' + j / 26, 'A' + j % 26, u[0], u[1], u[2]);
        }
    text_printf(&t, "};\n");
    assert_false(t.failed);
    return t.s;
}

void small_near(double a, double b, double tolerance, const char *file, int line)
{
    if (fabs(a - b) <= tolerance * fmax(1, fabs(b)))
        return;
    print_error("%.17g is not %.17g: off by %g\n", a, b, a - b);
    _fail(file, line);
}

void small_same(const double *a, const double *b, int n, const char *file, int line)
{
    for (int k = 0; k < n; k++) {
        if (memcmp(a + k, b + k, sizeof *a) == 0)
            continue;
        print_error("number %d: %.17g is not %.17g\n", k, a[k], b[k]);
        _fail(file, line);
    }
}
