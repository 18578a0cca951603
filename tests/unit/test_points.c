/* Points of designs: where they lie, what they depend on, and what statistics must hold. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fmath.h"
#include "base/stream.h"
#include "model/choice.h"
#include "run/points.h"
#include "run/sobol.h"

static const uint64_t some_seed = 0x0123456789abcdef;

static struct points made(enum points_kind kind, uint32_t n, int factors, uint64_t seed)
{
    struct points p;
    assert_int_equal(points_init(&p, kind, n, factors, seed), 0);
    return p;
}

static void every_coordinate_lies_strictly_between_0_and_1(void **state)
{
    (void)state;
    const uint32_t sizes[] = {1, 2, 3, 1000, POINTS_MOST - 1, POINTS_MOST};
    for (int kind = POINTS_RANDOM; kind <= POINTS_SOBOL; kind++) {
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            struct points p = made((enum points_kind)kind, sizes[k], 5, some_seed);
            for (uint32_t i = 0; i < 2000; i++) {
                double x = points_at(&p, i % p.n, 4), y = points_at(&p, p.n - 1 - i % p.n, 0);
                assert_true(x > 0 && x < 1 && y > 0 && y < 1);
            }
            points_release(&p);
        }
    }
}

static void every_kind_has_as_many_factors_as_it_says(void **state)
{
    (void)state;
    for (int kind = POINTS_RANDOM; kind <= POINTS_SOBOL; kind++) {
        int most = points_factors_most((enum points_kind)kind);
        struct points p = made((enum points_kind)kind, 10, most, some_seed);
        double x = points_at(&p, 9, most - 1);
        assert_true(most >= SOBOL_DIMENSIONS && x > 0 && x < 1);
        points_release(&p);
    }
}

static void sobol_points_lie_in_the_middle_of_their_words(void **state)
{
    (void)state;
    struct points p = made(POINTS_SOBOL, 1000, SOBOL_DIMENSIONS, some_seed);
    for (int j = 0; j < p.factors; j++) {
        struct sobol s;
        sobol_init(&s, j);
        assert_true(points_at(&p, 0, j) == 0x1p-33 && points_at(&p, 1, j) == 0.5 + 0x1p-33);
        for (uint32_t i = 0; i < p.n; i++)
            assert_true(points_at(&p, i, j) == sobol_word(&s, i) * 0x1p-32 + 0x1p-33);
    }
    points_release(&p);
}

static void random_points_are_the_words_at_their_addresses(void **state)
{
    (void)state;
    struct points p = made(POINTS_RANDOM, POINTS_MOST, STREAM_ACTORS, some_seed);
    const uint32_t indices[] = {0, 1, 77, POINTS_MOST - 1};
    for (int k = 0; k < 4; k++) {
        for (unsigned j = 0; j < STREAM_ACTORS; j += STREAM_ACTORS / 5) {
            uint32_t w[4];
            const struct stream s = stream_make(some_seed, 0, indices[k]);
            stream_block(&s, (struct stream_slot){PURPOSE_DESIGN, 0, j}, 0, w);
            assert_true(points_at(&p, indices[k], (int)j) == w[0] * 0x1p-32 + 0x1p-33);
        }
    }
}

static void more_points_are_the_same_and_more_unless_a_hypercube(void **state)
{
    (void)state;
    for (int kind = POINTS_RANDOM; kind <= POINTS_SOBOL; kind++) {
        struct points few = made((enum points_kind)kind, 100, 3, some_seed);
        struct points many = made((enum points_kind)kind, 100000, 9, some_seed);
        int same = 0;
        for (uint32_t i = 0; i < few.n; i++)
            same += points_at(&few, i, 2) == points_at(&many, i, 2);
        assert_int_equal(same, kind == POINTS_LATIN_HYPERCUBE ? 0 : 100);
        points_release(&few);
        points_release(&many);
    }
}

/* FNV-1a over the bits of all coordinates of three factors, point by point, low byte first. */
static uint64_t hash_of(const struct points *p)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (uint32_t k = 0; k < 3 * p->n; k++) {
        uint64_t bits = fmath_bits(points_at(p, k / 3, (int)(k % 3)));
        for (int i = 0; i < 64; i += 8)
            hash = (hash ^ (bits >> i & 0xff)) * 0x100000001b3;
    }
    return hash;
}

/* By a Python program written from points.h, with whole numbers as long as they come and
 * tests/reference/streams.py's Philox. */
