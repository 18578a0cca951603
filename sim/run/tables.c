#include "run/tables_part.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "run/output.h"

static void quote(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text == '\n' ? ' ' : *text, out);
    }
    fputc('"', out);
}

/* A text as a cell. */
void tables_text(FILE *out, const char *text)
{
    fputc(',', out);
    quote(out, text);
}

/* What a table of draws holds: in quotes only if it has to be. */
static void copy(FILE *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL)
        fputs(text, out);
    else
        quote(out, text);
}

const char *tables_word(int shown)
{
    return shown < 0 ? "NA" : shown ? "yes" : "no";
}

void tables_whole(FILE *out, int n)
{
    fprintf(out, ",%d", n);
}

void tables_outcomes_header(FILE *out, const struct experiment *x)
{
    fputs("arm,replicate,status", out);
    output_outcome_names(out, x);
    fputc('\n', out);
}

void tables_outcomes_row(FILE *out, uint32_t number, const char *arm, int status,
                         const struct replicate *r)
{
    fprintf(out, "%s,%" PRIu32, arm, number);
    output_status(out, status, r->failure);
    output_outcome_values(out, r->experiment, status == 0 ? r->outcomes : NULL);
    fputc('\n', out);
}

/* ---- claims --------------------------------------------------------------------------------- */

static int add_criterion(FILE *out, const struct scenario *sc, const struct condition *all, int n)
{
    struct text text = {0};
    text_add(&text, "", 0);
    for (int k = 0; k < n; k++) {
        text_printf(&text, "%s", k > 0 ? "; " : "");
        judgement_criterion(sc, &all[k], &text);
    }
    bool failed = text.failed;
    if (!failed)
        tables_text(out, text.s);
    text_release(&text);
    return failed ? ERROR_NOMEM : 0;
}

static int write_claims(FILE *out, const struct tables *t)
{
    const struct scenario *sc = t->reproduction->request->base;
    int status = 0;
    fputs("id,kind,text,basis,criterion,expected,shown,single,quantity,value,draws,share,sign,"
          "single_draws,low,high,verdict\n",
          out);
    for (int k = 0; k < sc->n_claims && status == 0; k++) {
        const struct claim *c = &sc->claims[k];
        struct fate f;
        status = judge_claim(t->reproduction, c, &f);
        fprintf(out, "%s", c->name);
        tables_text(out, c->kind);
        tables_text(out, c->text);
        tables_text(out, c->basis);
        if (status == 0)
            status = add_criterion(out, sc, c->all, c->n_all);
        fprintf(out, ",%s,%s", tables_word(c->expect), tables_word(f.shown));
        output_number(out, f.single);
        fprintf(out, ",%s", c->n_all == 0 ? "NA" : c->all[0].outcome);
        output_number(out, f.value);
        tables_whole(out, f.draws);
        output_number(out, f.share);
        output_number(out, f.sign);
        output_number(out, f.single_draws);
        output_number(out, f.low);
        output_number(out, f.high);
        fprintf(out, ",%s\n", verdict_names[f.verdict]);
    }
    return status;
}

static int write_conditions(FILE *out, const struct tables *t)
{
    const struct scenario *sc = t->reproduction->request->base;
    int status = 0;
    fputs("claim,condition,text,shown,value,bound,draws,share,low,high,single\n", out);
    for (int k = 0; k < sc->n_claims; k++)
        for (int q = 0; q < sc->claims[k].n_all && status == 0; q++) {
            const struct condition *c = &sc->claims[k].all[q];
            struct fate f;
            status = judge_condition(t->reproduction, c, &f);
            fprintf(out, "%s,%s", sc->claims[k].name, c->name);
            if (status == 0)
                status = add_criterion(out, sc, c, 1);
            fprintf(out, ",%s", tables_word(f.shown));
            output_number(out, f.value);
            output_number(out, f.bound);
            tables_whole(out, f.draws);
            output_number(out, f.share);
            output_number(out, f.low);
            output_number(out, f.high);
            output_number(out, f.single);
            fputc('\n', out);
        }
    return status;
}

/* ---- draws ---------------------------------------------------------------------------------- */

static int write_draws(FILE *out, const struct tables *t)
{
    const struct reproduction *p = t->reproduction;
    const struct scenario *sc = p->request->base;
    const struct draws *draws = p->request->draws;
    int settings = draws == NULL ? 0 : draws_settings(draws);
    fputs("draw", out);
    for (int k = 0; k < settings; k++) {
        fputc(',', out);
        copy(out, draws_path(draws, k));
    }
    output_outcome_names(out, &p->arms.experiment[0]);
    for (int k = 0; k < sc->n_claims; k++)
        fprintf(out, ",shown_%s", sc->claims[k].name);
    fputc('\n', out);
    for (int d = 0; d < p->n_draws; d++) {
        copy(out, p->draws[d].name);
        for (int k = 0; k < settings; k++) {
            fputc(',', out);
            copy(out, d == 0 ? "NA" : draws_value(draws, d - 1, k));
        }
        for (int k = 0; k < p->n_outcomes; k++) {
            int arm = reproduction_own_arm(p->readings->of[k].outcome);
            if (p->readings->of[k].source != SOURCE_DYADS)
                output_number(out, reproduction_values(p, &p->draws[d], arm, k)[0]);
        }
        for (int k = 0; k < sc->n_claims; k++) {
            const struct claim *c = &sc->claims[k];
            bool judged = c->n_all > 0 && c->all[0].is != IS_FIGURE;
            output_number(out, judged ? judge(p, c, &p->draws[d], 0) : NAN);
        }
        fputc('\n', out);
    }
    return 0;
}

const struct table_kind table_kinds[] = {
    {"claims.csv", write_claims},     {"conditions.csv", write_conditions},
    {"arms.csv", write_arms},         {"draws.csv", write_draws},
    {"paths.csv", write_paths},       {"changes.csv", write_changes},
    {"searches.csv", write_searches}, {"dyads.csv", write_dyads},
};
const int n_table_kinds = sizeof table_kinds / sizeof *table_kinds;
