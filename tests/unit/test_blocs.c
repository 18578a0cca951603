/* Blocs: the leading eigenvector against GSL's solver, and the difference that it makes. */
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure/blocs.h"
#include "small.h"

enum { MOST = 40 };

/* ---- the leading eigenvector -------------------------------------------------------------------
 */

/* GSL's answer: eigenvalues from the largest on, and the vector of the first. */
struct spectrum {
    double value[MOST], vector[MOST];
};

static double blocs_now(const struct small *s)
{
    double value;
    blocs_read(&s->simulation, &value);
    return value;
}

static struct spectrum solve(const double *b, int n)
{
    struct spectrum s = {{0}, {0}};
    gsl_matrix *m = gsl_matrix_alloc((size_t)n, (size_t)n);
    gsl_matrix *vectors = gsl_matrix_alloc((size_t)n, (size_t)n);
    gsl_vector *values = gsl_vector_alloc((size_t)n);
    gsl_eigen_symmv_workspace *room = gsl_eigen_symmv_alloc((size_t)n);
    memcpy(m->data, b, (size_t)(n * n) * sizeof *b);
    assert_int_equal(gsl_eigen_symmv(m, values, vectors, room), 0);
    gsl_eigen_symmv_sort(values, vectors, GSL_EIGEN_SORT_VAL_DESC);
    for (int i = 0; i < n; i++) {
        s.value[i] = gsl_vector_get(values, (size_t)i);
        s.vector[i] = gsl_matrix_get(vectors, (size_t)i, 0);
    }
    gsl_eigen_symmv_free(room);
    gsl_vector_free(values);
    gsl_matrix_free(vectors);
    gsl_matrix_free(m);
    return s;
}

static double made_up(uint64_t *x)
{
    *x = *x * 6364136223846793005u + 1442695040888963407u;
    return (double)(*x >> 11) * 0x1p-52 - 1;
}

static void fill(double *b, int n, uint64_t *x)
{
    memset(b, 0, (size_t)(n * n) * sizeof *b);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            b[i * n + j] = b[j * n + i] = made_up(x);
}

static double rayleigh(const double *b, int n, const double *v)
{
    double value = 0, square = 0;
    for (int i = 0; i < n; i++) {
        square += v[i] * v[i];
        for (int j = 0; j < n; j++)
            value += v[i] * b[i * n + j] * v[j];
    }
    assert_near(square, 1);
    return value;
}

/* Power iteration ends early where two eigenvalues nearly lead together: then the value is still
 * near, and the vector anything between the two. */
static void random_matrices_have_the_vector_that_gsl_finds(void **state)
{
    (void)state;
    uint64_t x = 17;
    int compared = 0;
    for (int k = 0; k < 800; k++) {
        int n = 2 + k % 30;
        double b[MOST * MOST], v[MOST], next[MOST];
        fill(b, n, &x);
        struct spectrum s = solve(b, n);
        blocs_leading(b, n, v, next);
        assert_within(rayleigh(b, n, v), s.value[0], 1e-3);
        double along = 0;
        for (int i = 0; i < n; i++)
            along += v[i] * s.vector[i];
        if (s.value[0] - s.value[1] < 0.03 * s.value[0])
            continue;
        assert_near(rayleigh(b, n, v), s.value[0]);
        for (int i = 0; i < n; i++)
            assert_within(v[i], along < 0 ? -s.vector[i] : s.vector[i], 1e-6);
        compared++;
    }
    assert_true(compared > 600);
}

/* Friends side by side, foes apart, whatever the size of the number. */
static void two_states_are_together_or_apart(void **state)
{
    (void)state;
    static const double ties[] = {1, -1, 1e-12, -1e-12, 0.3, -1e6};
    for (size_t k = 0; k < sizeof ties / sizeof *ties; k++) {
        double b[4] = {0, ties[k], ties[k], 0}, v[2], next[2];
        blocs_leading(b, 2, v, next);
        assert_near(fabs(v[0]), sqrt(0.5));
        assert_near(v[0] * v[1], ties[k] > 0 ? 0.5 : -0.5);
    }
}

static void a_matrix_of_zeros_has_a_vector_without_signs(void **state)
{
    (void)state;
    double b[9] = {0}, v[3], next[3];
    blocs_leading(b, 3, v, next);
    for (int i = 0; i < 3; i++)
        assert_true(v[i] == 0);
}

/* Of several leading vectors any will do, but it must be one of them. */
static void where_several_lead_one_of_them_is_found(void **state)
{
    (void)state;
    for (int n = 3; n <= 12; n++) {
        double b[MOST * MOST] = {0}, v[MOST], next[MOST];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                b[i * n + j] = i == j ? 0 : -1; /* 1, n − 1 times */
        blocs_leading(b, n, v, next);
        assert_within(rayleigh(b, n, v), 1, 1e-9);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                b[i * n + j] = i != j && i / 3 == j / 3 ? 0.5 : 0; /* threes by themselves */
        blocs_leading(b, n, v, next);
        assert_within(rayleigh(b, n, v), 1, 1e-9);
    }
}

