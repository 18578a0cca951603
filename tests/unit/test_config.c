/* Scenario files as a tree: numbers that would wrap, files within files, values laid over by name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "scenario/config.h"
#include "scratch.h"

static struct config *good(const char *text, const char *const *sets, int n)
{
    struct config *config = NULL;
    struct diag diag = {0};
    if (text != NULL)
        scratch_write("a.cfg", text);
    if (config_load(&config, "a.cfg", sets, n, &diag) != 0)
        fail_msg("%s", diag.text.s);
    assert_int_equal(diag.errors, 0);
    return config;
}

/* The diag of a file that is refused, or that has errors beside its tree; the caller releases. */
static struct diag bad(const char *text, const char *set)
{
    struct config *config = NULL;
    struct diag diag = {0};
    if (text != NULL)
        scratch_write("a.cfg", text);
    config_load(&config, "a.cfg", &set, set != NULL, &diag);
    assert_true(diag.errors > 0);
    config_free(config);
    return diag;
}

static void assert_refused(const char *text, const char *set, const char *message)
{
    struct diag diag = bad(text, set);
    assert_says(&diag, message);
    diag_release(&diag);
}

/* The node at a path of names joined by points, from the root. */
static const struct config_node *at(const struct config *config, const char *path)
{
    const struct config_node *node = config_root(config);
    char names[128], *rest = names, *name;
    strncpy(names, path, sizeof names - 1);
    names[sizeof names - 1] = '\0';
    while ((name = strsep(&rest, ".")) != NULL)
        node = config_member(node, name);
    return node;
}

static void assert_value(const struct config *config, const char *path, enum value_kind kind,
                         const char *text)
{
    struct text buffer = {0};
    struct value value;
    struct diag diag = {0};
    const struct config_node *node = at(config, path);
    assert_non_null(node);
    assert_int_equal(config_value(config, node, &buffer, &value, &diag), 0);
    assert_int_equal(value.kind, kind);
    assert_string_equal(value.text, text);
    text_release(&buffer);
}

static void values_have_the_kind_of_their_syntax(void **state)
{
    (void)state;
    struct config *c = good("i = 5; h = 0xff; l = 5000000000L; r = 2.5; e = 1e3; t = true;\n"
                            "s = \"te\" \"xt\"; a = [\"A\", \"B\"]; none = []; list = (\"C\");"
                            "numbers = (0.5, 2, true); mixed = (\"A\", 1);",
                            NULL, 0);
    assert_value(c, "i", VALUE_INTEGER, "5");
    assert_value(c, "h", VALUE_INTEGER, "255");
    assert_value(c, "l", VALUE_INTEGER, "5000000000");
    assert_value(c, "r", VALUE_REAL, "2.5");
    assert_value(c, "e", VALUE_REAL, "1000");
    assert_value(c, "t", VALUE_BOOL, "true");
    assert_value(c, "s", VALUE_STRING, "text");
    assert_value(c, "a", VALUE_LIST, "A;B");
    assert_value(c, "none", VALUE_LIST, "");
    assert_value(c, "list", VALUE_LIST, "C");
    assert_value(c, "numbers", VALUE_SCALARS, "0.5;2;true");
    assert_value(c, "mixed", VALUE_SCALARS, "A;1");
    config_free(c);
}

static void groups_and_nested_lists_are_no_values(void **state)
{
    (void)state;
    struct config *c = good("g = { x = 1; };\nn = ((\"A\"));\nm = (1, { x = 1; });", NULL, 0);
    const char *names[] = {"g", "n", "m"};
    for (int k = 0; k < 3; k++) {
        struct text buffer = {0};
        struct value value;
        struct diag diag = {0};
        assert_int_equal(config_value(c, at(c, names[k]), &buffer, &value, &diag), ERROR_INPUT);
        assert_int_equal(diag.errors, 1);
        text_release(&buffer);
        diag_release(&diag);
    }
    config_free(c);
}

