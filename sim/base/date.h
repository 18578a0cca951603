/* Calendar of the proleptic Gregorian year: days and months as numbers. */
#ifndef WALTZ_BASE_DATE_H
#define WALTZ_BASE_DATE_H

#include <limits.h>

/* Days are counted from 1970-01-01, months as 12·year + (month − 1). Years 1000 to 9999. */
enum { DATE_NEVER = INT_MAX, DATE_FIRST = -354285, DATE_LAST = 2932896 };

/* "YYYY-MM-DD" to a day, "YYYY-MM" to a month; 0, or ERROR_INPUT if it is no such date. */
int date_parse_day(const char *text, int *day);
int date_parse_month(const char *text, int *month);

int date_month_of(int day);
int date_last_day(int month);

/* Writes the text of a day or a month, NUL included. */
void date_print_day(int day, char out[16]);
void date_print_month(int month, char out[16]);

#endif
