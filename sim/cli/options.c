#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "measure/statistics.h"

#define AT(field) offsetof(struct options, field)

/* Options without a short form have a letter that no short one has. TEXT and FLAG go straight to
 * their field, OTHER through `store`. */
static const struct {
    char letter;
    bool is_short;
    const char *name, *argument, *meaning;
    enum { OTHER, TEXT, FLAG } kind;
    size_t field;
} table[] = {
    {'n', true, "replicates", "N", "replicates (100; reproduce: 64 of each arm and draw)", OTHER,
     0},
    {'s', true, "seed", "SEED", "seed, 0 .. 2^64 - 1 (1; sweep, calibrate: the design's)", OTHER,
     0},
    {'j', true, "threads", "N",
     "threads (all cores, or OMP_NUM_THREADS); results do not depend on it", OTHER, 0},
    {'o', true, "output", "FOLDER",
     "folder of results (results/<scenario>/<next number>); sweep: store (results/<name>.db)",
     OTHER, 0},
    {'1', false, "set", "PATH=VALUE", "a value by name, as parameters.lambda=2; may be repeated",
     OTHER, 0},
    {'2', false, "replicate", "K", "replicate K alone, the same bits as in any ensemble (trace: 0)",
     OTHER, 0},
    {'3', false, "record", "dyads", "record all dyads (quantiles of yearly means only)", OTHER, 0},
    {'K', false, "kernel", "NAME",
     "step by this kernel: scalar, narrow, or side by side sse2, avx2, avx512, elsewhere vector "
     "(the best); results are the same",
     TEXT, AT(kernel)},
    {'d', false, "draws", "FILE",
     "parameter sets beside the scenario's own: a CSV table, one row each, columns as for --set",
     TEXT, AT(draws)},
    {'D', false, "max-draws", "N", "at most the first N of them", OTHER, 0},
    {'A', false, "all-arms", NULL, "all arms for each of them, not only those that claims need",
     FLAG, AT(all_arms)},
    {'R', false, "no-report", NULL, "the tables alone, without report.html", FLAG, AT(no_report)},
    {'p', false, "store", "FILE", "the finished sweep (results/<name>.db)", TEXT, AT(store)},
    {'S', false, "shard", "K/N",
     "the K-th of N shares of the cells, in a store of its own (under Slurm found by itself)", TEXT,
     AT(shard)},
    {'Y', false, "dry-run", NULL,
     "cells, replicates, time (measured on a few) and space; runs nothing else", FLAG, AT(dry_run)},
    {'T', false, "status", NULL, "how far the store is, also while it is written", FLAG,
     AT(status)},
    {'E', false, "extend", NULL,
     "the design has more replicates, cells, levels or values than its store: run what is missing",
     FLAG, AT(extend)},
    {'F', false, "retry-failed", NULL, "run cells that failed again, and those alone", FLAG,
     AT(retry_failed)},
    {'P', false, "allow-partial", NULL,
     "also if shards or cells are missing; merge: or a store is damaged", FLAG, AT(allow_partial)},
    {'4', false, "effective", NULL, "print the configuration in force, complete and runnable", FLAG,
     AT(effective)},
    {'t', false, "tick", "MONTH",
     "a month, told in full, or a period as 2014-06..2017-06, in short (all)", TEXT, AT(tick)},
    {'a', false, "actor", "CODES",
     "states as IRN or IRN,RUS (those of the focus dyads, or all if there are none)", TEXT,
     AT(actor)},
    {'w', false, "without", "SHOCK",
     "beside it, on the same random numbers, the world without a shock", TEXT, AT(without)},
    {'y', false, "why", "DYAD", "as IRN-RUS: what changed its readiness to propose and to accept",
     TEXT, AT(why)},
    {'8', false, "json", NULL, "as JSON; of a period only options that mattered", FLAG, AT(json)},
    {'7', false, "markdown", NULL, "tables as Markdown", FLAG, AT(markdown)},
    {'5', false, "force", NULL, "replace an existing folder of results (new: file)", FLAG,
     AT(force)},
    {'6', false, "quiet", NULL, "no progress, no table; the folder's name alone", FLAG, AT(quiet)},
    {'h', true, "help", NULL, "this help", FLAG, AT(help)},
    {'V', true, "version", NULL, "the version of the program and of the model", FLAG, AT(version)},
};
enum { N_TABLE = sizeof table / sizeof *table };

static bool takes(const struct command *command, char letter)
{
    return letter == 'h' || letter == 'V' || strchr(command->letters, letter) != NULL;
}

void options_print_help(const struct command *command, FILE *out)
{
    fprintf(out, "usage: waltz %s [options] %s\n%s\n\noptions:\n", command->name,
            command->arguments, command->summary);
    for (int k = 0; k < N_TABLE; k++) {
        char left[64];
        if (!takes(command, table[k].letter))
            continue;
        snprintf(left, sizeof left, "%c%c%s --%s%s%s", table[k].is_short ? '-' : ' ',
                 table[k].is_short ? table[k].letter : ' ', table[k].is_short ? "," : " ",
                 table[k].name, table[k].argument ? " " : "",
                 table[k].argument ? table[k].argument : "");
        fprintf(out, "  %-26s %s\n", left, table[k].meaning);
    }
}

/* A whole number of low .. high, nothing else. */
static int whole(const char *name, const char *text, uint64_t low, uint64_t high, uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    if (errno == 0 && *end == '\0' && text[0] >= '0' && text[0] <= '9' && *value >= low &&
        *value <= high)
        return 0;
    fprintf(stderr, "waltz: --%s %s: allowed: a whole number of %" PRIu64 " .. %" PRIu64 "\n", name,
            text, low, high);
    return ERROR_USAGE;
}

