/* The table of keys: well formed, and its values survive printing and reading. */
#include <ctype.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/error.h"
#include "base/stream.h"
#include "scenario/config.h"
#include "scenario/keys.h"
#include "scratch.h"

/* Room for a record of any section. */
union record {
    struct general general;
    struct state state;
    struct dyad dyad;
    struct sanction sanction;
    struct mandate mandate;
    struct parameters parameters;
    int terms[TERMS];
    struct shock shock;
    struct effect effect;
    struct outcome outcome;
    struct arm arm;
    struct claim claim;
    struct condition condition;
};

static bool is_number(const struct key *key)
{
    return key->type == KEY_REAL || key->type == KEY_INT;
}

/* Stores a text as a cell of a table; the status, and what diag says. */
static int store(const struct key *key, const char *text, union record *record, struct diag *diag)
{
    struct value value = {VALUE_BARE, text, {"t.csv", 2, NULL}};
    return key_store(key, "owner", &value, record, diag);
}

static void print(const struct key *key, const union record *record, char *out, size_t size)
{
    FILE *memory = fmemopen(out, size, "w");
    assert_non_null(memory);
    key_print(key, record, memory);
    assert_int_equal(fclose(memory), 0);
}

/* Prints a field as it stands in a scenario and reads it back from one into another record. */
static void reread(const struct key *key, const union record *from, union record *to)
{
    char printed[1024], line[1100];
    struct diag diag = {0};
    struct config *config = NULL;
    struct text buffer = {0};
    struct value value;
    print(key, from, printed, sizeof printed);
    snprintf(line, sizeof line, "v = %s;\n", printed);
    scratch_write("v.cfg", line);
    if (config_load(&config, "v.cfg", NULL, 0, &diag) != 0)
        fail_msg("%s: %s", line, diag.text.s);
    const struct config_node *v = config_member(config_root(config), "v");
    assert_int_equal(config_value(config, v, &buffer, &value, &diag), 0);
    if (key_store(key, "owner", &value, to, &diag) != 0)
        fail_msg("%s: %s", line, diag.text.s);
    text_release(&buffer);
    config_free(config);
    diag_release(&diag);
}

/* A text read as a cell prints alike before and after a journey through a scenario. */
static void assert_survives(const struct key *key, const char *text)
{
    char before[1024], after[1024];
    union record first, second;
    struct diag diag = {0};
    memset(&first, 0, sizeof first);
    memset(&second, 0, sizeof second);
    if (store(key, text, &first, &diag) != 0)
        fail_msg("%s = %s: %s", key->name, text, diag.text.s);
    reread(key, &first, &second);
    print(key, &first, before, sizeof before);
    print(key, &second, after, sizeof after);
    assert_string_equal(before, after);
    keys_release(key->section, &first);
    keys_release(key->section, &second);
}

/* ---- the table ------------------------------------------------------------------------------- */

