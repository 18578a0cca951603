#include "scenario/keys.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "scenario/names.h"
#include "scenario/scenario.h"

const char *const section_names[SECTIONS] = {
    "scenario", "states", "dyads",   "sanctions",   "mandates", "groups", "parameters",
    "terms",    "shocks", "effects", "outcomes",    "arms",     "claims", "all",
    "observed", "sweep",  "factors", "calibration", "targets"};

const struct key *key_find(enum section section, const char *name)
{
    for (int k = 0; k < n_keys; k++)
        if (keys[k].section == section && strcmp(keys[k].name, name) == 0)
            return &keys[k];
    return NULL;
}

static size_t first_of(enum section section)
{
    size_t k = 0;
    while (k < (size_t)n_keys && keys[k].section != section)
        k++;
    return k;
}

/* The names of one section, for text_nearest. */
static const char *name_at(size_t k, const void *user)
{
    const enum section *section = user;
    return keys[first_of(*section) + k].name;
}

int key_unknown(enum section section, const char *owner, const char *name, struct where at,
                struct diag *diag)
{
    size_t first = first_of(section), n = 0;
    struct text allowed = {0};
    for (; first + n < (size_t)n_keys && keys[first + n].section == section; n++)
        text_printf(&allowed, "%s%s", n ? ", " : "", keys[first + n].name);
    const char *near = text_nearest(name, n, name_at, &section);
    int status = near != NULL ? diag_error(diag, at, "%s: unknown key \"%s\"; did you mean \"%s\"?",
                                           owner, name, near)
                              : diag_error(diag, at, "%s: unknown key \"%s\"; allowed: %s", owner,
                                           name, allowed.s ? allowed.s : "none");
    diag->text.failed |= allowed.failed;
    text_release(&allowed);
    return status;
}

void key_allowed(const struct key *key, struct text *out)
{
    switch (key->type) {
    case KEY_REAL:
    case KEY_INT:
        text_printf(out, "%.10g .. %.10g", key->low, key->high);
        break;
    case KEY_BOOL:
        text_printf(out, "true or false");
        break;
    case KEY_CHOICE:
        text_printf(out, "%s", key->unit);
        break;
    case KEY_DAY:
        text_printf(out, "a date YYYY-MM-DD in quotes");
        break;
    case KEY_MONTH:
        text_printf(out, "a month YYYY-MM in quotes");
        break;
    case KEY_WINDOW:
        text_printf(out, "two months \"YYYY-MM..YYYY-MM\", the first not after the second");
        break;
    case KEY_STATE:
        text_printf(out, "a code of 2 to 8 capital letters and digits, in quotes");
        break;
    case KEY_LIST:
        text_printf(out, "a list [\"A\", \"B\"]");
        break;
    case KEY_TEXT:
        text_printf(out, "a text in quotes");
        break;
    case KEY_SCALAR:
        text_printf(out, "a number, or a text in quotes");
        break;
    case KEY_VALUES:
        text_printf(out, "a list [0.5, 1.0] or [\"A\", \"B\"]");
        break;
    }
}

static int refuse(const struct key *key, const char *owner, const struct value *value,
                  const char *why, struct diag *diag)
{
    struct text allowed = {0};
    key_allowed(key, &allowed);
    diag_error(diag, value->where, "%s.%s = %.*s: %s; allowed: %s", owner, key->name,
               text_head(value->text, 60), value->text, why, allowed.s ? allowed.s : "?");
    diag->text.failed |= allowed.failed;
    text_release(&allowed);
    return ERROR_INPUT;
}

/* Each parse_… returns NULL, or why the value cannot be taken. */

static const char *parse_number(const struct key *key, const struct value *value, double *number)
{
    bool numeric =
        value->kind == VALUE_BARE || value->kind == VALUE_INTEGER || value->kind == VALUE_REAL;
    char *end;
    *number = strtod(value->text, &end);
    if (!numeric || end == value->text || *end != '\0' || isspace((unsigned char)value->text[0]))
        return end > value->text && *end == ',' ? "a decimal comma? write a point"
                                                : "must be a number";
    if (!isfinite(*number))
        return "must be a finite number";
    return *number < key->low || *number > key->high ? "out of range" : NULL;
}

static const char *parse_real(const struct key *key, const struct value *value, void *field)
{
    double number = 0;
    const char *why = parse_number(key, value, &number);
    if (why == NULL)
        *(double *)field = number;
    return why;
}

static const char *parse_int(const struct key *key, const struct value *value, void *field)
{
    double number = 0;
    const char *why = parse_number(key, value, &number);
    if (why != NULL)
        return why;
    if (number != floor(number))
        return "must be a whole number";
    *(int *)field = (int)number;
    return NULL;
}

