/* The generator that GSL's distributions see. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/stream.h"

static const struct stream_slot origin = {0, 0, 0};

static gsl_rng *placed(const struct stream *s, struct stream_slot slot)
{
    gsl_rng *rng = gsl_rng_alloc(stream_gsl_type);
    assert_non_null(rng);
    stream_gsl_place(rng, s, slot);
    return rng;
}

static void gsl_gives_the_words_of_successive_blocks(void **state)
{
    (void)state;
    const struct stream s = stream_make(9, 1, 2);
    const struct stream_slot slot = {5, 6, 7};
    gsl_rng *rng = placed(&s, slot);

    for (uint32_t block = 0; block < 100; block++) {
        uint32_t words[4];
        stream_block(&s, slot, block, words);
        for (int i = 0; i < 4; i++)
            assert_int_equal(gsl_rng_get(rng), words[i]);
    }
    gsl_rng_free(rng);
}

static void gsl_gives_the_same_uniforms(void **state)
{
    (void)state;
    double u[200];
    const struct stream s = stream_make(9, 1, 2);
    gsl_rng *rng = placed(&s, origin);

    stream_uniforms(&s, origin, 100, u);
    for (int i = 0; i < 200; i++)
        assert_true(gsl_rng_uniform(rng) == u[i]);
    gsl_rng_free(rng);
}

static void gsl_set_and_place_forget_what_was_drawn(void **state)
{
    (void)state;
    const struct stream s = stream_make(77, 0, 0);
    gsl_rng *rng = placed(&s, origin);
    unsigned long first = gsl_rng_get(rng);

    stream_gsl_place(rng, &s, origin);
    assert_int_equal(gsl_rng_get(rng), first);
    gsl_rng_set(rng, 77);
    assert_int_equal(gsl_rng_get(rng), first);
    gsl_rng *copy = gsl_rng_clone(rng);
    assert_non_null(copy);
    for (int i = 0; i < 9; i++)
        assert_int_equal(gsl_rng_get(copy), gsl_rng_get(rng));
    gsl_rng_free(copy);
    gsl_rng_free(rng);
}

static void gsl_whole_numbers_end_and_are_unbiased(void **state)
{
    (void)state;
    enum { DRAWS = 200000, MOST = 37 };
    const struct stream s = stream_make(5, 0, 0);
    gsl_rng *rng = placed(&s, origin);

    assert_int_equal(gsl_rng_max(rng), 0xffffffff);
    assert_int_equal(gsl_rng_min(rng), 0);
    for (unsigned n = 1; n <= MOST; n += 3) {
        int count[MOST] = {0};
        double p = 1.0 / n, mean = DRAWS / (double)n;
        for (int i = 0; i < DRAWS; i++)
            count[gsl_rng_uniform_int(rng, n)]++;
        for (unsigned k = 0; k < n; k++)
            assert_true(fabs(count[k] - mean) <= 5.0 * sqrt(mean * (1.0 - p)));
    }
    for (int i = 0; i < 1000; i++)
        assert_true(gsl_rng_uniform_int(rng, 0xffffffff) < 0xffffffff);
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gsl_gives_the_words_of_successive_blocks),
        cmocka_unit_test(gsl_gives_the_same_uniforms),
        cmocka_unit_test(gsl_set_and_place_forget_what_was_drawn),
        cmocka_unit_test(gsl_whole_numbers_end_and_are_unbiased),
    };
    return cmocka_run_group_tests_name("stream_gsl", tests, NULL, NULL);
}
