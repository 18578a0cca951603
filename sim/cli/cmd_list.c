#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "cli/commands.h"
#include "measure/measure.h"
#include "scenario/effects.h"
#include "scenario/records.h"

static void print_key(const struct key *key, const char *name)
{
    struct text allowed = {0};
    key_allowed(key, &allowed);
    printf("%-24s %-10s %-14s %-26s %s%s%s%s\n", name,
           key->fallback == NULL      ? "needed"
           : key->fallback[0] == '\0' ? "none"
                                      : key->fallback,
           key->type == KEY_CHOICE ? "" : key->unit, allowed.s ? allowed.s : "", key->meaning,
           key->source[0] ? " [" : "", key->source, key->source[0] ? "]" : "");
    text_release(&allowed);
}

static void print_section(enum section section)
{
    printf("%-24s %-10s %-14s %-26s %s\n", "name", "default", "unit", "allowed",
           "meaning [source]");
    for (int k = 0; k < n_keys; k++)
        if (keys[k].section == section)
            print_key(&keys[k], keys[k].name);
}

static int list_parameters(const struct options *o)
{
    (void)o;
    print_section(SECTION_PARAMETERS);
    return 0;
}

static int list_terms(const struct options *o)
{
    (void)o;
    print_section(SECTION_TERMS);
    return 0;
}

/* How the records of a section are named, in the scenario and in a table. */
static void print_naming(enum section section)
{
    for (int k = 0; k < n_record_kinds; k++) {
        const struct record_kind *kind = &record_kinds[k];
        if (kind->section != section)
            continue;
        printf("#   <name> = { … }; names: %s\n", kind->name->text);
        if (kind->columns[0] != NULL)
            printf(
                "#   or table = \"FILE.csv\"; one row a record, columns %s%s%s and the following\n",
                kind->columns[0], kind->columns[1] ? ", " : "",
                kind->columns[1] ? kind->columns[1] : "");
    }
    if (section == SECTION_EFFECTS)
        printf("#   <name> = { … }; names: %s\n", record_effects.name->text);
}

static int list_keys(const struct options *o)
{
    (void)o;
    for (int s = 0; s < SECTIONS; s++) {
        if (s == SECTION_GROUPS)
            continue;
        printf("%s%s%s\n", s ? "\n# " : "# ", s == SECTION_EFFECTS ? "shocks.<name>." : "",
               section_names[s]);
        print_naming((enum section)s);
        print_section((enum section)s);
    }
    printf("\n# groups\n#   <name> = [\"AAA\", \"BBB\"]; stands for these states\n");
    return 0;
}

static int list_moves(const struct options *o)
{
    (void)o;
    static const char *const answers[] = {"net utility", "mirrored", "none"};
    printf("%-12s %-10s %-32s %-12s %s; %s [%s]\n", "name", "channel", "term", "consent",
           "utility of i toward j", "consequence", "source");
    printf("%-12s %-10s %-32s %-12s 0; nothing [Christensen & Snyder 1990]\n", "hold", "each",
           "buck-passing, hedging", "none");
    for (int m = 0; m < MOVES; m++) {
        const struct move_kind *k = &move_kinds[m];
        printf("%-12s %-10s %-32s %-12s %s; %s [%s]\n", k->name, channel_names[k->channel], k->term,
               answers[k->consent], k->utility, k->consequence, k->source);
    }
    return 0;
}

static int list_measures(const struct options *o)
{
    (void)o;
    printf("%-26s %-8s %-10s %s\n", "name", "level", "unit", "meaning [source]");
    for (int m = 0; m < n_measures; m++)
        printf("%-26s %-8s %-10s %s [%s]\n", measures[m].name, level_names[measures[m].level],
               measures[m].unit, measures[m].meaning, measures[m].source);
    return 0;
}

