#include "scenario/invariants.h"

#include "scenario/config.h"
#include "scenario/effects.h"
#include "scenario/keys.h"

static const char *const why =
    "the scenario asks how this dyad behaves, so it cannot be told (invariant 1); allowed: effects "
    "on either state's relations with others";

static bool is_focus(const struct scenario *sc, int i, int j)
{
    for (int k = 0; k < sc->n_focus; k++)
        if (pair_same(sc->focus[k], (struct pair){i, j}))
            return true;
    return false;
}

static int check_effect(const struct scenario *sc, const struct shock *shock,
                        const struct effect *e, struct diag *diag)
{
    for (int k = 0; k < e->n_pairs; k++) {
        int i = e->pairs[k].i, j = e->pairs[k].j;
        if (is_focus(sc, i, j))
            return diag_error(diag, e->where, "shocks.%s.effects.%s touches %s-%s: %s", shock->name,
                              e->name, sc->states[i].iso3, sc->states[j].iso3, why);
    }
    return 0;
}

static int check_act(const struct scenario *sc, const struct sanction *act, struct diag *diag)
{
    for (int k = 0; k < act->n_senders; k++)
        if (is_focus(sc, act->sender[k], act->target_state))
            return diag_error(diag, act->where, "sanctions.%s is an act of %s on %s: %s", act->id,
                              sc->states[act->sender[k]].iso3, act->target, why);
    return 0;
}

static int check_dyad(const struct scenario *sc, const struct dyad *d, struct diag *diag)
{
    if (d->changed.file == NULL || !is_focus(sc, d->a, d->b))
        return 0;
    return diag_error(diag, d->changed,
                      "dyads.%s changes the baseline of a focus dyad by hand; "
                      "allowed: one coding rule for all dyads (invariant 1)",
                      d->id);
}

/* Baselines that --set put in the place of all the file's: a focus dyad that is not among them
 * falls to the default. */
static int check_left_out(const struct scenario *sc, struct diag *diag)
{
    const struct config_node *dyads =
        config_member(config_root(sc->config), section_names[SECTION_DYADS]);
    const struct config_node *table = config_member(dyads, "table");
    const struct config_node *by = table != NULL && config_is_set(table) ? table : dyads;
    bool replaced = by != NULL && config_is_set(by) && !config_is_implied(by);
    int status = 0;
    for (int k = 0; k < sc->n_focus && replaced; k++) {
        int i = sc->focus[k].i, j = sc->focus[k].j;
        bool given = false;
        for (int d = 0; d < sc->n_dyads; d++)
            given |= pair_same(sc->focus[k], (struct pair){sc->dyads[d].a, sc->dyads[d].b});
        if (!given)
            status = diag_error(diag, config_where(sc->config, by),
                                "dyads leaves out the focus dyad %s-%s, which then has the default "
                                "baseline; allowed: one coding rule for all dyads (invariant 1)",
                                sc->states[i].iso3, sc->states[j].iso3);
    }
    return status;
}

int invariants_check(const struct scenario *sc, struct diag *diag)
{
    int status = 0;
    for (int k = 0; k < sc->n_shocks; k++)
        for (int e = 0; e < sc->shocks[k].n_effects; e++)
            status |= check_effect(sc, &sc->shocks[k], &sc->shocks[k].effects[e], diag);
    for (int k = 0; k < sc->n_sanctions; k++)
        status |= check_act(sc, &sc->sanctions[k], diag);
    for (int k = 0; k < sc->n_dyads; k++)
        status |= check_dyad(sc, &sc->dyads[k], diag);
    status |= check_left_out(sc, diag);
    return status;
}
