#include "scenario/config.h"

#include <errno.h>
#include <libconfig.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "scenario/scan.h"
#include "scenario/source.h"

/* Hung on every node that --set made. */
struct origin {
    char *set;    /* "--set path=value" */
    char *before; /* the text that it replaced, or NULL */
    bool implied; /* a group on the way to what was set, not the value itself */
    struct origin *next;
};

struct config {
    config_t tree;
    struct source source;
    struct origin *origins;
};

static config_setting_t *setting(const struct config_node *node)
{
    return (config_setting_t *)(uintptr_t)node;
}

static const struct config_node *node_of(const config_setting_t *s)
{
    return (const struct config_node *)s;
}

/* ---- libconfig without memory --------------------------------------------------------------- */

/* A name or a text that libconfig found no memory for is none to it. */
static bool is_whole(const config_setting_t *s)
{
    if (config_setting_type(s) == CONFIG_TYPE_STRING)
        return config_setting_get_string(s) != NULL;
    bool good = true;
    for (int k = 0; k < config_setting_length(s) && good; k++) {
        const config_setting_t *member = config_setting_get_elem(s, (unsigned)k);
        good = (!config_setting_is_group(s) || config_setting_name(member) != NULL) &&
               is_whole(member);
    }
    return good;
}

/* Parses a text. 0, ERROR_INPUT if its syntax is wrong, ERROR_NOMEM; but libconfig may also crash.
 */
static int read_text(config_t *tree, const char *text)
{
    errno = 0;
    if (config_read_string(tree, text) != CONFIG_TRUE)
        return errno == ENOMEM ? ERROR_NOMEM : ERROR_INPUT;
    return is_whole(config_root_setting(tree)) ? 0 : ERROR_NOMEM;
}

/* ---- values laid over the file -------------------------------------------------------------- */

static bool mark(config_setting_t *s, struct origin *origin)
{
    config_setting_set_hook(s, origin);
    return s != NULL;
}

static bool copy_into(config_setting_t *to, const config_setting_t *from, struct origin *origin)
{
    switch (config_setting_type(from)) {
    case CONFIG_TYPE_INT:
        return config_setting_set_int(to, config_setting_get_int(from)) == CONFIG_TRUE;
    case CONFIG_TYPE_INT64:
        return config_setting_set_int64(to, config_setting_get_int64(from)) == CONFIG_TRUE;
    case CONFIG_TYPE_FLOAT:
        return config_setting_set_float(to, config_setting_get_float(from)) == CONFIG_TRUE;
    case CONFIG_TYPE_STRING:
        return config_setting_set_string(to, config_setting_get_string(from)) == CONFIG_TRUE;
    case CONFIG_TYPE_BOOL:
        return config_setting_set_bool(to, config_setting_get_bool(from)) == CONFIG_TRUE;
    default:
        break;
    }
    for (int k = 0; k < config_setting_length(from); k++) {
        const config_setting_t *child = config_setting_get_elem(from, (unsigned)k);
        config_setting_t *copy =
            config_setting_add(to, config_setting_name(child), config_setting_type(child));
        if (copy == NULL || !mark(copy, origin) || !copy_into(copy, child, origin))
            return false;
    }
    return true;
}

/* The group that holds the last name of a path, made where it is missing; NULL if it cannot be. */
static config_setting_t *parent_of(struct config *config, const char *path, struct origin *origin)
{
    config_setting_t *at = config_root_setting(&config->tree);
    for (const char *p = path, *dot; (dot = strchr(p, '.')) != NULL; p = dot + 1) {
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)(dot - p), p);
        config_setting_t *next = config_setting_get_member(at, name);
        if (next == NULL) {
            next = config_setting_add(at, name, CONFIG_TYPE_GROUP);
            if (next == NULL)
                return NULL;
            mark(next, origin);
        }
        if (!config_setting_is_group(next))
            return NULL;
        at = next;
    }
    return at;
}

/* Parses the value; what is no libconfig value (a date, a bare word) is a string. */
static int parse_value(config_t *value, const char *text, struct where at, struct diag *diag)
{
    struct text line = {0};
    text_printf(&line, "value = %s;", text);
    int status = line.failed ? ERROR_NOMEM : ERROR_INPUT;
    if (status == ERROR_INPUT && strstr(text, "@include") == NULL && source_closes(text))
        status = read_text(value, line.s);
    text_release(&line);
    if (status == ERROR_NOMEM)
        return status;
    if (status == 0 && config_setting_length(config_root_setting(value)) == 1)
        return scan_integers(text, NULL, at, diag);
    config_destroy(value);
    config_init(value);
    config_setting_t *s =
        config_setting_add(config_root_setting(value), "value", CONFIG_TYPE_STRING);
    return s != NULL && config_setting_set_string(s, text) == CONFIG_TRUE ? 0 : ERROR_NOMEM;
}

static struct origin *add_origin(struct config *config, const char *set)
{
    struct origin *origin = calloc(1, sizeof *origin);
    struct text text = {0};
    text_printf(&text, "--set %s", set);
    if (origin == NULL || text.failed) {
        free(origin);
        text_release(&text);
        return NULL;
    }
    *origin = (struct origin){.set = text.s, .next = config->origins};
    config->origins = origin;
    return origin;
}