static void hypercubes_have_the_bits_of_another_program(void **state)
{
    (void)state;
    struct points few = made(POINTS_LATIN_HYPERCUBE, 7, 3, some_seed);
    struct points many = made(POINTS_LATIN_HYPERCUBE, 1000, 3, some_seed);
    const uint32_t strata[2][7] = {{3, 2, 1, 4, 6, 5, 0}, {65, 491, 341, 403, 303, 61, 292}};
    for (uint32_t i = 0; i < 7; i++) {
        assert_int_equal(points_stratum(&few, i, 0), strata[0][i]);
        assert_int_equal(points_stratum(&many, i, 0), strata[1][i]);
    }
    assert_true(points_at(&many, 1, 0) == 0x1.f7bfb36872b02p-2);
    assert_true(hash_of(&few) == 0x845bf7bfbd0f4a8f);
    assert_true(hash_of(&many) == 0xb0a45d55c2eb08d5);
}

/* Each stratum is met once, and by the coordinates too. */
static void assert_latin(uint32_t n, int factors, uint64_t seed)
{
    struct points p = made(POINTS_LATIN_HYPERCUBE, n, factors, seed);
    bool *seen = malloc(n * sizeof *seen);
    assert_non_null(seen);
    for (int j = 0; j < factors; j++) {
        memset(seen, 0, n * sizeof *seen);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t stratum = points_stratum(&p, i, j);
            assert_true(stratum < n && !seen[stratum]);
            assert_int_equal((uint32_t)(points_at(&p, i, j) * n), stratum);
            seen[stratum] = true;
        }
    }
    free(seen);
}

static void every_stratum_of_a_hypercube_has_one_point(void **state)
{
    (void)state;
    const uint32_t sizes[] = {255, 256, 257, 1000, 1023, 4097, 10007, 100000};
    for (uint32_t n = 1; n <= 130; n++)
        assert_latin(n, 4, some_seed + n);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        assert_latin(sizes[k], 2, some_seed);
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* As many points as cannot all be looked at. Times 2^31 nothing is rounded. */
static void strata_of_the_largest_hypercube_are_kept_apart_to_the_last_bit(void **state)
{
    (void)state;
    enum { N = 100000 };
    static uint32_t strata[N];
    struct points p = made(POINTS_LATIN_HYPERCUBE, POINTS_MOST, 1, some_seed);
    for (uint32_t i = 0; i < N; i++) {
        uint32_t index = i % 2 ? i : POINTS_MOST - 1 - i;
        strata[i] = points_stratum(&p, index, 0);
        assert_true(strata[i] < POINTS_MOST);
        double place = points_at(&p, index, 0) * POINTS_MOST - strata[i];
        assert_true(place > 0 && place < 1);
    }
    qsort(strata, N, sizeof *strata, ascending);
    for (uint32_t i = 1; i < N; i++)
        assert_true(strata[i] != strata[i - 1]);
}

/* Points of two hypercubes of 1000 that are in the same stratum: one is to be expected. */
static int shared(const struct points *a, int j, const struct points *b, int k)
{
    int n = 0;
    for (uint32_t i = 0; i < 1000; i++)
        n += points_stratum(a, i, j) == points_stratum(b, i, k);
    return n;
}

static void factors_seeds_and_the_index_have_different_orders(void **state)
{
    (void)state;
    struct points p = made(POINTS_LATIN_HYPERCUBE, 1000, 20, 1);
    struct points low = made(POINTS_LATIN_HYPERCUBE, 1000, 20, 2);
    struct points high = made(POINTS_LATIN_HYPERCUBE, 1000, 20, 1 + (1ull << 32));
    for (int j = 0; j < 20; j++) {
        int in_place = 0;
        for (uint32_t i = 0; i < 1000; i++)
            in_place += points_stratum(&p, i, j) == i;
        assert_true(in_place < 10);
        assert_int_equal(shared(&p, j, &p, j), 1000);
        assert_true(shared(&p, j, &p, (j + 1) % 20) < 10);
        assert_true(shared(&p, j, &low, j) < 10 && shared(&p, j, &high, j) < 10);
    }
}

/* The rank of a permutation among all of n <= 6. */
static int rank_of(const struct points *p, int factor)
{
    int rank = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        int smaller = 0;
        for (uint32_t k = i + 1; k < p->n; k++)
            smaller += points_stratum(p, k, factor) < points_stratum(p, i, factor);
        rank = rank * (int)(p->n - i) + smaller;
    }
    return rank;
}

