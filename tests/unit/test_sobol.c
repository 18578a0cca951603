/* Sobol' sequences: the published numbers, scipy's points, and how evenly they fill the cube. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "run/sobol.h"

/* Dimensions 2 to 10 of new-joe-kuo-6.21201, as its lines read: d, s, a, m_i. */
static void lines_are_those_of_the_published_file(void **state)
{
    (void)state;
    static const struct sobol_row lines[] = {
        {1, 0, {1}},
        {2, 1, {1, 3}},
        {3, 1, {1, 3, 1}},
        {3, 2, {1, 1, 1}},
        {4, 1, {1, 1, 3, 3}},
        {4, 4, {1, 3, 5, 13}},
        {5, 2, {1, 1, 5, 5, 17}},
        {5, 4, {1, 1, 5, 5, 5}},
        {5, 7, {1, 1, 7, 11, 19}},
    };
    assert_memory_equal(&sobol_rows[1], lines, sizeof lines);
}

/* The order of x modulo the polynomial is 2^s - 1. */
static bool primitive(const struct sobol_row *row)
{
    unsigned top = 1u << row->s, polynomial = top | (unsigned)row->a << 1 | 1, x = 1, order = 0;
    do {
        x <<= 1;
        x ^= x & top ? polynomial : 0;
        order++;
    } while (x != 1 && order < top);
    return order == top - 1;
}

static void every_line_is_a_primitive_polynomial_of_its_own_with_odd_numbers(void **state)
{
    (void)state;
    for (int d = 1; d < SOBOL_DIMENSIONS; d++) {
        const struct sobol_row *row = &sobol_rows[d];
        assert_in_range(row->s, 1, SOBOL_DEGREE);
        assert_true(primitive(row));
        for (int k = 0; k < row->s; k++)
            assert_true(row->m[k] % 2 == 1 && row->m[k] < 2u << k);
        for (int e = 1; e < d; e++)
            assert_false(sobol_rows[e].s == row->s && sobol_rows[e].a == row->a);
    }
}

/* Eighths, as in scipy's manual and Joe and Kuo's notes. */
static void first_points_are_the_published_ones(void **state)
{
    (void)state;
    const uint32_t eighths[8][3] = {{0, 0, 0}, {4, 4, 4}, {6, 2, 2}, {2, 6, 6},
                                    {3, 3, 5}, {7, 7, 1}, {5, 1, 7}, {1, 5, 3}};
    for (int d = 0; d < 3; d++) {
        struct sobol s;
        sobol_init(&s, d);
        for (uint32_t i = 0; i < 8; i++)
            assert_int_equal(sobol_word(&s, i), eighths[i][d] << 29);
    }
}

/* FNV-1a over the bytes of a word, low byte first. */
static uint64_t hashed(uint64_t hash, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        hash = (hash ^ (word >> (8 * i) & 0xff)) * 0x100000001b3;
    return hash;
}

static const uint64_t empty = 0xcbf29ce484222325;

static uint64_t hash_of_numbers(const struct sobol *s)
{
    uint64_t hash = empty;
    for (int d = 0; d < SOBOL_DIMENSIONS; d++)
        for (int k = 0; k < SOBOL_BITS; k++)
            hash = hashed(hash, s[d].v[k]);
    return hash;
}

static uint64_t hash_of_points(const struct sobol *s, uint32_t first)
{
    uint64_t hash = empty;
    for (uint32_t i = first; i < first + 1024; i++)
        for (int d = 0; d < SOBOL_DIMENSIONS; d++)
            hash = hashed(hash, sobol_word(&s[d], i));
    return hash;
}

/*
 * By scipy 1.10.1, in all dimensions: the numbers v, points 0 to 1023, and as many from 2^20 on.
 *
 *     import numpy as np
 *     from scipy.stats.qmc import Sobol
 *     def fnv(words):
 *         h = 0xcbf29ce484222325
 *         for b in words.astype("<u4").tobytes():
 *             h = (h ^ b) * 0x100000001b3 % 2**64
 *         return hex(h)
 *     s = Sobol(256, scramble=False, bits=32)
 *     print(fnv(s._sv), fnv(s.random(1024) * 2**32))
 *     print(fnv(s.reset().fast_forward(2**20).random(1024) * 2**32))
 */