/* Whether written as an escape or given on the command line: effective.cfg could not hold them. */
static void texts_that_are_no_utf8_are_no_values(void **state)
{
    (void)state;
    const char *set = "b=T\xfcrkiye";
    struct config *c = good("a = \"\\xff\"; ok = \"\\xc3\\xbc\";", &set, 1);
    struct text buffer = {0};
    struct value value;
    struct diag diag = {0};
    assert_int_equal(config_value(c, at(c, "a"), &buffer, &value, &diag), ERROR_INPUT);
    text_release(&buffer);
    assert_int_equal(config_value(c, at(c, "b"), &buffer, &value, &diag), ERROR_INPUT);
    assert_says(&diag, "a.cfg:1: a: the byte 0xFF is no UTF-8; allowed: UTF-8 text\n--set b=");
    assert_value(c, "ok", VALUE_STRING, "\xc3\xbc");
    text_release(&buffer);
    diag_release(&diag);
    config_free(c);
}

static void integers_beyond_32_bits_need_an_l(void **state)
{
    (void)state;
    assert_refused("a = 1;\nb = 5000000000;\n", NULL, "a.cfg:2: 5000000000 does not fit 32 bits");
    assert_refused("b = 2147483648;", NULL, "a.cfg:1: 2147483648 does not fit");
    assert_refused("b = -5000000000;", NULL, "a.cfg:1: -5000000000 does not fit");
    assert_refused("b = -2147483649;", NULL, "a.cfg:1: -2147483649 does not fit");
    assert_refused("s = \"a\\\nb\";\nb = 5000000000;", NULL, "a.cfg:3: 5000000000 does not fit");
    assert_refused("b = 0x1FFFFFFFF;", NULL, "a.cfg:1: 0x1FFFFFFFF does not fit");
    assert_refused("b = [ 1,\n 5000000000 ];", NULL, "a.cfg:2: ");
    assert_refused("/* one\n two */ b = 99999999999999999999999;", NULL, "a.cfg:2: 9999");
    struct diag both = bad("a = 5000000000;\nb = 6000000000;", NULL);
    assert_int_equal(both.errors, 2);
    diag_release(&both);
}

/* libconfig compares each name with all before it: a million would take half an hour. */
static void more_names_than_can_be_compared_are_refused(void **state)
{
    (void)state;
    struct text t = {0};
    for (int group = 0; group < 2; group++) {
        text_printf(&t, "g%d = {\n", group);
        for (int k = 0; k < 30000; k++)
            text_printf(&t, "n%d = \"=\"; /* = */\n", k);
        text_printf(&t, "};\n");
    }
    assert_refused(t.s, NULL, "a.cfg:47325: too many names: each is compared with all before it");
    text_release(&t);
}

static void wide_digits_elsewhere_are_no_integers(void **state)
{
    (void)state;
    struct config *c =
        good("a = 5000000000.0; b = 5000000000L; c = 5e9; d = 2147483647; m = -2147483648;\n"
             "e = \"5000000000 \\\" 6000000000\"; # 5000000000\n"
             "// 5000000000\n/* 5000000000 \" */ x5000000000 = 1; y-5000000000 = 1;\n"
             "z*5000000000 = 1; f = 0xFFFFFFFF;",
             NULL, 0);
    assert_value(c, "a", VALUE_REAL, "5e+09");
    assert_value(c, "c", VALUE_REAL, "5e+09");
    config_free(c);
}

static void syntax_errors_have_file_and_line(void **state)
{
    (void)state;
    assert_refused("a = 1;\nb = ;\n", NULL, "a.cfg:2: syntax error; allowed: name = value;");
    assert_refused("a = { b = 1; \n\n", NULL, "a.cfg:");
    assert_refused("a = 1; a = 2;", NULL, "a.cfg:1: duplicate setting name");
    assert_refused("a = 1;\nb = 1 \"never\n closes\n", NULL, "a.cfg:2: a quote opens and never");
    assert_refused("a = 1; /* x */ /*\nb = 2;\n", NULL, "a.cfg:1: a comment opens and never");
    assert_refused("a = nan;", NULL, "a.cfg:1: syntax error");
    assert_refused("a = 2,5;", NULL, "a.cfg:1: syntax error");
    assert_refused("a = [1, \"x\"];", NULL, "a.cfg:1: ");
}

