#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/listing.h"
#include "cli/load.h"
#include "measure/measure.h"
#include "scenario/effects.h"
#include "scenario/records.h"

enum { KEY_COLUMNS = 6 };

static int print_section(const struct options *o, enum section section)
{
    static const int widths[] = {24, 10, 14, 26};
    static const char *const names[] = {"name", "default", "unit", "allowed", "meaning", "source"};
    const struct listing l = {o->markdown, KEY_COLUMNS, widths};
    listing_head(&l, names);
    int code = 0;
    for (int k = 0; k < n_keys && code == 0; k++) {
        const struct key *key = &keys[k];
        if (key->section != section)
            continue;
        struct text allowed = {0};
        key_allowed(key, &allowed);
        const char *fallback = key->fallback == NULL      ? "needed"
                               : key->fallback[0] == '\0' ? "none"
                                                          : key->fallback;
        listing_row(
            &l, (const char *const[]){key->name, fallback, key->type == KEY_CHOICE ? "" : key->unit,
                                      allowed.s ? allowed.s : "", key->meaning, key->source});
        code = allowed.failed ? fail(ERROR_NOMEM, NULL) : 0;
        text_release(&allowed);
    }
    return code;
}

static int list_parameters(const struct options *o)
{
    return print_section(o, SECTION_PARAMETERS);
}

static int list_terms(const struct options *o)
{
    return print_section(o, SECTION_TERMS);
}

/* How the records of a section are named, in the scenario and in a table. */
static void print_naming(enum section section, const char *mark)
{
    for (int k = 0; k < n_record_kinds; k++) {
        const struct record_kind *kind = &record_kinds[k];
        if (kind->nested != NULL && kind->nested->section == section)
            printf("%s<name> = { … }; names: %s\n", mark, kind->nested->name->text);
        if (kind->section != section)
            continue;
        printf("%s<name> = { … }; names: %s\n", mark, kind->name->text);
        if (kind->columns[0] != NULL)
            printf(
                "%sor table = \"FILE.csv\"; one row a record, columns %s%s%s and the following\n",
                mark, kind->columns[0], kind->columns[1] ? ", " : "",
                kind->columns[1] ? kind->columns[1] : "");
    }
}

static int list_keys(const struct options *o)
{
    const struct listing l = {.markdown = o->markdown};
    const char *mark = o->markdown ? "    " : "#   ";
    for (int s = 0; s < SECTION_SWEEP; s++) { /* those of a scenario */
        char title[64];
        if (s == SECTION_GROUPS)
            continue;
        snprintf(title, sizeof title, "%s%s",
                 s == SECTION_EFFECTS      ? "shocks.<name>."
                 : s == SECTION_CONDITIONS ? "claims.<name>."
                                           : "",
                 section_names[s]);
        printf(s ? "\n" : "");
        listing_title(&l, title);
        print_naming((enum section)s, mark);
        printf(o->markdown ? "\n" : "");
        int code = print_section(o, (enum section)s);
        if (code != 0)
            return code;
    }
    printf("\n");
    listing_title(&l, "groups");
    printf("%s<name> = [\"AAA\", \"BBB\"]; stands for these states\n", mark);
    return 0;
}

static int list_designs(const struct options *o)
{
    const struct listing l = {.markdown = o->markdown};
    const char *mark = o->markdown ? "    " : "#   ";
    listing_title(&l, section_names[SECTION_SWEEP]);
    printf("%s`waltz sweep FILE`: what runs, and how often\n%s", mark, o->markdown ? "\n" : "");
    int code = print_section(o, SECTION_SWEEP);
    printf("\n");
    listing_title(&l, section_names[SECTION_FACTORS]);
    printf("%s<name> = { … }; the name is a column\n%s", mark, o->markdown ? "\n" : "");
    code = code == 0 ? print_section(o, SECTION_FACTORS) : code;
    printf("\n");
    listing_title(&l, section_names[SECTION_CALIBRATION]);
    printf("%s`waltz calibrate FILE`: the posterior in the finished sweep\n%s", mark,
           o->markdown ? "\n" : "");
    code = code == 0 ? print_section(o, SECTION_CALIBRATION) : code;
    printf("\n");
    listing_title(&l, section_names[SECTION_TARGETS]);
    printf("%s<outcome> = { … }; one of sweep.outcomes\n%s", mark, o->markdown ? "\n" : "");
    return code == 0 ? print_section(o, SECTION_TARGETS) : code;
}