/* Notes the text of a scalar that gives way: what the file had, if --set has replaced it before. */
static int note_replaced(const struct config *config, const config_setting_t *old,
                         struct origin *origin, struct diag *diag)
{
    const struct config_node *node = node_of(old);
    struct text before = {0};
    struct value ignored;
    if (config_is_set(node) && config_replaced(node) != NULL)
        text_printf(&before, "%s", config_replaced(node));
    else if (config_setting_is_scalar(old))
        config_value(config, node, &before, &ignored, diag);
    origin->before = before.s;
    return before.failed ? ERROR_NOMEM : 0;
}

static int overlay(struct config *config, const char *path, const config_setting_t *value,
                   struct origin *origin, struct diag *diag)
{
    struct where at = diag_at(origin->set, 0);
    struct origin *implied = add_origin(config, origin->set + strlen("--set "));
    if (implied == NULL)
        return ERROR_NOMEM;
    implied->implied = true;
    config_setting_t *parent = parent_of(config, path, implied);
    const char *dot = strrchr(path, '.'), *name = dot == NULL ? path : dot + 1;
    if (parent == NULL)
        return diag_error(diag, at, "no such path; allowed: names joined by points");
    config_setting_t *old = config_setting_get_member(parent, name);
    if (old != NULL && note_replaced(config, old, origin, diag) != 0)
        return ERROR_NOMEM;
    if (old != NULL)
        config_setting_remove(parent, name);
    config_setting_t *new = config_setting_add(parent, name, config_setting_type(value));
    if (new == NULL)
        return diag_error(diag, at,
                          "\"%s\" is no name; allowed: a letter, then letters, digits, _, -", name);
    mark(new, origin);
    return copy_into(new, value, origin) ? 0 : ERROR_NOMEM;
}

static int apply_set(struct config *config, const char *set, struct diag *diag)
{
    struct origin *origin = add_origin(config, set);
    if (origin == NULL)
        return ERROR_NOMEM;
    const char *equals = strchr(set, '=');
    struct where at = diag_at(origin->set, 0);
    if (equals == NULL || equals == set)
        return diag_error(diag, at, "no value; write --set path=value");
    struct text path = {0};
    text_add(&path, set, (size_t)(equals - set));
    config_t value;
    config_init(&value);
    int status = path.failed ? ERROR_NOMEM : parse_value(&value, equals + 1, at, diag);
    if (status == 0)
        status = overlay(config, path.s, config_lookup(&value, "value"), origin, diag);
    config_destroy(&value);
    text_release(&path);
    return status;
}

/* All of them, so that every wrong one is told. */
static int apply_sets(struct config *config, const char *const *sets, int n, struct diag *diag)
{
    int status = 0;
    for (int k = 0; k < n && status != ERROR_NOMEM; k++) {
        int one = apply_set(config, sets[k], diag);
        status = one != 0 ? one : status;
    }
    return status;
}

/* ---- loading -------------------------------------------------------------------------------- */

static int parse(struct config *config, struct diag *diag)
{
    const char *blank = " \t\r\n";
    if (config->source.text.s == NULL ||
        strspn(config->source.text.s, blank) == config->source.text.length)
        return diag_error(diag, source_where(&config->source, 0),
                          "the file is empty; `waltz list keys` shows what a scenario holds");
    if (scan_names(config->source.text.s, &config->source, diag) != 0)
        return ERROR_INPUT;
    scan_integers(config->source.text.s, &config->source, diag_at(NULL, 0), diag);
    int status = read_text(&config->tree, config->source.text.s);
    if (status != ERROR_INPUT)
        return status;
    const char *why = config_error_text(&config->tree);
    if (why != NULL && strstr(why, "mismatched element type") != NULL)
        return diag_error(diag, source_where(&config->source, config_error_line(&config->tree)),
                          "a list of different types; allowed: whole numbers alone, numbers with a "
                          "point alone, as [0.0, 0.5], or texts alone");
    return diag_error(diag, source_where(&config->source, config_error_line(&config->tree)),
                      "%s; allowed: name = value; and name = { … }; in libconfig's syntax",
                      why == NULL ? "syntax error" : why);
}

int config_load(struct config **out, const char *path, const char *const *sets, int n_sets,
                struct diag *diag)
{
    struct config *config = calloc(1, sizeof *config);
    if (config == NULL)
        return ERROR_NOMEM;
    config_init(&config->tree);
    int status = source_load(&config->source, path, diag);
    if (status == 0)
        status = parse(config, diag);
    if (status == 0)
        status = apply_sets(config, sets, n_sets, diag);
    if (status == 0 && !is_whole(config_root_setting(&config->tree)))
        status = ERROR_NOMEM;
    if (status != 0) {
        config_free(config);
        return status;
    }
    *out = config;
    return 0;
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    config_destroy(&config->tree);
    source_release(&config->source);
    while (config->origins != NULL) {
        struct origin *next = config->origins->next;
        free(config->origins->set);
        free(config->origins->before);
        free(config->origins);
        config->origins = next;
    }
    free(config);
}