static int store(struct options *o, char letter, const char *name, const char *argument)
{
    uint64_t number = 0;
    int status = 0;
    switch (letter) {
    case 'n':
        status = whole(name, argument, 1, STATISTICS_REPLICATES, &number);
        o->replicates = (uint32_t)number;
        break;
    case 's':
        status = whole(name, argument, 0, UINT64_MAX, &o->seed);
        o->seeded = true;
        break;
    case 'j':
        status = whole(name, argument, 1, 1024, &number);
        o->threads = (int)number;
        break;
    case 'o':
        o->folder = argument;
        if (argument[0] == '\0') {
            fprintf(stderr, "waltz: --output needs the name of a folder\n");
            status = ERROR_USAGE;
        }
        break;
    case 'D':
        status = whole(name, argument, 1, 1000000, &number);
        o->max_draws = (int)number;
        break;
    case '1':
        o->sets[o->n_sets++] = argument;
        break;
    case '2':
        status = whole(name, argument, 0, UINT32_MAX - 1, &number);
        o->replicate = (uint32_t)number;
        o->one_replicate = true;
        break;
    default: /* '3' */
        o->record_dyads = strcmp(argument, "dyads") == 0;
        if (!o->record_dyads) {
            fprintf(stderr, "waltz: --record %s: allowed: dyads\n", argument);
            status = ERROR_USAGE;
        }
        break;
    }
    return status;
}

/* A word as a shell takes it. */
static void add_quoted(struct text *t, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./=:,+@%";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        text_printf(t, " %s", word);
        return;
    }
    text_printf(t, " '");
    for (; *word != '\0'; word++)
        text_printf(t, *word == '\'' ? "'\\''" : "%c", *word);
    text_printf(t, "'");
}

static char *join(int argc, char **argv)
{
    struct text t = {0};
    text_printf(&t, "waltz");
    for (int k = 0; k < argc; k++)
        add_quoted(&t, argv[k]);
    return t.s;
}

static const char *option_name(size_t k, const void *user)
{
    return ((const struct option *)user)[k].name;
}

/* Is word, up to its '=', the long option whose letter getopt stopped at? */
static bool is_option(const char *word, const struct option *longs)
{
    size_t n = strcspn(word + 2, "=");
    for (; longs->name != NULL; longs++)
        if (longs->val == optopt)
            return strlen(longs->name) == n && strncmp(longs->name, word + 2, n) == 0;
    return false;
}

/* Says what is wrong with the option that getopt stopped at. `word` is the one before optind, which
 * getopt has passed only if this was a long option or the last letter of a short one. */
static int refuse(int c, const char *word, const struct option *longs)
{
    char letter[] = {'-', (char)optopt, '\0'};
    bool is_long =
        strncmp(word, "--", 2) == 0 && (c == ':' || optopt == 0 || is_option(word, longs));
    if (!is_long)
        word = letter;
    if (c == ':') {
        fprintf(stderr, "waltz: %s needs a value\n", word);
        return ERROR_USAGE;
    }
    char name[64] = "";
    size_t n = 0;
    while (longs[n].name != NULL)
        n++;
    if (is_long)
        snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    for (size_t k = 0; k < n; k++)
        if (strcmp(longs[k].name, name) == 0) {
            fprintf(stderr, "waltz: --%s takes no value\n", name);
            return ERROR_USAGE;
        }
    const char *near = name[0] == '\0' ? NULL : text_nearest(name, n, option_name, longs);
    fprintf(stderr, "waltz: unknown option %s%s%s%s\n", word, near ? "; did you mean --" : "",
            near ? near : "", near ? "?" : "");
    return ERROR_USAGE;
}

static int scan(struct options *o, const struct command *command, int argc, char **argv)
{
    struct option longs[N_TABLE + 1] = {0};
    char shorts[2 * N_TABLE + 2] = ":";
    for (int k = 0, n = 0; k < N_TABLE; k++) {
        if (!takes(command, table[k].letter))
            continue;
        longs[n++] =
            (struct option){table[k].name, table[k].argument != NULL, NULL, table[k].letter};
        size_t at = strlen(shorts);
        if (table[k].is_short)
            snprintf(shorts + at, sizeof shorts - at, "%c%s", table[k].letter,
                     table[k].argument ? ":" : "");
    }
    opterr = 0;
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (c == ':' || c == '?')
            return refuse(c, argv[optind - 1], longs);
        int k = 0;
        while (table[k].letter != c)
            k++;
        char *field = (char *)o + table[k].field;
        int status = 0;
        if (table[k].kind == TEXT)
            *(const char **)(void *)field = optarg;
        else if (table[k].kind == FLAG)
            *(bool *)field = true;
        else
            status = store(o, table[k].letter, table[k].name, optarg);
        if (status != 0)
            return status;
    }
    return 0;
}

int options_read(struct options *o, const struct command *command, int argc, char **argv)
{
    *o = (struct options){.seed = 1};
    o->command_line = join(argc, argv);
    o->sets = calloc((size_t)argc + 1, sizeof *o->sets);
    if (o->sets == NULL || o->command_line == NULL)
        return ERROR_NOMEM;
    int status = scan(o, command, argc, argv);
    o->arguments = argv + optind;
    o->n_arguments = argc - optind;
    if (status == ERROR_USAGE)
        fprintf(stderr, "`waltz %s --help` shows what is allowed\n", command->name);
    return status;
}

void options_release(struct options *o)
{
    free((char *)(uintptr_t)o->command_line);
    free(o->sets);
}