static int list_moves(const struct options *o)
{
    static const int widths[] = {12, 10, 30, 26};
    static const char *const names[] = {
        "name", "channel", "term", "consent of j", "utility of i toward j; consequence", "source"};
    const struct listing l = {o->markdown, 6, widths};
    listing_head(&l, names);
    listing_row(&l, (const char *const[]){"hold", "each", "buck-passing, hedging", "none",
                                          "0; nothing", "Christensen & Snyder 1990"});
    for (int m = 0; m < MOVES; m++) {
        const struct move_kind *k = &move_kinds[m];
        char consent[64], meaning[256];
        snprintf(consent, sizeof consent,
                 k->consent == CONSENT_NET      ? "B_ji − C_ji, %s"
                 : k->consent == CONSENT_MIRROR ? "the mirrored U_ji"
                                                : "none",
                 domain_names[k->domain]);
        snprintf(meaning, sizeof meaning, "%s; %s", k->utility, k->consequence);
        listing_row(&l, (const char *const[]){k->name, channel_names[k->channel], k->term, consent,
                                              meaning, k->source});
    }
    return 0;
}

static int list_measures(const struct options *o)
{
    static const int widths[] = {26, 8, 10};
    static const char *const names[] = {"name", "level", "unit", "meaning", "source"};
    const struct listing l = {o->markdown, 5, widths};
    listing_head(&l, names);
    for (int m = 0; m < n_measures; m++)
        listing_row(&l, (const char *const[]){measures[m].name, level_names[measures[m].level],
                                              measures[m].unit, measures[m].meaning,
                                              measures[m].source});
    return 0;
}

static int list_effects(const struct options *o)
{
    static const int widths[] = {12, 18, 34, 12};
    static const char *const names[] = {"on",      "targets", "unit of size",
                                        "allowed", "meaning", "source"};
    static const char *const targets[] = {"between = [A, B]", "from, to", "of"};
    const struct listing l = {o->markdown, 6, widths};
    listing_head(&l, names);
    for (int k = 0; k < EFFECT_KINDS; k++) {
        const struct effect_kind *e = &effect_kinds[k];
        char allowed[32];
        snprintf(allowed, sizeof allowed, "%g .. %g", e->low, e->high);
        listing_row(&l, (const char *const[]){e->name, targets[e->target], e->unit, allowed,
                                              e->meaning, e->source});
    }
    return 0;
}

/* In plain columns the start of the note must do. */
static void print_shocks(const struct options *o, const struct scenario *sc)
{
    static const int widths[] = {22, 10, 3, 20, 5, 7};
    static const char *const names[] = {"name", "date",    "on",   "requires",
                                        "acts", "effects", "note", "source"};
    const struct listing l = {o->markdown, 8, widths};
    listing_head(&l, names);
    for (int k = 0; k < sc->n_shocks; k++) {
        const struct shock *shock = &sc->shocks[k];
        char date[16], acts[16], effects[16], note[128];
        int n = 0;
        date_print_day(shock->date, date);
        for (int a = 0; a < sc->n_sanctions; a++)
            n += (sc->sanctions[a].starter == k) + (sc->sanctions[a].ender == k);
        for (int m = 0; m < sc->n_mandates; m++)
            n += (sc->mandates[m].starter == k) + (sc->mandates[m].ender == k);
        snprintf(acts, sizeof acts, "%d", n);
        snprintf(effects, sizeof effects, "%d", shock->n_effects);
        snprintf(note, sizeof note, "%.*s%s", text_head(shock->note, 80), shock->note,
                 strlen(shock->note) > 80 ? "…" : "");
        listing_row(&l, (const char *const[]){shock->name, date, shock->active ? "yes" : "no",
                                              shock->requires[0] ? shock->requires : "-", acts,
                                              effects, o->markdown ? shock->note : note,
                                              o->markdown ? shock->source : ""});
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
    int status = load_scenario(&sc, o->arguments[1], o->sets, o->n_sets, &diag);
    print_diag(&diag);
    if (status == 0)
        print_shocks(o, sc);
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
    {"shocks", list_shocks, 1},     {"designs", list_designs, 0},
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
    if (o->n_arguments == 0)
        fprintf(stderr, "waltz list: a kind is needed; allowed:");
    else
        fprintf(stderr, "waltz list: \"%s\" is no kind%s; allowed:", name, text_hint(near).text);
    for (int k = 0; k < N_KINDS; k++)
        fprintf(stderr, "%s %s", k ? "," : "", kinds[k].name);
    fprintf(stderr, "\n");
    return error_exit_code(ERROR_USAGE);
}
