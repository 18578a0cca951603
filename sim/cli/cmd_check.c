#include "base/error.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "run/arms.h"

static void describe(const char *path, const struct scenario *sc)
{
    int pairs = sc->n_states * (sc->n_states - 1) / 2, effects = 0, inactive = 0;
    for (int k = 0; k < sc->n_shocks; k++) {
        effects += sc->shocks[k].n_effects;
        inactive += !sc->shocks[k].active;
    }
    printf("%s: ok: %d states, %d dyads (%d given, %d by default), %d sanctions, %d mandates, "
           "%d shocks (%d off) with %d effects, %d outcomes, %d arm%s, %d claims\n",
           path, sc->n_states, pairs, sc->n_dyads, pairs - sc->n_dyads, sc->n_sanctions,
           sc->n_mandates, sc->n_shocks, inactive, effects, sc->n_outcomes, sc->n_arms,
           sc->n_arms == 1 ? "" : "s", sc->n_claims);
}

/* The arms are scenarios themselves. */
static int check_arms(const char *path, const struct scenario *sc, const struct options *o,
                      struct diag *diag)
{
    const struct arms_request request = {.base = sc,
                                         .path = path,
                                         .sets = o->sets,
                                         .n_sets = o->n_sets,
                                         .seed = o->seed,
                                         .record = RECORD_OUTCOMES};
    struct arms arms;
    int status = arms_load(&arms, &request, diag);
    arms_release(&arms);
    return status;
}

static int check_readings(const struct scenario *sc, const struct options *o, struct diag *diag)
{
    struct experiment x;
    int status = experiment_init(&x, sc, o->seed, RECORD_OUTCOMES, diag);
    if (status == 0)
        experiment_release(&x);
    return status;
}

static int check(const char *path, const struct options *o)
{
    struct diag diag = {0};
    struct scenario *sc = NULL;
    int status = load_scenario(&sc, path, o->sets, o->n_sets, &diag);
    if (status == 0)
        status = check_readings(sc, o, &diag);
    if (status == 0 && sc->n_arms > 1 && load_again(path))
        status = check_arms(path, sc, o, &diag);
    print_diag(&diag);
    if (status == 0 && o->effective)
        scenario_print(sc, stdout);
    else if (status == 0)
        describe(path, sc);
    int code = status == 0 ? 0 : fail(status, &diag);
    if (diag.errors > 0)
        fprintf(stderr, "%s: %d error%s\n", path, diag.errors, diag.errors == 1 ? "" : "s");
    diag_release(&diag);
    scenario_free(sc);
    return code;
}

int cmd_check(const struct options *o)
{
    int worst = 0;
    if (o->n_arguments == 0 || (o->effective && o->n_arguments > 1)) {
        fprintf(stderr, "waltz check: %s\n",
                o->n_arguments == 0 ? "which file?" : "--effective takes one file");
        return error_exit_code(ERROR_USAGE);
    }
    for (int k = 0; k < o->n_arguments; k++) {
        int code = check(o->arguments[k], o);
        worst = code > worst ? code : worst;
    }
    return worst;
}