static const char *parse_bool(const struct key *key, const struct value *value, void *field)
{
    (void)key;
    if (value->kind != VALUE_BARE && value->kind != VALUE_BOOL)
        return "must be true or false";
    int yes = strcmp(value->text, "true") == 0;
    if (!yes && strcmp(value->text, "false") != 0)
        return "must be true or false";
    *(int *)field = yes;
    return NULL;
}

static bool is_text(const struct value *value)
{
    return value->kind == VALUE_BARE || value->kind == VALUE_STRING;
}

/* Texts are shown on terminals, which take some characters as commands. */
static bool has_command(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' ? *text != '\n' && *text != '\t' : *text == '\x7f')
            return true;
    return false;
}

static const char *replace_text(void *field, const char *text)
{
    if (has_command(text))
        return "holds a control character";
    char *copy = text_copy(text);
    if (copy == NULL)
        return "no memory";
    free(*(char **)field);
    *(char **)field = copy;
    return NULL;
}

static const char *parse_text(const struct key *key, const struct value *value, void *field)
{
    (void)key;
    return is_text(value) ? replace_text(field, value->text) : "must be a text";
}

static const char *parse_state(const struct key *key, const struct value *value, void *field)
{
    (void)key;
    if (!is_text(value) || !name_code.holds(value->text))
        return "not a code";
    return replace_text(field, value->text);
}

static const char *parse_list(const struct key *key, const struct value *value, void *field)
{
    (void)key;
    if (value->kind == VALUE_SCALARS)
        return "a list may hold texts only";
    if (value->kind != VALUE_LIST && !is_text(value))
        return "must be a list";
    return replace_text(field, value->text);
}

static const char *parse_scalar(const struct key *key, const struct value *value, void *field)
{
    (void)key;
    if (value->kind == VALUE_LIST || value->kind == VALUE_SCALARS)
        return "must be one value";
    return replace_text(field, value->text);
}

static const char *parse_values(const struct key *key, const struct value *value, void *field)
{
    (void)key;
    if (value->kind != VALUE_LIST && value->kind != VALUE_SCALARS && value->kind != VALUE_BARE)
        return "must be a list";
    return replace_text(field, value->text);
}

static const char *parse_choice(const struct key *key, const struct value *value, void *field)
{
    if (!is_text(value))
        return "must be a text";
    int index = 0;
    for (const char *p = key->unit;; index++) {
        size_t n = strcspn(p, "|");
        if (strlen(value->text) == n && strncmp(p, value->text, n) == 0) {
            *(int *)field = index;
            return NULL;
        }
        if (p[n] == '\0')
            return "unknown word";
        p += n + 1;
    }
}

static const char *parse_day(const struct key *key, const struct value *value, void *field)
{
    if (!is_text(value))
        return "must be a date";
    if (key->fallback != NULL && strcmp(value->text, key->fallback) == 0) {
        *(int *)field = DATE_NEVER;
        return NULL;
    }
    return date_parse_day(value->text, field) == 0 ? NULL : "no such date";
}

static const char *parse_month(const struct key *key, const struct value *value, void *field)
{
    (void)key;
    return is_text(value) && date_parse_month(value->text, field) == 0 ? NULL : "no such month";
}

int window_parse(const char *text, struct window *window)
{
    char from[8], to[8];
    struct window read;
    if (strlen(text) != 16 || strncmp(text + 7, "..", 2) != 0)
        return ERROR_INPUT;
    memcpy(from, text, 7);
    memcpy(to, text + 9, 7);
    from[7] = to[7] = '\0';
    if (date_parse_month(from, &read.from) != 0 || date_parse_month(to, &read.to) != 0 ||
        read.from > read.to)
        return ERROR_INPUT;
    *window = read;
    return 0;
}

static const char *parse_window(const struct key *key, const struct value *value, void *field)
{
    struct window *window = field;
    if (!is_text(value))
        return "must be a text";
    if (key->fallback != NULL && strcmp(value->text, key->fallback) == 0) {
        *window = (struct window){1, 0};
        return NULL;
    }
    return window_parse(value->text, window) == 0 ? NULL : "not a period";
}

static const char *(*const parsers[])(const struct key *, const struct value *, void *) = {
    [KEY_REAL] = parse_real,     [KEY_INT] = parse_int,       [KEY_BOOL] = parse_bool,
    [KEY_TEXT] = parse_text,     [KEY_STATE] = parse_state,   [KEY_LIST] = parse_list,
    [KEY_CHOICE] = parse_choice, [KEY_DAY] = parse_day,       [KEY_MONTH] = parse_month,
    [KEY_WINDOW] = parse_window, [KEY_SCALAR] = parse_scalar, [KEY_VALUES] = parse_values,
};