/* Planted in noise: every pair within a part binds, every pair across it repels. */
static void parts_that_bind_within_are_the_signs(void **state)
{
    (void)state;
    uint64_t x = 99;
    for (int k = 0; k < 100; k++) {
        int n = 4 + k % 20, side[MOST];
        double b[MOST * MOST] = {0}, v[MOST], next[MOST];
        fill(b, n, &x);
        for (int i = 0; i < n; i++)
            side[i] = i == 0 || (i > 1 && made_up(&x) < 0); /* both have one */
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                b[i * n + j] = i == j               ? 0
                               : side[i] == side[j] ? 1 + 0.3 * b[i * n + j]
                                                    : -1 + 0.3 * b[i * n + j];
        blocs_leading(b, n, v, next);
        for (int i = 1; i < n; i++)
            assert_int_equal((v[i] < 0) == (v[0] < 0), side[i] == side[0]);
    }
}

/* ---- what it makes of a world ------------------------------------------------------------------
 */

/* Weighted means by GSL's signs, of the world as it is. */
static double by_gsl(const struct simulation *s, double *gap)
{
    const struct world *w = &s->world;
    const double *c = s->perception.capability;
    const int n = w->n;
    double x[MOST * MOST], b[MOST * MOST] = {0}, sum[2] = {0}, weight[2] = {0}, mean = 0, all = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            x[i * n + j] = 0;
            for (int d = 0; d < DOMAINS; d++)
                x[i * n + j] += w->cooperation[d][i * n + j] / DOMAINS;
            mean += i == j ? 0 : c[i] * c[j] * x[i * n + j];
            all += i == j ? 0 : c[i] * c[j];
        }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            b[i * n + j] = i == j ? 0 : sqrt(c[i] * c[j]) * (x[i * n + j] - mean / all);
    struct spectrum spectrum = solve(b, n);
    *gap = (spectrum.value[0] - spectrum.value[1]) / spectrum.value[0];
    for (int i = 0; i < n; i++) {
        *gap = fmin(*gap, fabs(spectrum.vector[i]));
        for (int j = 0; j < i; j++) {
            int within = (spectrum.vector[i] < 0) == (spectrum.vector[j] < 0);
            sum[within] += c[i] * c[j] * x[i * n + j];
            weight[within] += c[i] * c[j];
        }
    }
    return sum[1] / weight[1] - sum[0] / weight[0];
}

static void stirred_worlds_differ_by_as_much_as_with_gsl(void **state)
{
    (void)state;
    char *text = small_text_of(12, 3);
    int compared = 0;
    for (unsigned seed = 0; seed < 150; seed++) {
        struct small s;
        double gap;
        small_open(&s, text, NULL);
        small_stir(&s.simulation.world, seed);
        perceive(&s.simulation.perception);
        double value = blocs_now(&s), expected = by_gsl(&s.simulation, &gap);
        assert_true(value >= -1 && value <= 1);
        if (gap > 1e-3) {
            assert_near(value, expected);
            compared++;
        }
        small_close(&s);
    }
    assert_true(compared > 100);
    free(text);
}

static void set_cooperation(struct small *s, double (*x)(int i, int j))
{
    struct world *w = &s->simulation.world;
    for (int d = 0; d < DOMAINS; d++)
        for (int i = 0; i < w->n; i++)
            for (int j = 0; j < w->n; j++)
                w->cooperation[d][i * w->n + j] = i == j ? 0 : x(i, j);
    perceive(&s->simulation.perception);
}

static double by_twos(int i, int j)
{
    return i / 2 == j / 2 ? 0.9 : 0.2;
}

static double by_remainders(int i, int j)
{
    return i % 2 == j % 2 ? 1 : 0;
}

static double alike(int i, int j)
{
    (void)i, (void)j;
    return 0.25;
}

static void a_divided_world_differs_by_its_division_and_an_even_one_by_nothing(void **state)
{
    (void)state;
    struct small s;
    small_open(&s, small_four, NULL);
    set_cooperation(&s, by_twos);
    assert_near(blocs_now(&s), 0.9 - 0.2);
    set_cooperation(&s, by_remainders);
    assert_near(blocs_now(&s), 1);
    set_cooperation(&s, alike);
    assert_within(blocs_now(&s), 0, 1e-12);
    small_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_matrices_have_the_vector_that_gsl_finds),
        cmocka_unit_test(two_states_are_together_or_apart),
        cmocka_unit_test(a_matrix_of_zeros_has_a_vector_without_signs),
        cmocka_unit_test(where_several_lead_one_of_them_is_found),
        cmocka_unit_test(parts_that_bind_within_are_the_signs),
        cmocka_unit_test(stirred_worlds_differ_by_as_much_as_with_gsl),
        cmocka_unit_test(a_divided_world_differs_by_its_division_and_an_even_one_by_nothing),
    };
    return cmocka_run_group_tests_name("blocs", tests, NULL, NULL);
}