static int list_effects(const struct options *o)
{
    (void)o;
    static const char *const targets[] = {"between = [A, B]", "from, to", "of"};
    printf("%-12s %-18s %-34s %-12s %s\n", "on", "targets", "unit of size", "allowed",
           "meaning [source]");
    for (int k = 0; k < EFFECT_KINDS; k++) {
        const struct effect_kind *e = &effect_kinds[k];
        char allowed[32];
        snprintf(allowed, sizeof allowed, "%g .. %g", e->low, e->high);
        printf("%-12s %-18s %-34s %-12s %s [%s]\n", e->name, targets[e->target], e->unit, allowed,
               e->meaning, e->source);
    }
    return 0;
}

/* Bytes of a text's first 80, without a character cut in two. */
static int head_of(const char *text)
{
    int n = (int)strnlen(text, 80);
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void print_shocks(const struct scenario *sc)
{
    printf("%-22s %-10s %-3s %-20s %-5s %-7s %s\n", "name", "date", "on", "requires", "acts",
           "effects", "note");
    for (int k = 0; k < sc->n_shocks; k++) {
        const struct shock *shock = &sc->shocks[k];
        char date[16];
        int acts = 0;
        date_print_day(shock->date, date);
        for (int a = 0; a < sc->n_sanctions; a++)
            acts += (sc->sanctions[a].starter == k) + (sc->sanctions[a].ender == k);
        for (int m = 0; m < sc->n_mandates; m++)
            acts += (sc->mandates[m].starter == k) + (sc->mandates[m].ender == k);
        printf("%-22s %-10s %-3s %-20s %-5d %-7d %.*s%s\n", shock->name, date,
               shock->active ? "yes" : "no", shock->requires[0] ? shock->requires : "-", acts,
               shock->n_effects, head_of(shock->note), shock->note,
               strlen(shock->note) > 80 ? "…" : "");
    }
}

static int list_shocks(const struct options *o)
{
    struct diag diag = {0};
    struct scenario *sc = NULL;
    if (o->n_arguments < 2) {
        fprintf(stderr, "waltz list shocks: of which scenario? `waltz list shocks SCENARIO`\n");
        return error_exit_code(ERROR_USAGE);
    }
    int status = scenario_load(&sc, o->arguments[1], o->sets, o->n_sets, &diag);
    print_diag(&diag);
    if (status == 0)
        print_shocks(sc);
    int code = status == 0 ? 0 : fail(status, &diag);
    diag_release(&diag);
    scenario_free(sc);
    return code;
}

static const struct {
    const char *name;
    int (*list)(const struct options *o);
    int scenarios; /* how many it takes */
} kinds[] = {
    {"moves", list_moves, 0},       {"parameters", list_parameters, 0}, {"terms", list_terms, 0},
    {"measures", list_measures, 0}, {"effects", list_effects, 0},       {"keys", list_keys, 0},
    {"shocks", list_shocks, 1},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static const char *kind_name(size_t k, const void *user)
{
    (void)user;
    return kinds[k].name;
}

int cmd_list(const struct options *o)
{
    const char *name = o->n_arguments > 0 ? o->arguments[0] : "";
    for (int k = 0; k < N_KINDS; k++) {
        if (strcmp(kinds[k].name, name) != 0)
            continue;
        if (o->n_arguments <= kinds[k].scenarios + 1 && (kinds[k].scenarios > 0 || o->n_sets == 0))
            return kinds[k].list(o);
        fprintf(stderr, "waltz list %s takes no more arguments\n", name);
        return error_exit_code(ERROR_USAGE);
    }
    const char *near = text_nearest(name, N_KINDS, kind_name, NULL);
    fprintf(stderr, "waltz list: \"%s\" is no kind%s; allowed:", name, text_hint(near).text);
    for (int k = 0; k < N_KINDS; k++)
        fprintf(stderr, "%s %s", k ? "," : "", kinds[k].name);
    fprintf(stderr, "\n");
    return error_exit_code(ERROR_USAGE);
}
