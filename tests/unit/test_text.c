/* Growing text, lists in a text, and words compared for "did you mean". */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void text_grows_and_stays_terminated(void **state)
{
    (void)state;
    struct text t = {0};
    for (int k = 0; k < 10000; k++) {
        text_printf(&t, "%d,", k % 10);
        assert_int_equal(strlen(t.s), t.length);
    }
    text_add(&t, "", 0);
    assert_int_equal(t.length, 20000);
    assert_int_equal(strncmp(t.s, "0,1,2,3,", 8), 0);
    assert_false(t.failed);
    text_release(&t);
    assert_null(t.s);
    assert_int_equal(t.length, 0);
}

static void a_file_adds_to_a_text_until_it_fails(void **state)
{
    (void)state;
    struct text t = {0};
    text_printf(&t, "before ");
    FILE *file = text_file(&t);
    assert_non_null(file);
    for (int k = 0; k < 10000; k++)
        fprintf(file, "%d,", k % 10);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(t.length, 7 + 20000);
    assert_int_equal(strncmp(t.s, "before 0,1,2,3,", 15), 0);
    t.failed = true; /* as without memory */
    file = text_file(&t);
    fputs("lost", file);
    assert_int_not_equal(fflush(file), 0);
    fclose(file);
    assert_true(t.failed);
    assert_int_equal(t.length, 7 + 20000);
    text_release(&t);
}

static void text_holds_bytes_of_any_value(void **state)
{
    (void)state;
    struct text t = {0};
    text_add(&t, "a\0\xff", 3);
    text_add(&t, "b", 1);
    assert_int_equal(t.length, 4);
    assert_memory_equal(t.s,
                        "a\0\xff"
                        "b",
                        5);
    text_release(&t);
}

/* Joins items with '|', and stops at the item "stop". */
static int join(const char *item, void *user)
{
    text_printf(user, "%s|", item);
    return strcmp(item, "stop") == 0 ? 7 : 0;
}

static void assert_items(const char *list, const char *joined, int status)
{
    struct text t = {0};
    text_add(&t, "", 0);
    assert_int_equal(text_each(list, join, &t), status);
    assert_string_equal(t.s, joined);
    text_release(&t);
}

static void lists_lose_blanks_and_empty_items(void **state)
{
    (void)state;
    assert_items("", "", 0);
    assert_items(";", "", 0);
    assert_items(" \t ; ;;", "", 0);
    assert_items("A", "A|", 0);
    assert_items("A;B;C", "A|B|C|", 0);
    assert_items("  A ;\tB\n; C C ;", "A|B|C C|", 0);
}

static void lists_end_when_the_caller_says_so(void **state)
{
    (void)state;
    assert_items("A;stop;B", "A|stop|", 7);
    assert_items("A;B", "A|B|", 0);
}

static void long_items_are_cut_not_overrun(void **state)
{
    (void)state;
    enum { MOST = TEXT_ITEM - 1 };
    char list[TEXT_ITEM + 100], joined[TEXT_ITEM + 4];
    memset(list, 'x', sizeof list);
    memcpy(list + sizeof list - 3, ";y", 3);
    memset(joined, 'x', MOST);
    memcpy(joined + MOST, "|y|", 4);
    assert_items(list, joined, 0);
}

static void distance_counts_slips_of_the_hand(void **state)
{
    (void)state;
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("lambda", "lambda"), 0);
    assert_int_equal(text_distance("lamda", "lambda"), 1);
    assert_int_equal(text_distance("lambdaa", "lambda"), 1);
    assert_int_equal(text_distance("lamdba", "lambda"), 1);
    assert_int_equal(text_distance("lumbda", "lambda"), 1);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
    assert_int_equal(text_distance("IRN", "irn"), 0);
}

static void distance_is_symmetric_and_zero_only_for_equals(void **state)
{
    (void)state;
    const char *words[] = {"", "a", "abc", "acb", "shocks", "shock", "jcpoa", "eta", "zeta"};
    enum { N = sizeof words / sizeof *words };
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            int ij = text_distance(words[i], words[j]);
            assert_int_equal(ij, text_distance(words[j], words[i]));
            assert_true((ij == 0) == (i == j));
            assert_true(ij <= (int)(strlen(words[i]) + strlen(words[j])));
        }
}

static void overlong_words_are_far_from_everything(void **state)
{
    (void)state;
    char word[500];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_int_equal(text_distance(word, word), 64);
    assert_int_equal(text_distance("a", word), 64);
    word[63] = '\0';
    assert_int_equal(text_distance(word, word), 0);
}