static void numbers_and_points_of_all_dimensions_are_those_of_scipy(void **state)
{
    (void)state;
    static struct sobol s[SOBOL_DIMENSIONS];
    for (int d = 0; d < SOBOL_DIMENSIONS; d++)
        sobol_init(&s[d], d);
    assert_true(hash_of_numbers(s) == 0xb05ebb1593d526b8);
    assert_true(hash_of_points(s, 0) == 0xdaefc10ddc75a425);
    assert_true(hash_of_points(s, UINT32_C(1) << 20) == 0x064ae9e509065125);
}

/* The next point changes by the number of the index's lowest 0 (Antonov and Saleev), up to the last
 * index. */
static void each_point_follows_from_the_one_before(void **state)
{
    (void)state;
    const uint32_t starts[] = {0, 123456789, UINT32_MAX - 10000};
    for (int d = 0; d < SOBOL_DIMENSIONS; d += 51) {
        struct sobol s;
        sobol_init(&s, d);
        for (int k = 0; k < 3; k++) {
            for (uint32_t i = starts[k]; i < starts[k] + 10000; i++) {
                int lowest = __builtin_ctz(~i);
                assert_int_equal(sobol_word(&s, i + 1), sobol_word(&s, i) ^ s.v[lowest]);
            }
        }
    }
}

/* Whether points first, ..., first + 2^k - 1 take each value of the upper k bits once. */
static bool stratified(const struct sobol *s, uint32_t first, int k)
{
    bool seen[4096] = {false};
    for (uint32_t i = 0; i < UINT32_C(1) << k; i++) {
        uint32_t stratum = (uint32_t)((uint64_t)sobol_word(s, first + i) >> (32 - k));
        if (seen[stratum])
            return false;
        seen[stratum] = true;
    }
    return true;
}

static void powers_of_two_have_one_point_in_each_stratum_of_every_dimension(void **state)
{
    (void)state;
    for (int d = 0; d < SOBOL_DIMENSIONS; d++) {
        struct sobol s;
        sobol_init(&s, d);
        for (int k = 0; k <= 12; k++) {
            assert_true(stratified(&s, 0, k));
            assert_true(stratified(&s, UINT32_C(987) << k, k));
        }
    }
}

/* The first two dimensions are a (0, 2)-sequence: of 2^k points one lies in each box of 2^-j by
 * 2^(j - k), for every j. */
static void first_two_dimensions_have_one_point_in_each_box(void **state)
{
    (void)state;
    enum { K = 10 };
    struct sobol x, y;
    sobol_init(&x, 0);
    sobol_init(&y, 1);
    for (int j = 0; j <= K; j++) {
        bool seen[1 << K] = {false};
        for (uint32_t i = 0; i < 1 << K; i++) {
            uint64_t column = (uint64_t)sobol_word(&x, i) >> (32 - j);
            uint64_t row = (uint64_t)sobol_word(&y, i) >> (32 - (K - j));
            uint64_t box = column << (K - j) | row;
            assert_false(seen[box]);
            seen[box] = true;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_those_of_the_published_file),
        cmocka_unit_test(every_line_is_a_primitive_polynomial_of_its_own_with_odd_numbers),
        cmocka_unit_test(first_points_are_the_published_ones),
        cmocka_unit_test(numbers_and_points_of_all_dimensions_are_those_of_scipy),
        cmocka_unit_test(each_point_follows_from_the_one_before),
        cmocka_unit_test(powers_of_two_have_one_point_in_each_stratum_of_every_dimension),
        cmocka_unit_test(first_two_dimensions_have_one_point_in_each_box),
    };
    return cmocka_run_group_tests_name("sobol", tests, NULL, NULL);
}