static void files_without_a_scenario_are_named(void **state)
{
    (void)state;
    assert_refused("", NULL, "a.cfg: the file is empty");
    assert_refused(" \n\t\r\n", NULL, "the file is empty");
    struct diag diag = {0};
    struct config *config = NULL;
    scratch_write_bytes("n.cfg", "a = 1;\n\0", 8);
    assert_int_equal(config_load(&config, "n.cfg", NULL, 0, &diag), ERROR_INPUT);
    assert_int_equal(config_load(&config, "folder/none.cfg", NULL, 0, &diag), ERROR_INPUT);
    assert_int_equal(config_load(&config, ".", NULL, 0, &diag), ERROR_INPUT);
    assert_says(&diag, "n.cfg:2: a NUL byte");
    assert_says(&diag, "folder/none.cfg: cannot read: No such file or directory");
    assert_says(&diag, ".: cannot read: it is a folder, not a file");
    assert_null(config);
    diag_release(&diag);
}

static void byte_order_mark_and_crlf_do_not_matter(void **state)
{
    (void)state;
    struct config *c = good("\xef\xbb\xbf"
                            "a = 1;\r\nb = \"x\";\r\n",
                            NULL, 0);
    assert_value(c, "a", VALUE_INTEGER, "1");
    assert_int_equal(config_where(c, at(c, "b")).line, 2);
    config_free(c);
}

/* 100,000 braces must neither exhaust the stack nor take long. */
static void deep_nesting_is_refused(void **state)
{
    (void)state;
    const char *opening[] = {"{ b = ", "(", "["};
    for (int k = 0; k < 3; k++) {
        struct text t = {0};
        text_printf(&t, "a = ");
        for (int depth = 0; depth < 100000; depth++)
            text_printf(&t, "%s", opening[k]);
        assert_refused(t.s, NULL, "a.cfg:1: ");
        text_release(&t);
    }
}

/* ---- files within files ---------------------------------------------------------------------- */

static void includes_are_relative_to_the_file_that_has_them(void **state)
{
    (void)state;
    scratch_write("one/b.cfg", "b = 1;\n@include \"two/c.cfg\"\n@include \"../d.cfg\"\n");
    scratch_write("one/two/c.cfg", "c = 1;");
    scratch_write("d.cfg", "d = 1;\n");
    struct config *c = good("a = 1;\n  @include \"one/b.cfg\"  \r\nz = 1;\n", NULL, 0);
    const char *names[] = {"a", "b", "c", "d", "z"};
    const char *files[] = {"a.cfg", "one/b.cfg", "one/two/c.cfg", "one/../d.cfg", "a.cfg"};
    const int lines[] = {1, 1, 1, 1, 3};
    for (int k = 0; k < 5; k++) {
        struct where where = config_where(c, at(c, names[k]));
        assert_string_equal(where.file, files[k]);
        assert_int_equal(where.line, lines[k]);
    }
    config_free(c);
}

static void includes_may_stand_in_groups_and_share_their_line(void **state)
{
    (void)state;
    scratch_write("b.cfg", "b = 1;");
    struct config *c = good("g = {\n@include \"b.cfg\" c = 2;\n};", NULL, 0);
    assert_value(c, "g.b", VALUE_INTEGER, "1");
    assert_value(c, "g.c", VALUE_INTEGER, "2");
    config_free(c);
}

static void errors_in_an_included_file_have_its_line(void **state)
{
    (void)state;
    scratch_write("one/b.cfg", "\n\nb = 5000000000;\n");
    assert_refused("a = 1;\n@include \"one/b.cfg\"\n", NULL, "one/b.cfg:3: 5000000000 does not");
    scratch_write("one/b.cfg", "\nb = = 1;\n");
    assert_refused(NULL, NULL, "one/b.cfg:2: syntax error");
    scratch_write("one/b.cfg", "b = 1;\n");
    assert_refused("a = 1;\n@include \"one/b.cfg\"\nc = = 1;\n", NULL, "a.cfg:3: syntax error");
}