static const char *name_of(size_t k, const void *user)
{
    return ((const char *const *)user)[k];
}

static const char *nearest(const char *word)
{
    static const char *const names[] = {"lambda", "omega", "omega_floor", "eta", "rho"};
    return text_nearest(word, sizeof names / sizeof *names, name_of, names);
}

static void nearest_finds_slips_and_refuses_guesses(void **state)
{
    (void)state;
    assert_string_equal(nearest("lamda"), "lambda");
    assert_string_equal(nearest("omgea"), "omega");
    assert_string_equal(nearest("omega_flor"), "omega_floor");
    assert_string_equal(nearest("ETA"), "eta");
    assert_string_equal(nearest("rho"), "rho");
    assert_null(nearest("friendship"));
    assert_null(nearest(""));
    assert_null(nearest("xyz"));
    assert_null(text_nearest("eta", 0, name_of, NULL));
    char word[400]; /* whose quarter is more than any distance */
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_null(nearest(word));
}

static void nearest_takes_the_first_of_equals(void **state)
{
    (void)state;
    static const char *const names[] = {"ab", "ac"};
    assert_ptr_equal(text_nearest("ad", 2, name_of, names), names[0]);
}

static void reals_are_as_short_as_they_can_be(void **state)
{
    (void)state;
    const struct {
        double number;
        const char *text;
    } cases[] = {{0, "0"},
                 {-0.0, "-0"},
                 {135.7, "135.7"},
                 {0.1, "0.1"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {1e22, "1e+22"},
                 {1234567, "1234567"},
                 {-2.5e-300, "-2.5e-300"},
                 {DBL_MAX, "1.7976931348623157e+308"},
                 {HUGE_VAL, "inf"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[32];
        text_real(cases[k].number, text);
        assert_string_equal(text, cases[k].text);
    }
}

static void characters_have_their_length_and_broken_ones_none(void **state)
{
    (void)state;
    const struct {
        const char *text;
        size_t bytes;
    } cases[] = {{"a", 1},
                 {"", 1},
                 {"\xc3\xa9", 2},
                 {"\xe2\x82\xac", 3},
                 {"\xf0\x9f\x98\x80", 4},
                 {"\xe9", 0},
                 {"\x80", 0},
                 {"\xc3", 0},
                 {"\xe2\x82", 0},
                 {"\xc0\x80", 0},
                 {"\xc1\xbf", 0},
                 {"\xe0\x9f\xbf", 0},
                 {"\xed\xa0\x80", 0},
                 {"\xff", 0},
                 {"\xf4\x90\x80\x80", 0},
                 {"\xf0\x8f\xbf\xbf", 0},
                 {"\xc3(", 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_int_equal(text_character(cases[k].text), cases[k].bytes);
}

static void copies_are_own_texts(void **state)
{
    (void)state;
    char original[] = "text";
    char *copy = text_copy(original);
    original[0] = 'n';
    assert_string_equal(copy, "text");
    free(copy);
}

static void a_head_cuts_no_character(void **state)
{
    (void)state;
    assert_int_equal(text_head("abc", 10), 3);
    assert_int_equal(text_head("abc", 2), 2);
    assert_int_equal(text_head("", 5), 0);
    assert_int_equal(text_head("a\xc3\xa9z", 2), 1); /* é takes two bytes */
    assert_int_equal(text_head("a\xc3\xa9z", 3), 3);
    assert_int_equal(text_head("\xe2\x82\xac", 2), 0); /* € takes three */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_grows_and_stays_terminated),
        cmocka_unit_test(a_file_adds_to_a_text_until_it_fails),
        cmocka_unit_test(text_holds_bytes_of_any_value),
        cmocka_unit_test(lists_lose_blanks_and_empty_items),
        cmocka_unit_test(lists_end_when_the_caller_says_so),
        cmocka_unit_test(long_items_are_cut_not_overrun),
        cmocka_unit_test(distance_counts_slips_of_the_hand),
        cmocka_unit_test(distance_is_symmetric_and_zero_only_for_equals),
        cmocka_unit_test(overlong_words_are_far_from_everything),
        cmocka_unit_test(nearest_finds_slips_and_refuses_guesses),
        cmocka_unit_test(nearest_takes_the_first_of_equals),
        cmocka_unit_test(reals_are_as_short_as_they_can_be),
        cmocka_unit_test(characters_have_their_length_and_broken_ones_none),
        cmocka_unit_test(copies_are_own_texts),
        cmocka_unit_test(a_head_cuts_no_character),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
