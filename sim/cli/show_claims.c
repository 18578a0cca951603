#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "cli/show.h"

enum { WIDTH = 80, LEFT = 37 };

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
    printf("  %-9s%-5s", c->name, f->shown < 0 ? "-" : f->shown ? "yes" : "no");
    print_share(f->single);
    print_share(f->share);
    printf("  %-11s", f->verdict == VERDICT_NONE        ? "-"
                      : f->verdict == VERDICT_BY_DESIGN ? "by design"
                                                        : verdict_names[f->verdict]);
    if (f->shown < 0 && c->n_all > 0) {
        char figure[64];
        snprintf(figure, sizeof figure, "(%.3g beside %.3g) ", f->value, c->all[0].value);
        printf("%s", figure);
        printf("\n%*s", LEFT, "");
    }
    print_wrapped(c->text);
}

static void print_notes(const struct reproduction *p)
{
    int draws = p->n_draws - 1;
    printf("\n  shown: on the mean of %" PRIu32 " runs of the scenario's own parameters; runs: single "
           "ones\n  that show the same; draws: ",
           p->draws[0].n);
    if (draws == 0)
        printf("none were given (--draws), so there are no verdicts.\n");
    else if (draws < JUDGEMENT_DRAWS)
        printf("of %d other parameter sets. Verdicts need %d.\n", draws, JUDGEMENT_DRAWS);
    else
        printf("of %d other parameter sets, on the mean of as many runs.\n", draws);
}

int show_claims(const struct reproduction *p, bool quiet, int *missed)
{
    const struct scenario *sc = p->request->base;
    *missed = 0;
    if (!quiet)
        printf("%s\n\n  claim    shown  runs draws  verdict    what is claimed\n",
               sc->general.title[0] ? sc->general.title : sc->general.name);
    for (int k = 0; k < sc->n_claims; k++) {
        struct fate f;
        int status = judge_claim(p, &sc->claims[k], &f);
        if (status != 0)
            return status;
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