static void circles_and_missing_includes_are_told_at_their_line(void **state)
{
    (void)state;
    assert_refused("x = 1;\n@include \"a.cfg\"\n", NULL,
                   "a.cfg:2: @include \"a.cfg\": more than 16 files deep, or in a circle");
    scratch_write("b.cfg", "@include \"a.cfg\"\n");
    assert_refused("@include \"b.cfg\"\n", NULL, "or in a circle");
    assert_refused("\n@include \"none.cfg\"\n", NULL,
                   "a.cfg:2: cannot read \"none.cfg\": No such file or directory");
    assert_refused("@include \".\"\n", NULL, "a.cfg:1: cannot read \".\": it is a folder");
    assert_refused("@include \"\"\n", NULL, "a.cfg:1: cannot read \"\"");
    assert_refused("@include \"none\na = 1;\n", NULL, "a.cfg:1: cannot read \"none\"");
    assert_refused("@include none.cfg\n", NULL, "a.cfg:1: syntax error");
}

static void includes_in_comments_and_texts_are_none(void **state)
{
    (void)state;
    struct config *c = good("/*\n@include \"none\"\n*/ a = \"\n@include 'none'\n@include \";\n"
                            "# /* no comment\n// \" no text\nb = \"\\\"\"; /* \" */\n"
                            "#@include \"none\"\n// @include \"none\"\nc = \"/*\";\n",
                            NULL, 0);
    assert_value(c, "a", VALUE_STRING, "\n@include 'none'\n@include ");
    assert_value(c, "b", VALUE_STRING, "\"");
    config_free(c);
    scratch_write("d.cfg", "d = 1;\n");
    c = good("a = 1; /* x */\n@include \"d.cfg\"\n", NULL, 0);
    assert_value(c, "d", VALUE_INTEGER, "1");
    config_free(c);
}

/* ---- --set ----------------------------------------------------------------------------------- */

static void set_lays_values_of_every_kind_over_the_file(void **state)
{
    (void)state;
    const char *sets[] = {"g.i=7",         "g.r=0.5",           "g.s=2019-05-08",
                          "g.t=\"5\"",     "g.a=[\"A\",\"B\"]", "g.b=true",
                          "g.word=a b, c", "g.empty=",          "g.l=5000000000L",
                          "g.e=a=b=c",     "new.deep.er.x=1",   "whole={y=2;z={w=3;};}",
                          "top=1",         "g.text=5 \"x",      "g.neg=-3"};
    struct config *c =
        good("g = { i = 1; r = 1.0; s = \"x\"; };", sets, sizeof sets / sizeof *sets);
    assert_value(c, "g.i", VALUE_INTEGER, "7");
    assert_value(c, "g.r", VALUE_REAL, "0.5");
    assert_value(c, "g.s", VALUE_STRING, "2019-05-08");
    assert_value(c, "g.t", VALUE_STRING, "5");
    assert_value(c, "g.a", VALUE_LIST, "A;B");
    assert_value(c, "g.b", VALUE_BOOL, "true");
    assert_value(c, "g.word", VALUE_STRING, "a b, c");
    assert_value(c, "g.empty", VALUE_STRING, "");
    assert_value(c, "g.l", VALUE_INTEGER, "5000000000");
    assert_value(c, "g.e", VALUE_STRING, "a=b=c");
    assert_value(c, "new.deep.er.x", VALUE_INTEGER, "1");
    assert_value(c, "whole.z.w", VALUE_INTEGER, "3");
    assert_value(c, "top", VALUE_INTEGER, "1");
    assert_value(c, "g.text", VALUE_STRING, "5 \"x");
    assert_value(c, "g.neg", VALUE_INTEGER, "-3");
    config_free(c);
}

static void set_values_tell_their_option_as_place(void **state)
{
    (void)state;
    const char *sets[] = {"g.new.x=1", "whole={y=2;}"};
    struct config *c = good("g = { i = 1; };", sets, 2);
    const char *made[] = {"g.new", "g.new.x", "whole", "whole.y"};
    for (int k = 0; k < 4; k++) {
        assert_true(config_is_set(at(c, made[k])));
        assert_string_equal(config_where(c, at(c, made[k])).file,
                            k < 2 ? "--set g.new.x=1" : "--set whole={y=2;}");
        assert_int_equal(config_where(c, at(c, made[k])).line, 0);
    }
    assert_false(config_is_set(at(c, "g")));
    assert_false(config_is_set(at(c, "g.i")));
    config_free(c);
}

