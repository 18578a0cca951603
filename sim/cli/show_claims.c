#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "cli/show.h"

enum { WIDTH = 80, LEFT = 38 };

/* Words of a text from a column on, the first line begun already. */
static void print_wrapped(const char *text)
{
    int column = LEFT;
    for (const char *word = text; *word != '\0';) {
        char one[256];
        size_t n = strcspn(word, " ");
        snprintf(one, sizeof one, "%.*s", (int)n, word);
        if (column > LEFT && column + 1 + text_width(one) > WIDTH) {
            printf("\n%*s", LEFT, "");
            column = LEFT;
        } else if (column > LEFT) {
            printf(" ");
            column++;
        }
        printf("%s", one);
        column += text_width(one);
        word += n + strspn(word + n, " ");
    }
    printf("\n");
}

static void print_share(double share)
{
    if (isnan(share))
        printf("%6s", "-");
    else
        printf("%4.0f %%", 100 * share);
}

static void print_claim(const struct claim *c, const struct fate *f)
{
    if (strlen(c->name) > 5)
        printf("  %s\n  %-6s", c->name, "");
    else
        printf("  %-6s", c->name);
    printf("%-5s", f->shown < 0 ? "-" : f->shown ? "yes" : "no");
    print_share(f->single);
    print_share(f->share);
    printf("  %-11s", f->verdict == VERDICT_NONE        ? "-"
                      : f->verdict == VERDICT_BY_DESIGN ? "by design"
                                                        : verdict_names[f->verdict]);
    print_wrapped(c->text);
    if (f->shown < 0 && c->n_all > 0)
        printf("%*s(model %.3g, figure %.3g)\n", LEFT, "", f->value, c->all[0].value);
}

static void print_notes(const struct reproduction *p)
{
    int draws = p->n_draws - 1;
    printf("\n  shown: on the mean path of %" PRIu32 " runs with the scenario's own parameters\n"
           "  runs: part of these runs that show it alone, chance and all\n  draws: ",
           p->draws[0].n);
    if (draws == 0)
        printf("other parameter sets; none were given (--draws), so there are no verdicts\n");
    else if (draws < JUDGEMENT_DRAWS)
        printf("part of %d other parameter sets that show it; a verdict needs %d\n", draws,
               JUDGEMENT_DRAWS);
    else
        printf("part of %d other parameter sets that show it\n", draws);
}

int show_claims(const struct reproduction *p, bool quiet, int *missed)
{
    const struct scenario *sc = p->request->base;
    *missed = 0;
    if (!quiet)
        printf("%s\n\n%s\n", sc->general.title[0] ? sc->general.title : sc->general.name,
               sc->n_claims > 0 ? "        shown  runs draws  verdict    what is claimed"
                                : "  The scenario states no claims.");
    for (int k = 0; k < sc->n_claims; k++) {
        struct fate f;
        int status = judge_claim(p, &sc->claims[k], &f);
        if (status != 0)
            return status;
        if (!quiet && (k == 0 || strcmp(sc->claims[k].kind, sc->claims[k - 1].kind) != 0))
            printf("\n  %s\n", sc->claims[k].kind);
        if (!quiet)
            print_claim(&sc->claims[k], &f);
        if (judgement_fails(&sc->claims[k], &f)) {
            fprintf(stderr, "waltz: claim %s is expected and does not hold\n", sc->claims[k].name);
            ++*missed;
        }
    }
    if (!quiet && sc->n_claims > 0)
        print_notes(p);
    return 0;
}
