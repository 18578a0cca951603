/* Messages about input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "scratch.h"

static const struct where nowhere = {NULL, 0, NULL};

static int count(const char *text, const char *words)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, words)) != NULL; p++)
        n++;
    return n;
}

static void messages_tell_their_place(void **state)
{
    (void)state;
    struct diag d = {0};
    assert_int_equal(diag_error(&d, diag_at("a.cfg", 3), "wrong"), ERROR_INPUT);
    diag_error(&d, diag_at("a.cfg", 0), "wrong %s", "too");
    diag_error(&d, nowhere, "wrong");
    diag_warning(&d, diag_at("a.cfg", 9), "odd");
    assert_string_equal(d.text.s,
                        "a.cfg:3: wrong\na.cfg: wrong too\nwrong\na.cfg:9: warning: odd\n");
    assert_int_equal(d.errors, 3);
    assert_int_equal(d.warnings, 1);
    diag_release(&d);
    assert_int_equal(d.errors, 0);
}

static void a_hundred_errors_are_shown_and_all_are_counted(void **state)
{
    (void)state;
    struct diag d = {0};
    for (int k = 0; k < 250; k++)
        diag_error(&d, nowhere, "wrong");
    assert_int_equal(d.errors, 250);
    assert_int_equal(count(d.text.s, "wrong\n"), DIAG_SHOWN);
    diag_release(&d);
}

/* What a file holds must not move the cursor, change colours or forge a second message. */
static void control_characters_do_not_get_through(void **state)
{
    (void)state;
    struct diag d = {0};
    diag_error(&d, diag_at("a\nb", 1), "%s", "x\x1b[31m\r\n\t\x7f grün");
    assert_string_equal(d.text.s, "a?b:1: x?[31m???? grün\n");
    diag_release(&d);
}

static void endless_values_are_cut(void **state)
{
    (void)state;
    char value[10000];
    struct diag d = {0};
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    diag_error(&d, nowhere, "%s", value);
    diag_error(&d, nowhere, "after");
    assert_int_equal(strcspn(d.text.s, "\n"), DIAG_BYTES + strlen("…"));
    assert_says(&d, "x…\nafter\n");
    diag_release(&d);
}

/* Cut between characters, not within one. */
static void cut_messages_stay_utf8(void **state)
{
    (void)state;
    char value[10001];
    struct diag d = {0};
    for (size_t k = 0; k + 2 < sizeof value; k += 2)
        memcpy(value + k, "ü", 2);
    value[sizeof value - 1] = '\0';
    diag_error(&d, nowhere, "x%s", value);
    assert_says(&d, "ü…\n");
    diag_release(&d);
}

static void every_code_has_a_text_and_an_exit_code(void **state)
{
    (void)state;
    for (int code = ERROR_STOPPED; code <= 0; code++) {
        assert_string_not_equal(error_text(code), error_text(1));
        assert_true(error_exit_code(code) >= 0 && error_exit_code(code) <= 3);
    }
    assert_int_equal(error_exit_code(0), 0);
    assert_int_equal(error_exit_code(ERROR_IO), 1);
    assert_int_equal(error_exit_code(ERROR_USAGE), 2);
    assert_int_equal(error_exit_code(ERROR_INPUT), 3);
    assert_int_equal(error_exit_code(-99), 1);
}

static void a_message_without_memory_is_told_by_the_status(void **state)
{
    (void)state;
    struct diag d = {0};
    assert_int_equal(diag_status(&d, 0), 0);
    assert_int_equal(diag_status(&d, ERROR_INPUT), ERROR_INPUT);
    d.text.failed = true;
    assert_int_equal(diag_error(&d, diag_at("x", 1), "lost"), ERROR_INPUT);
    assert_int_equal(diag_status(&d, ERROR_INPUT), ERROR_NOMEM);
    assert_int_equal(diag_status(&d, 0), ERROR_NOMEM);
    diag_release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_tell_their_place),
        cmocka_unit_test(a_hundred_errors_are_shown_and_all_are_counted),
        cmocka_unit_test(control_characters_do_not_get_through),
        cmocka_unit_test(endless_values_are_cut),
        cmocka_unit_test(cut_messages_stay_utf8),
        cmocka_unit_test(every_code_has_a_text_and_an_exit_code),
        cmocka_unit_test(a_message_without_memory_is_told_by_the_status),
    };
    return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
