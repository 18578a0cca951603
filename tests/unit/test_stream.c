/* Places of random numbers, Philox's published answers, and what statistics must hold. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/stream.h"

enum { MILLION = 1000000 };

static const struct stream_slot origin = {0, 0, 0};

static void assert_words(struct stream s, struct stream_slot slot, uint32_t block,
                         const uint32_t expected[4])
{
    uint32_t out[4];
    stream_block(&s, slot, block, out);
    for (int i = 0; i < 4; i++)
        assert_int_equal(out[i], expected[i]);
}

/* Random123's kat_vectors, philox4x32 with 10 rounds: zeros, ones, digits of pi. */
static void blocks_are_the_published_answers(void **state)
{
    (void)state;
    const uint32_t zeros[4] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    const uint32_t ones[4] = {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
    const uint32_t pi[4] = {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
    const uint32_t all = UINT32_MAX;

    assert_words(stream_make(0, 0, 0), origin, 0, zeros);
    assert_words(stream_make(UINT64_MAX, STREAM_CELLS - 1, all),
                 (struct stream_slot){STREAM_PURPOSES - 1, STREAM_TICKS - 1, STREAM_ACTORS - 1},
                 all, ones);
    assert_words(stream_make(0x299f31d0a4093822, 0x0370734, 0x13198a2e),
                 (struct stream_slot){4, 0x85a3, 0x08d3}, 0x243f6a88, pi);
}

/* Reads the address back out of the counter, which no two addresses could then share. */
static void assert_decodes(const struct stream *s, struct stream_slot slot, uint32_t block)
{
    uint32_t c[4];
    stream_counter(s, slot, block, c);
    assert_true(c[0] == block && c[2] == s->replicate);
    assert_true(c[1] >> 16 == slot.tick && (c[1] & 0xffff) == slot.actor);
    assert_true(c[3] >> 4 == s->cell && (c[3] & 0xf) == slot.purpose);
}

static void corner_addresses_decode(void **state)
{
    (void)state;
    for (unsigned corner = 0; corner < 64; corner++) {
        struct stream_slot slot = {corner & 1 ? STREAM_PURPOSES - 1 : 0,
                                   corner & 2 ? STREAM_TICKS - 1 : 0,
                                   corner & 4 ? STREAM_ACTORS - 1 : 0};
        struct stream s =
            stream_make(1, corner & 8 ? STREAM_CELLS - 1 : 0, corner & 16 ? UINT32_MAX : 0);
        assert_decodes(&s, slot, corner & 32 ? UINT32_MAX : 0);
    }
}

static void million_replicates_decode(void **state)
{
    (void)state;
    uint64_t x = 1;
    for (uint32_t replicate = 0; replicate < MILLION; replicate++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        struct stream s = stream_make(x, (uint32_t)(x >> 36), replicate);
        struct stream_slot slot = {(unsigned)(x >> 32) % STREAM_PURPOSES,
                                   (unsigned)(x >> 40) % STREAM_TICKS,
                                   (unsigned)(x >> 24) % STREAM_ACTORS};
        assert_decodes(&s, slot, (uint32_t)(x >> 16));
    }
}

static void every_part_of_the_address_changes_the_block(void **state)
{
    (void)state;
    const struct stream s = stream_make(1, 0, 0);
    const struct stream others[] = {stream_make(2, 0, 0), stream_make(1 + (1ull << 32), 0, 0),
                                    stream_make(1, 1, 0), stream_make(1, 0, 1)};
    const struct stream_slot slots[] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    uint32_t home[4], out[4];

    stream_block(&s, origin, 0, home);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        stream_block(&others[i], origin, 0, out);
        assert_memory_not_equal(home, out, sizeof home);
    }
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        stream_block(&s, slots[i], 0, out);
        assert_memory_not_equal(home, out, sizeof home);
    }
    stream_block(&s, origin, 1, out);
    assert_memory_not_equal(home, out, sizeof home);
}

/* Whether drawing there ends the process by assert. */
static bool aborts(uint32_t cell, struct stream_slot slot)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        uint32_t out[4];
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        signal(SIGABRT, SIG_DFL);
        struct stream s = stream_make(1, cell, 0);
        stream_block(&s, slot, 0, out);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void address_out_of_range_ends_the_program(void **state)
{
    (void)state;
    assert_false(aborts(0, origin));
    assert_true(aborts(STREAM_CELLS, origin));
    assert_true(aborts(0, (struct stream_slot){STREAM_PURPOSES, 0, 0}));
    assert_true(aborts(0, (struct stream_slot){0, STREAM_TICKS, 0}));
    assert_true(aborts(0, (struct stream_slot){0, 0, STREAM_ACTORS}));
}