static void names_suit_every_statistics_package(void **state)
{
    (void)state;
    for (int k = 0; k < n_keys; k++) {
        const char *name = keys[k].name;
        assert_true(islower((unsigned char)name[0]));
        assert_true(strlen(name) <= 32);
        for (const char *p = name; *p != '\0'; p++)
            assert_true(islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_');
    }
}

static void sections_stand_together_and_names_once(void **state)
{
    (void)state;
    for (int k = 1; k < n_keys; k++) {
        assert_true(keys[k].section >= keys[k - 1].section);
        assert_ptr_equal(key_find(keys[k].section, keys[k].name), &keys[k]);
    }
    assert_null(key_find(SECTION_PARAMETERS, "date"));
    assert_null(key_find(SECTION_PARAMETERS, ""));
}

static void no_two_keys_of_a_section_share_a_field(void **state)
{
    (void)state;
    for (int k = 0; k < n_keys; k++)
        for (int other = 0; other < k; other++)
            assert_false(keys[k].section == keys[other].section &&
                         keys[k].offset == keys[other].offset);
}

static void every_key_has_a_meaning_and_every_parameter_a_source(void **state)
{
    (void)state;
    for (int k = 0; k < n_keys; k++) {
        assert_true(strlen(keys[k].meaning) > 0);
        assert_non_null(keys[k].unit);
        assert_non_null(keys[k].source);
        if (keys[k].section == SECTION_PARAMETERS || keys[k].section == SECTION_TERMS) {
            assert_true(strlen(keys[k].source) > 0);
            assert_non_null(keys[k].fallback);
        }
    }
}

static void defaults_lie_in_their_ranges(void **state)
{
    (void)state;
    for (int k = 0; k < n_keys; k++) {
        const struct key *key = &keys[k];
        if (!is_number(key))
            continue;
        assert_true(key->low < key->high);
        if (key->type == KEY_INT)
            assert_true(key->low >= INT_MIN && key->high <= INT_MAX);
        if (key->fallback != NULL)
            assert_true(strtod(key->fallback, NULL) >= key->low &&
                        strtod(key->fallback, NULL) <= key->high);
    }
}

static void defaults_survive_printing_and_reading(void **state)
{
    (void)state;
    for (int k = 0; k < n_keys; k++)
        if (keys[k].fallback != NULL)
            assert_survives(&keys[k], keys[k].fallback);
}

static void every_key_says_what_it_allows(void **state)
{
    (void)state;
    for (int k = 0; k < n_keys; k++) {
        struct text allowed = {0};
        key_allowed(&keys[k], &allowed);
        assert_true(allowed.length > 0);
        text_release(&allowed);
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

static const struct key *find(enum section section, const char *name)
{
    const struct key *key = key_find(section, name);
    assert_non_null(key);
    return key;
}

static void assert_same_real(double value)
{
    const struct key any = {.section = SECTION_PARAMETERS,
                            .name = "any",
                            .type = KEY_REAL,
                            .low = -DBL_MAX,
                            .high = DBL_MAX};
    union record first = {.parameters = {.lambda = value}}, second = {.parameters = {.lambda = 0}};
    reread(&any, &first, &second);
    assert_memory_equal(&first.parameters.lambda, &second.parameters.lambda, sizeof value);
}

static void reals_keep_every_bit(void **state)
{
    (void)state;
    const double values[] = {0,
                             1,
                             -1,
                             0.1,
                             1.0 / 3,
                             2.0 / 3,
                             1e22,
                             1e23,
                             1.2345678901234568e17,
                             DBL_MAX,
                             DBL_MIN,
                             -1e-300,
                             DBL_TRUE_MIN,
                             1e15 + 1,
                             1e16,
                             0.055,
                             7.7,
                             1 + DBL_EPSILON,
                             -0.0,
                             1e6,
                             999999,
                             1000001,
                             1e-5,
                             5e9,
                             2e9,
                             4.9e-324};
    for (size_t k = 0; k < sizeof values / sizeof *values; k++)
        assert_same_real(values[k]);
}

static void random_reals_keep_every_bit(void **state)
{
    (void)state;
    const struct stream s = stream_make(5, 0, 0);
    for (uint32_t block = 0; block < 500; block++) {
        uint32_t words[4];
        double value;
        stream_block(&s, (struct stream_slot){0, 0, 0}, block, words);
        memcpy(&value, words, sizeof value);
        if (isfinite(value))
            assert_same_real(value);
    }
}

static void whole_numbers_survive(void **state)
{
    (void)state;
    const struct key *ccode = find(SECTION_STATES, "ccode");
    const char *numbers[] = {"0", "1", "630", "9999", "1e3", "0x10"};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        assert_survives(ccode, numbers[k]);
}

static void texts_survive_whatever_they_hold(void **state)
{
    (void)state;
    const char *texts[] = {"",
                           "plain",
                           "with \"quotes\" and \\ backslash\\",
                           "line\nbreak\n@include \"x\"\n",
                           "tab\tand nothing else",
                           "# no comment // nor /* this */",
                           "Türkiye, 伊朗, Иран",
                           "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
                           "5000000000",
                           "};\nshocks = {",
                           "\\\"",
                           "'%s %n'"};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        assert_survives(find(SECTION_SHOCKS, "note"), texts[k]);
}

static void texts_that_command_a_terminal_are_refused(void **state)
{
    (void)state;
    const char *texts[] = {"\x01", "\x7f", "red \x1b[31m", "over\rwritten"};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        struct shock shock = {0};
        struct diag diag = {0};
        struct value value = {VALUE_STRING, texts[k], diag_at("a.cfg", 7)};
        assert_int_equal(key_store(find(SECTION_SHOCKS, "note"), "shocks.a", &value, &shock, &diag),
                         ERROR_INPUT);
        assert_non_null(strstr(diag.text.s, "holds a control character"));
        assert_null(shock.note);
        diag_release(&diag);
    }
}

static void lists_survive(void **state)
{
    (void)state;
    const char *lists[] = {"", "IRN", "IRN;RUS", " IRN ; RUS;", "a b;c\"d"};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        assert_survives(find(SECTION_EFFECTS, "from"), lists[k]);
}

static void every_choice_survives(void **state)
{
    (void)state;
    for (int k = 0; k < n_keys; k++) {
        char choices[128], *rest = choices;
        if (keys[k].type != KEY_CHOICE)
            continue;
        snprintf(choices, sizeof choices, "%s", keys[k].unit);
        while (rest != NULL)
            assert_survives(&keys[k], strsep(&rest, "|"));
    }
}

static void dates_and_periods_survive(void **state)
{
    (void)state;
    const char *days[] = {"1000-01-01", "2012-02-29", "9999-12-31"};
    const char *windows[] = {"2010-01..2010-01", "1000-01..9999-12"};
    for (size_t k = 0; k < sizeof days / sizeof *days; k++) {
        assert_survives(find(SECTION_SHOCKS, "date"), days[k]);
        assert_survives(find(SECTION_EFFECTS, "date"), days[k]);
    }
    assert_survives(find(SECTION_OUTCOMES, "over"), "");
    assert_survives(find(SECTION_CONDITIONS, "period"), "2010-01..2010-02");
    assert_survives(find(SECTION_SANCTIONS, "end"), "ongoing");
    assert_survives(find(SECTION_SCENARIO, "start"), "2010-12");
    for (size_t k = 0; k < sizeof windows / sizeof *windows; k++) {
        assert_survives(find(SECTION_OUTCOMES, "window"), windows[k]);
        assert_survives(find(SECTION_OUTCOMES, "minus"), windows[k]);
    }
}

static void a_period_is_two_months_in_order(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "2010-01",
                                        "2010-01.2010-02",
                                        "2010-01...2010-02",
                                        "2010-1..2010-02",
                                        "2010-02..2010-01",
                                        "2010-01..2010-00",
                                        "2010-01..2010-02x",
                                        "x2010-01..2010-02"};
    struct window window = {5, 6};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        assert_int_equal(window_parse(wrong[k], &window), ERROR_INPUT);
    assert_true(window.from == 5 && window.to == 6);
    assert_int_equal(window_parse("2010-03..2011-03", &window), 0);
    assert_int_equal(window.from, 2010 * 12 + 2);
    assert_int_equal(window.to, 2011 * 12 + 2);
}

/* ---- refusals -------------------------------------------------------------------------------- */

struct refusal {
    enum section section;
    const char *name, *text, *why;
};

static const struct refusal refusals[] = {
    {SECTION_PARAMETERS, "lambda", "", "must be a number"},
    {SECTION_PARAMETERS, "lambda", "two", "must be a number"},
    {SECTION_PARAMETERS, "lambda", "2,5", "a decimal comma? write a point"},
    {SECTION_PARAMETERS, "lambda", "2.5x", "must be a number"},
    {SECTION_PARAMETERS, "lambda", " 2", "must be a number"},
    {SECTION_PARAMETERS, "lambda", "2 ", "must be a number"},
    {SECTION_PARAMETERS, "lambda", "nan", "must be a finite number"},
    {SECTION_PARAMETERS, "lambda", "inf", "must be a finite number"},
    {SECTION_PARAMETERS, "lambda", "1e999", "must be a finite number"},
    {SECTION_PARAMETERS, "lambda", "-1e-9", "out of range; allowed: 0 .. 1000000"},
    {SECTION_PARAMETERS, "lambda", "1e6000", "must be a finite number"},
    {SECTION_PARAMETERS, "lambda", "1000001", "out of range"},
    {SECTION_PARAMETERS, "initiatives", "1.5", "must be a whole number"},
    {SECTION_PARAMETERS, "initiatives", "0", "out of range; allowed: 1 .. 512"},
    {SECTION_PARAMETERS, "initiatives", "5000000000", "out of range"},
    {SECTION_PARAMETERS, "growth_falls", "yes", "must be true or false"},
    {SECTION_PARAMETERS, "growth_falls", "1", "must be true or false"},
    {SECTION_SCENARIO, "order", "parallel", "unknown word; allowed: concurrent|serial"},
    {SECTION_SCENARIO, "order", "serial|concurrent", "unknown word"},
    {SECTION_SCENARIO, "order", "", "unknown word"},
    {SECTION_SCENARIO, "start", "2010-13", "no such month"},
    {SECTION_SHOCKS, "date", "2099-13-77", "no such date"},
    {SECTION_SHOCKS, "date", "ongoing", "no such date"},
    {SECTION_SANCTIONS, "target", "iran", "not a code"},
    {SECTION_SANCTIONS, "target", "I", "not a code"},
    {SECTION_SANCTIONS, "target", "IRN RUS", "not a code"},
    {SECTION_SANCTIONS, "target", "1RN", "not a code"},
    {SECTION_SANCTIONS, "target", "ABCDEFGHI", "not a code"},
    {SECTION_OUTCOMES, "window", "2010-01", "not a period"},
    {SECTION_OUTCOMES, "window", "", "not a period"},
    {SECTION_OUTCOMES, "window", "2010-02..2010-01", "not a period"},
    {SECTION_OUTCOMES, "window", "2010-01--2010-02", "not a period"},
    {SECTION_OUTCOMES, "window", "2010-01..2010-13", "not a period"},
    {SECTION_OUTCOMES, "window", "2010-01..2010-02 ", "not a period"},
    {SECTION_OUTCOMES, "statistic", "median", "unknown word; allowed: mean|max|when_max|onset|"},
    {SECTION_OUTCOMES, "alarm", "2010", "not a period"},
    {SECTION_CONDITIONS, "is", "equal", "unknown word; allowed: above|below|nearer|found|absent|"},
    {SECTION_CONDITIONS, "times", "-1000001", "out of range; allowed: -1000000 .. 1000000"},
    {SECTION_CONDITIONS, "value", "1e13", "out of range"},
    {SECTION_CONDITIONS, "sign", "yes", "must be true or false"},
    {SECTION_CLAIMS, "expect", "1", "must be true or false"},
};

static void what_is_not_allowed_is_refused_with_place_key_value_and_range(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof refusals / sizeof *refusals; k++) {
        const struct refusal *r = &refusals[k];
        char wanted[256];
        union record record, before;
        struct diag diag = {0};
        memset(&record, 0, sizeof record);
        before = record;
        assert_int_equal(store(find(r->section, r->name), r->text, &record, &diag), ERROR_INPUT);
        snprintf(wanted, sizeof wanted, "t.csv:2: owner.%s = %s: %s", r->name, r->text, r->why);
        assert_says(&diag, wanted);
        assert_says(&diag, "; allowed: ");
        assert_memory_equal(&record, &before, sizeof record);
        diag_release(&diag);
    }
}

