#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/build.h"

static void every_text_is_there(void **state)
{
    (void)state;
    assert_true(strlen(build_version()) >= strlen("0.0.0"));
    assert_true(strlen(build_commit()) > 0);
    assert_true(strncmp(build_compiler(), "gcc ", 4) == 0 ||
                strncmp(build_compiler(), "clang ", 6) == 0);
    assert_true(strlen(build_gsl()) > 0);
    assert_true(build_model_version() >= 1);
}

static void texts_are_single_lines(void **state)
{
    (void)state;
    const char *texts[] = {build_version(), build_commit(), build_compiler(), build_gsl()};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_null(strpbrk(texts[i], "\r\n\"\\"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_is_there),
        cmocka_unit_test(texts_are_single_lines),
    };
    return cmocka_run_group_tests_name("build", tests, NULL, NULL);
}