/* The two uniform numbers of a block, from its words. */
static void two_of_block(const struct stream *s, struct stream_slot slot, uint32_t block, double *u)
{
    uint32_t w[4];
    stream_block(s, slot, block, w);
    u[0] = (double)(((uint64_t)w[0] << 32 | w[1]) >> 11) * 0x1p-53;
    u[1] = (double)(((uint64_t)w[2] << 32 | w[3]) >> 11) * 0x1p-53;
}

static void block_alone_equals_block_in_sequence(void **state)
{
    (void)state;
    enum { N = 1001 };
    double all[2 * N], two[2];
    const struct stream s = stream_make(42, 7, 123456);
    const struct stream_slot slot = {3, 167, 19};

    stream_uniforms(&s, slot, N, all);
    for (uint32_t i = N; i-- > 0;) {
        two_of_block(&s, slot, i, two);
        assert_true(two[0] == all[2 * i] && two[1] == all[2 * i + 1]);
    }
}

static void shorter_request_is_the_start_of_a_longer_one(void **state)
{
    (void)state;
    enum { N = 70 };
    double all[2 * N], some[2 * N + 1];
    const struct stream s = stream_make(42, 0, 5);

    stream_uniforms(&s, origin, N, all);
    for (uint32_t n = 0; n <= N; n++) {
        some[2 * n] = -1.0;
        stream_uniforms(&s, origin, n, some);
        assert_memory_equal(some, all, 2 * n * sizeof *all);
        assert_true(some[2 * n] == -1.0);
    }
}

static void uniforms_are_the_upper_53_bits_of_their_words(void **state)
{
    (void)state;
    double u[2];
    const struct stream s = stream_make(0, 0, 0);
    stream_uniforms(&s, origin, 1, u);
    assert_true(u[0] == (double)(0x6627e8d5e169c58du >> 11) * 0x1p-53);
    assert_true(u[1] == (double)(0xbc57ac4c9b00dbd8u >> 11) * 0x1p-53);
}

/* Mean, variance and correlation with the one before, each within 5 standard errors. */
static void assert_uniform(const double *u, int n)
{
    double sum = 0.0, squares = 0.0, products = 0.0;
    for (int i = 0; i < n; i++) {
        assert_true(u[i] >= 0.0 && u[i] < 1.0);
        double d = u[i] - 0.5;
        sum += d;
        squares += d * d;
        products += i > 0 ? d * (u[i - 1] - 0.5) : 0.0;
    }
    assert_true(fabs(sum) < 5.0 * sqrt(n / 12.0));
    assert_true(fabs(squares - n / 12.0) < 5.0 * sqrt(n / 180.0));
    assert_true(fabs(products) < 5.0 * sqrt(n / 144.0));
}

static void uniforms_of_a_slot_are_uniform(void **state)
{
    (void)state;
    static double u[MILLION];
    const struct stream s = stream_make(1, 0, 0);
    stream_uniforms(&s, origin, MILLION / 2, u);
    assert_uniform(u, MILLION);
}

static void uniforms_of_neighbouring_replicates_are_uniform(void **state)
{
    (void)state;
    static double u[MILLION];
    for (uint32_t i = 0; i < MILLION / 2; i++) {
        struct stream s = stream_make(1, 0, i);
        stream_uniforms(&s, (struct stream_slot){2, 12, 4}, 1, u + 2 * i);
    }
    assert_uniform(u, MILLION);
}

static void uniforms_of_neighbouring_slots_are_uniform(void **state)
{
    (void)state;
    static double u[MILLION];
    const struct stream s = stream_make(1, 0, 0);
    for (unsigned i = 0; i < MILLION / 2; i++) {
        struct stream_slot slot = {i % 10, i / 10 % 1000, i / 10000};
        stream_uniforms(&s, slot, 1, u + 2 * i);
    }
    assert_uniform(u, MILLION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_the_published_answers),
        cmocka_unit_test(corner_addresses_decode),
        cmocka_unit_test(million_replicates_decode),
        cmocka_unit_test(every_part_of_the_address_changes_the_block),
        cmocka_unit_test(address_out_of_range_ends_the_program),
        cmocka_unit_test(block_alone_equals_block_in_sequence),
        cmocka_unit_test(shorter_request_is_the_start_of_a_longer_one),
        cmocka_unit_test(uniforms_are_the_upper_53_bits_of_their_words),
        cmocka_unit_test(uniforms_of_a_slot_are_uniform),
        cmocka_unit_test(uniforms_of_neighbouring_replicates_are_uniform),
        cmocka_unit_test(uniforms_of_neighbouring_slots_are_uniform),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