static void values_keep_the_type_that_a_scenario_gives_them(void **state)
{
    (void)state;
    const struct {
        enum section section;
        const char *name;
        struct value value;
    } cases[] = {
        {SECTION_PARAMETERS, "lambda", {VALUE_STRING, "2.5", {"a", 1, NULL}}},
        {SECTION_PARAMETERS, "lambda", {VALUE_BOOL, "true", {"a", 1, NULL}}},
        {SECTION_PARAMETERS, "lambda", {VALUE_LIST, "", {"a", 1, NULL}}},
        {SECTION_PARAMETERS, "growth_falls", {VALUE_STRING, "true", {"a", 1, NULL}}},
        {SECTION_PARAMETERS, "growth_falls", {VALUE_INTEGER, "1", {"a", 1, NULL}}},
        {SECTION_SCENARIO, "title", {VALUE_INTEGER, "5", {"a", 1, NULL}}},
        {SECTION_SCENARIO, "title", {VALUE_LIST, "a;b", {"a", 1, NULL}}},
        {SECTION_SCENARIO, "focus", {VALUE_INTEGER, "5", {"a", 1, NULL}}},
        {SECTION_SCENARIO, "order", {VALUE_LIST, "serial", {"a", 1, NULL}}},
        {SECTION_SHOCKS, "date", {VALUE_INTEGER, "2010", {"a", 1, NULL}}},
        {SECTION_SANCTIONS, "target", {VALUE_LIST, "IRN", {"a", 1, NULL}}},
        {SECTION_OUTCOMES, "minus", {VALUE_REAL, "0", {"a", 1, NULL}}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        union record record;
        struct diag diag = {0};
        memset(&record, 0, sizeof record);
        const struct key *key = find(cases[k].section, cases[k].name);
        assert_int_equal(key_store(key, "owner", &cases[k].value, &record, &diag), ERROR_INPUT);
        diag_release(&diag);
    }
}

static void unknown_keys_are_answered_with_the_nearest_or_with_all(void **state)
{
    (void)state;
    struct diag diag = {0};
    const struct where at = {"a.cfg", 7, NULL};
    assert_int_equal(key_unknown(SECTION_PARAMETERS, "parameters", "lamda", at, &diag),
                     ERROR_INPUT);
    assert_says(&diag, "a.cfg:7: parameters: unknown key \"lamda\"; did you mean \"lambda\"?\n");
    key_unknown(SECTION_MANDATES, "mandates.M1", "friendliness", at, &diag);
    assert_says(&diag, "mandates.M1: unknown key \"friendliness\"; allowed: target, start, end, ");
    key_unknown(SECTION_GROUPS, "groups", "x", at, &diag);
    assert_says(&diag, "groups: unknown key \"x\"; allowed: none");
    diag_release(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_suit_every_statistics_package),
        cmocka_unit_test(sections_stand_together_and_names_once),
        cmocka_unit_test(no_two_keys_of_a_section_share_a_field),
        cmocka_unit_test(every_key_has_a_meaning_and_every_parameter_a_source),
        cmocka_unit_test(defaults_lie_in_their_ranges),
        cmocka_unit_test(defaults_survive_printing_and_reading),
        cmocka_unit_test(every_key_says_what_it_allows),
        cmocka_unit_test(reals_keep_every_bit),
        cmocka_unit_test(random_reals_keep_every_bit),
        cmocka_unit_test(whole_numbers_survive),
        cmocka_unit_test(texts_survive_whatever_they_hold),
        cmocka_unit_test(texts_that_command_a_terminal_are_refused),
        cmocka_unit_test(lists_survive),
        cmocka_unit_test(every_choice_survives),
        cmocka_unit_test(dates_and_periods_survive),
        cmocka_unit_test(a_period_is_two_months_in_order),
        cmocka_unit_test(what_is_not_allowed_is_refused_with_place_key_value_and_range),
        cmocka_unit_test(values_keep_the_type_that_a_scenario_gives_them),
        cmocka_unit_test(unknown_keys_are_answered_with_the_nearest_or_with_all),
    };
    return cmocka_run_group_tests_name("keys", tests, scratch_enter, scratch_leave);
}
