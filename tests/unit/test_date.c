/* The calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/error.h"

static int day_of(const char *text)
{
    int day = 0;
    assert_int_equal(date_parse_day(text, &day), 0);
    return day;
}

static int month_of(const char *text)
{
    int month = 0;
    assert_int_equal(date_parse_month(text, &month), 0);
    return month;
}

static void days_count_from_1970(void **state)
{
    (void)state;
    assert_int_equal(day_of("1970-01-01"), 0);
    assert_int_equal(day_of("1970-01-02"), 1);
    assert_int_equal(day_of("1969-12-31"), -1);
    assert_int_equal(day_of("2000-03-01"), 11017);
    assert_int_equal(day_of("2015-07-14"), 16630);
}

static void leap_years_are_gregorian(void **state)
{
    (void)state;
    int day;
    const char *leap[] = {"2000-02-29", "1600-02-29", "2012-02-29", "2024-02-29"};
    const char *common[] = {"1900-02-29", "2100-02-29", "2010-02-29", "2023-02-29", "2000-02-30"};
    for (size_t k = 0; k < sizeof leap / sizeof *leap; k++)
        assert_int_equal(date_parse_day(leap[k], &day), 0);
    for (size_t k = 0; k < sizeof common / sizeof *common; k++)
        assert_int_equal(date_parse_day(common[k], &day), ERROR_INPUT);
    assert_int_equal(day_of("2012-03-01") - day_of("2012-02-28"), 2);
    assert_int_equal(day_of("2013-03-01") - day_of("2013-02-28"), 1);
}

static void every_day_of_three_centuries_reads_back(void **state)
{
    (void)state;
    char text[16], before[16] = "";
    int first = day_of("1850-01-01"), last = day_of("2149-12-31");
    assert_int_equal(last - first + 1, 300 * 365 + 73);
    for (int day = first; day <= last; day++) {
        date_print_day(day, text);
        assert_int_equal(day_of(text), day);
        assert_true(strcmp(before, text) < 0);
        memcpy(before, text, sizeof text);
    }
}

static void months_and_days_agree(void **state)
{
    (void)state;
    char text[16];
    for (int month = month_of("1850-01"); month <= month_of("2149-12"); month++) {
        int last = date_last_day(month);
        assert_int_equal(date_month_of(last), month);
        assert_int_equal(date_month_of(last + 1), month + 1);
        date_print_month(month, text);
        assert_int_equal(month_of(text), month);
        date_print_day(last, text);
        text[7] = '\0';
        assert_int_equal(month_of(text), month);
    }
}

static void calendar_ends_where_the_text_does(void **state)
{
    (void)state;
    char text[16];
    assert_int_equal(day_of("1000-01-01"), DATE_FIRST);
    assert_int_equal(day_of("9999-12-31"), DATE_LAST);
    date_print_day(DATE_FIRST, text);
    assert_string_equal(text, "1000-01-01");
    date_print_day(DATE_LAST, text);
    assert_string_equal(text, "9999-12-31");
}

static void never_is_ongoing(void **state)
{
    (void)state;
    char text[16];
    date_print_day(DATE_NEVER, text);
    assert_string_equal(text, "ongoing");
}

static void nonsense_is_no_day(void **state)
{
    (void)state;
    const char *nonsense[] = {
        "",           "2010",        "2010-02",     "2099-13-77",  "2010-02-29",  "2010-04-31",
        "2010-00-01", "2010-01-00",  "2010-01-32",  "2010-1-01",   "2010-01-1",   "10-01-01",
        "0999-12-31", "20100-01-01", "2010/01/01",  "01.02.2010",  "2010-01-01 ", " 2010-01-01",
        "-010-01-01", "+010-01-01",  "2010-01-01T", "2010-01--1",  "2010-01-+1",  "today",
        "ongoing",    "2010-01-0x",  "２０１０-01", "2010-01-01-", "0x10-01-01",  "2010-01-",
    };
    for (size_t k = 0; k < sizeof nonsense / sizeof *nonsense; k++) {
        int day = 42;
        assert_int_equal(date_parse_day(nonsense[k], &day), ERROR_INPUT);
        assert_int_equal(day, 42);
    }
}

static void nonsense_is_no_month(void **state)
{
    (void)state;
    const char *nonsense[] = {"",         "2010",     "2010-13", "2010-00", "2010-1",
                              "2010-011", "2010-01-", "201001",  "2010 01", " 2010-01",
                              "2010-01 ", "0999-01",  "2010--1", "2010-"};
    for (size_t k = 0; k < sizeof nonsense / sizeof *nonsense; k++) {
        int month = 42;
        assert_int_equal(date_parse_month(nonsense[k], &month), ERROR_INPUT);
        assert_int_equal(month, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_count_from_1970),
        cmocka_unit_test(leap_years_are_gregorian),
        cmocka_unit_test(every_day_of_three_centuries_reads_back),
        cmocka_unit_test(months_and_days_agree),
        cmocka_unit_test(calendar_ends_where_the_text_does),
        cmocka_unit_test(never_is_ongoing),
        cmocka_unit_test(nonsense_is_no_day),
        cmocka_unit_test(nonsense_is_no_month),
    };
    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