static void all_orders_of_few_points_are_equally_frequent(void **state)
{
    (void)state;
    const int orders[] = {1, 1, 2, 6, 24, 120};
    enum { N = 12000 };
    for (uint32_t n = 2; n <= 5; n++) {
        struct points p = made(POINTS_LATIN_HYPERCUBE, n, N, some_seed);
        int count[120] = {0}, freedom = orders[n] - 1;
        double expected = (double)N / orders[n], square = 0.0;
        for (int j = 0; j < N; j++)
            count[rank_of(&p, j)]++;
        for (int r = 0; r < orders[n]; r++)
            square += (count[r] - expected) * (count[r] - expected) / expected;
        assert_true(square < freedom + 5.0 * sqrt(2.0 * freedom));
    }
}

/* Mean and variance within 5 standard errors, so too the product with the one before. */
static void assert_uniform(const double *u, int n)
{
    double sum = 0.0, squares = 0.0, products = 0.0;
    for (int i = 0; i < n; i++) {
        double d = u[i] - 0.5;
        sum += d;
        squares += d * d;
        products += i > 0 ? d * (u[i - 1] - 0.5) : 0.0;
    }
    assert_true(fabs(sum) < 5.0 * sqrt(n / 12.0));
    assert_true(fabs(squares - n / 12.0) < 5.0 * sqrt(n / 180.0));
    assert_true(fabs(products) < 5.0 * sqrt(n / 144.0));
}

enum { MANY = 100000 };

static void random_points_are_uniform_along_points_and_along_factors(void **state)
{
    (void)state;
    static double u[MANY];
    struct points p = made(POINTS_RANDOM, MANY, 10, 1);
    for (int j = 0; j < 10; j += 3) {
        for (uint32_t i = 0; i < MANY; i++)
            u[i] = points_at(&p, i, j);
        assert_uniform(u, MANY);
    }
    for (int k = 0; k < MANY; k++)
        u[k] = points_at(&p, (uint32_t)k / 10, k % 10);
    assert_uniform(u, MANY);
}

static void places_within_strata_are_uniform(void **state)
{
    (void)state;
    static double u[MANY];
    struct points p = made(POINTS_LATIN_HYPERCUBE, MANY, 1, 1);
    for (uint32_t i = 0; i < MANY; i++)
        u[i] = points_at(&p, i, 0) * MANY - points_stratum(&p, i, 0);
    assert_uniform(u, MANY);
}

static double product(const double *a, const double *b, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Correlations of all pairs of factors, in standard errors: none beyond 5, and on average as large
 * as they should be (rms 1), or smaller by far for points made to be even. */
static void factors_are_hardly_correlated(void **state)
{
    (void)state;
    enum { N = 1024, FACTORS = 30, PAIRS = FACTORS * (FACTORS - 1) / 2 };
    static double x[FACTORS][N];
    for (int kind = POINTS_RANDOM; kind <= POINTS_SOBOL; kind++) {
        struct points p = made((enum points_kind)kind, N, FACTORS, 7);
        double squares = 0.0;
        for (int j = 0; j < FACTORS; j++)
            for (uint32_t i = 0; i < N; i++)
                x[j][i] = points_at(&p, i, j) - 0.5;
        for (int j = 0; j < FACTORS; j++) {
            for (int k = 0; k < j; k++) {
                double z = product(x[j], x[k], N) * 12.0 / sqrt(N);
                assert_true(fabs(z) < 5.0);
                squares += z * z;
            }
        }
        double sigmas = (squares - PAIRS) / sqrt(2.0 * PAIRS);
        assert_true(kind == POINTS_SOBOL ? squares < PAIRS / 10.0 : fabs(sigmas) < 5.0);
        points_release(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_coordinate_lies_strictly_between_0_and_1),
        cmocka_unit_test(every_kind_has_as_many_factors_as_it_says),
        cmocka_unit_test(sobol_points_lie_in_the_middle_of_their_words),
        cmocka_unit_test(random_points_are_the_words_at_their_addresses),
        cmocka_unit_test(more_points_are_the_same_and_more_unless_a_hypercube),
        cmocka_unit_test(hypercubes_have_the_bits_of_another_program),
        cmocka_unit_test(every_stratum_of_a_hypercube_has_one_point),
        cmocka_unit_test(strata_of_the_largest_hypercube_are_kept_apart_to_the_last_bit),
        cmocka_unit_test(factors_seeds_and_the_index_have_different_orders),
        cmocka_unit_test(all_orders_of_few_points_are_equally_frequent),
        cmocka_unit_test(random_points_are_uniform_along_points_and_along_factors),
        cmocka_unit_test(places_within_strata_are_uniform),
        cmocka_unit_test(factors_are_hardly_correlated),
    };
    return cmocka_run_group_tests_name("points", tests, NULL, NULL);
}