int key_store(const struct key *key, const char *owner, const struct value *value, void *record,
              struct diag *diag)
{
    const char *why = parsers[key->type](key, value, (char *)record + key->offset);
    if (why == NULL)
        return 0;
    return strcmp(why, "no memory") == 0 ? ERROR_NOMEM : refuse(key, owner, value, why, diag);
}

static void print_quoted(const char *s, FILE *out)
{
    fputc('"', out);
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\')
            fputc('\\', out);
        if (*s == '\n')
            fputs("\\n", out);
        else
            fputc(*s, out);
    }
    fputc('"', out);
}

static int print_item(const char *item, void *user)
{
    struct {
        FILE *out;
        int n;
    } *list = user;
    if (list->n++ > 0)
        fputs(", ", list->out);
    print_quoted(item, list->out);
    return 0;
}

static void print_list(const char *items, FILE *out)
{
    struct {
        FILE *out;
        int n;
    } list = {out, 0};
    fputc('[', out);
    text_each(items, print_item, &list);
    fputc(']', out);
}

const char *key_choice(const struct key *key, int index, int *length)
{
    const char *choices = key->unit;
    while (index-- > 0)
        choices += strcspn(choices, "|") + 1;
    *length = (int)strcspn(choices, "|");
    return choices;
}

static void print_choice(const struct key *key, int index, FILE *out)
{
    int length;
    const char *choice = key_choice(key, index, &length);
    fprintf(out, "\"%.*s\"", length, choice);
}

/* Always with a point or an exponent, so that libconfig takes it as a real number. */
static void print_real(double number, FILE *out)
{
    char text[32];
    text_real(number, text);
    fprintf(out, "%s%s", text, strpbrk(text, ".e") == NULL ? ".0" : "");
}

static void print_window(const struct window *window, FILE *out)
{
    char from[16], to[16];
    date_print_month(window->from, from);
    date_print_month(window->to, to);
    if (window->from > window->to)
        fputs("\"\"", out);
    else
        fprintf(out, "\"%s..%s\"", from, to);
}

void key_print(const struct key *key, const void *record, FILE *out)
{
    const void *field = (const char *)record + key->offset;
    char text[16];
    switch (key->type) {
    case KEY_REAL:
        print_real(*(const double *)field, out);
        break;
    case KEY_INT:
        fprintf(out, "%d", *(const int *)field);
        break;
    case KEY_BOOL:
        fputs(*(const int *)field ? "true" : "false", out);
        break;
    case KEY_TEXT:
    case KEY_STATE:
    case KEY_SCALAR:
        print_quoted(*(char *const *)field, out);
        break;
    case KEY_LIST:
    case KEY_VALUES:
        print_list(*(char *const *)field, out);
        break;
    case KEY_CHOICE:
        print_choice(key, *(const int *)field, out);
        break;
    case KEY_DAY:
        date_print_day(*(const int *)field, text);
        print_quoted(text, out);
        break;
    case KEY_MONTH:
        date_print_month(*(const int *)field, text);
        print_quoted(text, out);
        break;
    case KEY_WINDOW:
        print_window(field, out);
        break;
    }
}

static bool is_text_key(enum key_type type)
{
    return type == KEY_TEXT || type == KEY_STATE || type == KEY_LIST || type == KEY_SCALAR ||
           type == KEY_VALUES;
}

bool keys_same(enum section section, const void *a, const void *b)
{
    for (int k = 0; k < n_keys; k++) {
        if (keys[k].section != section)
            continue;
        const void *left = (const char *)a + keys[k].offset;
        const void *right = (const char *)b + keys[k].offset;
        size_t bytes = keys[k].type == KEY_REAL     ? sizeof(double)
                       : keys[k].type == KEY_WINDOW ? sizeof(struct window)
                                                    : sizeof(int);
        bool same = is_text_key(keys[k].type)
                        ? strcmp(*(char *const *)left, *(char *const *)right) == 0
                        : memcmp(left, right, bytes) == 0;
        if (!same)
            return false;
    }
    return true;
}

void keys_release(enum section section, void *record)
{
    for (int k = 0; k < n_keys; k++) {
        if (keys[k].section != section || !is_text_key(keys[k].type))
            continue;
        char **text = (char **)((char *)record + keys[k].offset);
        free(*text);
        *text = NULL;
    }
}