static void the_last_set_counts_and_the_files_value_is_remembered(void **state)
{
    (void)state;
    const char *sets[] = {"g.i=2", "g.i=3", "g.i=four", "g.j=1"};
    struct config *c = good("g = { i = 1; };", sets, 4);
    assert_value(c, "g.i", VALUE_STRING, "four");
    assert_string_equal(config_replaced(at(c, "g.i")), "1");
    assert_null(config_replaced(at(c, "g.j")));
    assert_null(config_replaced(at(c, "g")));
    config_free(c);
}

static void set_refuses_what_has_no_place(void **state)
{
    (void)state;
    assert_refused("g = { i = 1; };", "g.i", "--set g.i: no value; write --set path=value");
    assert_refused(NULL, "=1", "no value");
    assert_refused(NULL, "", "no value");
    assert_refused(NULL, "g.i.x=1", "--set g.i.x=1: no such path");
    assert_refused(NULL, "g..x=1", "no such path");
    assert_refused(NULL, ".x=1", "no such path");
    assert_refused(NULL, "g.=1", "is no name");
    assert_refused(NULL, "g.5=1", "\"5\" is no name");
    assert_refused(NULL, "g.a b=1", "is no name");
    assert_refused(NULL, "g.[0]=1", "is no name");
    assert_refused(NULL, "g.i=5000000000", "--set g.i=5000000000: 5000000000 does not fit 32 bits");
    assert_refused(NULL, "g.i=[1,5000000000]", "does not fit 32 bits");
}

static void every_wrong_set_is_told(void **state)
{
    (void)state;
    const char *sets[] = {"g.i.x=1", "g.i=5", "g.=2"};
    struct config *config = NULL;
    struct diag diag = {0};
    scratch_write("a.cfg", "g = { i = 1; };");
    assert_int_equal(config_load(&config, "a.cfg", sets, 3, &diag), ERROR_INPUT);
    assert_int_equal(diag.errors, 2);
    assert_null(config);
    diag_release(&diag);
}

static void set_does_not_read_files(void **state)
{
    (void)state;
    scratch_write("b.cfg", "b = 1;\n");
    const char *set = "g={\n@include \"b.cfg\"\n}";
    struct config *c = good("a = 1;", &set, 1);
    assert_null(at(c, "g.b"));
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_the_kind_of_their_syntax),
        cmocka_unit_test(groups_and_nested_lists_are_no_values),
        cmocka_unit_test(texts_that_are_no_utf8_are_no_values),
        cmocka_unit_test(integers_beyond_32_bits_need_an_l),
        cmocka_unit_test(more_names_than_can_be_compared_are_refused),
        cmocka_unit_test(wide_digits_elsewhere_are_no_integers),
        cmocka_unit_test(syntax_errors_have_file_and_line),
        cmocka_unit_test(files_without_a_scenario_are_named),
        cmocka_unit_test(byte_order_mark_and_crlf_do_not_matter),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(includes_are_relative_to_the_file_that_has_them),
        cmocka_unit_test(includes_may_stand_in_groups_and_share_their_line),
        cmocka_unit_test(errors_in_an_included_file_have_its_line),
        cmocka_unit_test(circles_and_missing_includes_are_told_at_their_line),
        cmocka_unit_test(includes_in_comments_and_texts_are_none),
        cmocka_unit_test(set_lays_values_of_every_kind_over_the_file),
        cmocka_unit_test(set_values_tell_their_option_as_place),
        cmocka_unit_test(the_last_set_counts_and_the_files_value_is_remembered),
        cmocka_unit_test(set_refuses_what_has_no_place),
        cmocka_unit_test(every_wrong_set_is_told),
        cmocka_unit_test(set_does_not_read_files),
    };
    return cmocka_run_group_tests_name("config", tests, scratch_enter, scratch_leave);
}
