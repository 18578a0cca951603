#include "base/date.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01; years counted from March, so that the leap day comes last. */
static int day_number(int year, int month, int day)
{
    int y = month > 2 ? year : year - 1, m = (month + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int digits(const char *text, int n)
{
    int value = 0;
    for (int k = 0; k < n; k++) {
        if (!isdigit((unsigned char)text[k]))
            return -1;
        value = 10 * value + (text[k] - '0');
    }
    return value;
}

int date_parse_month(const char *text, int *month)
{
    int y = digits(text, 4);
    if (y < 1000 || text[4] != '-')
        return ERROR_INPUT;
    int m = digits(text + 5, 2);
    if (m < 1 || m > 12 || text[7] != '\0')
        return ERROR_INPUT;
    *month = 12 * y + m - 1;
    return 0;
}

int date_parse_day(const char *text, int *day)
{
    char head[8];
    snprintf(head, sizeof head, "%.7s", text);
    int month;
    if (date_parse_month(head, &month) != 0 || text[7] != '-')
        return ERROR_INPUT;
    int year = month / 12, m = month % 12 + 1, d = digits(text + 8, 2);
    if (d < 1 || d > days_in_month(year, m) || text[10] != '\0')
        return ERROR_INPUT;
    *day = day_number(year, m, d);
    return 0;
}

/* Inverse of day_number (Hinnant's civil_from_days). */
static void civil(int day, int *year, int *month, int *dom)
{
    int z = day + 719468, era = z / 146097, doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *dom = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

int date_month_of(int day)
{
    int year, month, dom;
    civil(day, &year, &month, &dom);
    return 12 * year + month - 1;
}

int date_last_day(int month)
{
    int year = month / 12, m = month % 12 + 1;
    return day_number(year, m, days_in_month(year, m));
}

void date_print_day(int day, char out[16])
{
    if (day == DATE_NEVER) {
        snprintf(out, 16, "ongoing");
        return;
    }
    int year, month, dom;
    civil(day, &year, &month, &dom);
    snprintf(out, 16, "%04d-%02d-%02d", year % 10000, month % 100, dom % 100);
}

void date_print_month(int month, char out[16])
{
    snprintf(out, 16, "%04d-%02d", month / 12 % 10000, month % 12 + 1);
}