/* ---- the tree ------------------------------------------------------------------------------- */

const struct config_node *config_root(const struct config *config)
{
    return node_of(config_root_setting(&config->tree));
}

const struct config_node *config_member(const struct config_node *node, const char *name)
{
    return node == NULL ? NULL : node_of(config_setting_get_member(setting(node), name));
}

int config_count(const struct config_node *node)
{
    return node == NULL ? 0 : config_setting_length(setting(node));
}

const struct config_node *config_at(const struct config_node *node, int k)
{
    return node_of(config_setting_get_elem(setting(node), (unsigned)k));
}

const char *config_name(const struct config_node *node)
{
    const char *name = config_setting_name(setting(node));
    return name == NULL ? "" : name;
}

bool config_is_group(const struct config_node *node)
{
    return node != NULL && config_setting_is_group(setting(node));
}

static const struct origin *origin_of(const struct config_node *node)
{
    return config_setting_get_hook(setting(node));
}

bool config_is_set(const struct config_node *node)
{
    return origin_of(node) != NULL;
}

bool config_is_implied(const struct config_node *node)
{
    return config_is_set(node) && origin_of(node)->implied;
}

const char *config_replaced(const struct config_node *node)
{
    return config_is_set(node) ? origin_of(node)->before : NULL;
}

struct where config_where(const struct config *config, const struct config_node *node)
{
    if (config_is_set(node))
        return diag_at(origin_of(node)->set, 0);
    return source_where(&config->source, (int)config_setting_source_line(setting(node)));
}

/* Appends the text of one value; lists join their elements. */
static bool add_scalar(const config_setting_t *s, struct text *buffer, enum value_kind *kind)
{
    char real[32];
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        *kind = VALUE_INTEGER;
        text_printf(buffer, "%lld", config_setting_get_int64(s));
        return true;
    case CONFIG_TYPE_FLOAT:
        *kind = VALUE_REAL;
        text_real(config_setting_get_float(s), real);
        text_printf(buffer, "%s", real);
        return true;
    case CONFIG_TYPE_BOOL:
        *kind = VALUE_BOOL;
        text_printf(buffer, "%s", config_setting_get_bool(s) ? "true" : "false");
        return true;
    case CONFIG_TYPE_STRING:
        *kind = VALUE_STRING;
        text_printf(buffer, "%s", config_setting_get_string(s));
        return true;
    default:
        return false;
    }
}

static void add_path(const config_setting_t *s, struct text *out)
{
    const config_setting_t *parent = config_setting_parent(s);
    if (parent == NULL)
        return;
    add_path(parent, out);
    text_printf(out, "%s%s", out->length > 0 ? "." : "", config_setting_name(s));
}

static int refuse_separator(const config_setting_t *s, const char *item, struct where at,
                            struct diag *diag)
{
    struct text path = {0};
    add_path(s, &path);
    diag_error(diag, at, "%s: \"%s\" holds \";\"; allowed: texts without it",
               path.failed ? "list" : path.s, item);
    text_release(&path);
    return ERROR_INPUT;
}

int config_value(const struct config *config, const struct config_node *node, struct text *buffer,
                 struct value *value, struct diag *diag)
{
    const config_setting_t *s = setting(node);
    struct where at = config_where(config, node);
    enum value_kind kind = VALUE_LIST;
    bool good = true;
    if (config_setting_is_group(s))
        return diag_error(diag, at, "%s is a group { … }; a value is needed", config_name(node));
    text_add(buffer, "", 0);
    if (config_setting_is_aggregate(s)) {
        enum value_kind element = VALUE_STRING;
        for (int k = 0; good && k < config_setting_length(s); k++) {
            text_printf(buffer, "%s", k == 0 ? "" : ";");
            size_t from = buffer->length;
            good = add_scalar(config_setting_get_elem(s, (unsigned)k), buffer, &element);
            if (good && !buffer->failed && strchr(buffer->s + from, ';') != NULL)
                return refuse_separator(s, buffer->s + from, at, diag);
            kind = element == VALUE_STRING ? kind : VALUE_SCALARS;
        }
        if (!good)
            return diag_error(diag, at, "%s: a list may hold no groups or lists",
                              config_name(node));
    } else {
        add_scalar(s, buffer, &kind);
    }
    const char *broken = buffer->failed ? NULL : text_broken(buffer->s);
    if (broken != NULL)
        return diag_error(diag, at, "%s: the byte 0x%02X is no UTF-8; allowed: UTF-8 text",
                          config_name(node), (unsigned char)*broken);
    *value = (struct value){kind, buffer->s, at};
    return buffer->failed ? ERROR_NOMEM : 0;
}

#define TEXT_OF(number) #number
#define VERSION_OF(major, minor) TEXT_OF(major) "." TEXT_OF(minor)

const char *config_library_version(void)
{
    return VERSION_OF(LIBCONFIG_VER_MAJOR, LIBCONFIG_VER_MINOR);
}
