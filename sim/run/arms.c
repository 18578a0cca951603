#include "run/arms.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "scenario/keys.h"

/* ---- the settings of an arm ----------------------------------------------------------------- */

static int switch_off(const char *shock, void *settings)
{
    return texts_add(settings, "shocks.%s.enabled=false", shock);
}

int arms_settings(const struct arm *arm, struct texts *settings)
{
    int status = text_each(arm->without, switch_off, settings);
    return status != 0 ? status : texts_split(settings, arm->set);
}

static int gather(struct texts *settings, const struct arms_request *q, const struct arm *arm)
{
    int status = 0;
    for (int k = 0; k < q->n_sets && status == 0; k++)
        status = texts_add(settings, "%s", q->sets[k]);
    return status != 0 ? status : arms_settings(arm, settings);
}

/* ---- loading -------------------------------------------------------------------------------- */

static bool same_states(const struct scenario *a, const struct scenario *b)
{
    bool same = a->n_states == b->n_states;
    for (int i = 0; i < a->n_states && same; i++)
        same = strcmp(a->states[i].iso3, b->states[i].iso3) == 0;
    return same;
}

/* Warnings that the base has had already are not told again. */
static int load(struct arms *a, const struct arms_request *q, const struct arm *arm,
                struct diag *diag)
{
    struct texts settings = {0};
    struct diag own = {.rehearsal = diag->rehearsal};
    int status = gather(&settings, q, arm);
    if (status == 0)
        status = scenario_load(&a->scenario[a->n], q->path, (const char *const *)settings.at,
                               settings.n, &own);
    texts_release(&settings);
    if (status == ERROR_INPUT) {
        diag_error(diag, arm->where, "arms.%s is refused:", arm->name);
        text_add(&diag->text, own.text.s, own.text.length);
        diag->errors += own.errors - 1;
    } else if (status == 0 && !same_states(q->base, a->scenario[a->n])) {
        status = diag_error(diag, arm->where,
                            "arms.%s has other states; allowed: the same in all arms", arm->name);
    }
    diag_release(&own);
    return status;
}

static int open_arm(struct arms *a, const struct arms_request *q, int index, struct diag *diag)
{
    int status = load(a, q, &q->base->arms[index], diag);
    a->index[a->n] = index;
    struct experiment *x = &a->experiment[a->n];
    if (status == 0)
        status = q->needed == NULL
                     ? experiment_init(x, a->scenario[a->n], q->seed, q->record, diag)
                     : experiment_init_needed(x, a->scenario[a->n], q->seed, q->needed, diag);
    if (a->scenario[a->n] != NULL)
        a->n++;
    return status;
}

int arms_load(struct arms *a, const struct arms_request *q, struct diag *diag)
{
    size_t n = (size_t)q->base->n_arms;
    *a = (struct arms){.index = calloc(n, sizeof *a->index),
                       .scenario = calloc(n, sizeof(struct scenario *)),
                       .experiment = calloc(n, sizeof *a->experiment)};
    int status = a->index && a->scenario && a->experiment ? 0 : ERROR_NOMEM, wrong = 0;
    for (int k = 0; k < q->base->n_arms && status == 0; k++) {
        if (k > 0 && q->wanted != NULL && !q->wanted[k])
            continue;
        status = open_arm(a, q, k, diag);
        wrong |= status == ERROR_INPUT;
        status = k == 0 ? status : diag_go_on(status); /* the others would refuse the same */
    }
    return status != 0 ? status : wrong ? ERROR_INPUT : 0;
}

/* Does it set no parameter, or one in the form that scenario_set_parameter takes? */
static bool is_plain(const struct scenario *base, const char *setting)
{
    struct scenario copy = {.parameters = base->parameters};
    struct diag diag = {0};
    const char *parameters = section_names[SECTION_PARAMETERS];
    bool plain = strncmp(setting, parameters, strlen(parameters)) != 0 ||
                 scenario_set_parameter(&copy, setting, &diag) == 0;
    diag_release(&diag);
    return plain;
}

bool arms_can_change(const struct scenario *base, const bool *wanted)
{
    bool plain = true;
    for (int k = 0; k < base->n_arms && plain; k++) {
        struct texts settings = {0};
        if (wanted[k])
            plain = arms_settings(&base->arms[k], &settings) == 0;
        for (int q = 0; q < settings.n && plain; q++)
            plain = is_plain(base, settings.at[q]);
        texts_release(&settings);
    }
    return plain;
}

static int change(struct scenario *sc, const struct arms_request *q, const struct arm *arm,
                  struct diag *diag)
{
    struct texts settings = {0};
    int status = gather(&settings, q, arm);
    sc->parameters = q->base->parameters;
    for (int k = 0; k < settings.n && status == 0; k++)
        if (scenario_is_parameter(settings.at[k]))
            status = scenario_set_parameter(sc, settings.at[k], diag);
    texts_release(&settings);
    return status;
}

int arms_change(struct arms *a, const struct arms_request *q, struct diag *diag)
{
    int status = 0;
    for (int k = 0; k < a->n && status == 0; k++) {
        status = change(a->scenario[k], q, &q->base->arms[a->index[k]], diag);
        if (status == 0)
            status = experiment_take_parameters(&a->experiment[k]);
    }
    return status;
}

void arms_release(struct arms *a)
{
    for (int k = 0; k < a->n; k++) {
        experiment_release(&a->experiment[k]);
        scenario_free(a->scenario[k]);
    }
    free(a->index);
    free(a->scenario);
    free(a->experiment);
    *a = (struct arms){0};
}
