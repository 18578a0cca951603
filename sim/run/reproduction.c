#include "run/reproduction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* The draw under way. */
struct running {
    struct draw *draw;
    const struct arms *arms;
    int *local;     /* [n_arms] where an arm stands among those that run, -1 nowhere */
    double *sketch; /* [n_arms · size] of the replicate under way */
    double *sum;    /* [n_arms · size] over the replicates that count */
    bool good;      /* no arm has failed in it */
    uint32_t done;  /* replicates of earlier draws */
};

int reproduction_own_arm(const struct outcome *o)
{
    return o->arm_index >= 0 ? o->arm_index : 0;
}

double *reproduction_values(const struct reproduction *p, const struct draw *d, int arm,
                            int outcome)
{
    return d->values + (size_t)(arm * p->n_outcomes + outcome) * (1 + (size_t)p->request->n);
}

double *reproduction_path(const struct reproduction *p, const struct draw *d, int path, int arm,
                          uint32_t index)
{
    size_t row = (size_t)(path * p->n_arms + arm) * (1 + (size_t)p->request->n) + index;
    return d->paths + row * (size_t)p->months;
}

/* Searched paths are numbered in the order in which outcomes first name them. */
int reproduction_path_of(const struct reproduction *p, int outcome)
{
    const struct reading *of = p->readings->of;
    int path = -1;
    if (!outcome_searches(of[outcome].outcome))
        return -1;
    for (int k = 0; k <= outcome; k++) {
        bool first = outcome_searches(of[k].outcome);
        for (int q = 0; q < k && first; q++)
            first = !outcome_searches(of[q].outcome) || of[q].at != of[k].at;
        path += first;
        if (of[k].at == of[outcome].at && outcome_searches(of[k].outcome))
            break;
    }
    return path;
}

/* ---- which arms a draw needs ---------------------------------------------------------------- */

static void want(bool *wanted, int arm)
{
    if (arm >= 0)
        wanted[arm] = true;
}

static void want_outcome(const struct scenario *sc, bool *wanted, int outcome, int arm)
{
    const struct outcome *o = &sc->outcomes[outcome];
    want(wanted, arm >= 0 ? arm : reproduction_own_arm(o));
    want(wanted, o->minus_arm_index);
    want(wanted, o->trend_index);
}

static void want_of_claims(const struct scenario *sc, bool *wanted)
{
    want(wanted, 0);
    for (int k = 0; k < sc->n_claims; k++)
        for (int c = 0; c < sc->claims[k].n_all; c++) {
            const struct condition *condition = &sc->claims[k].all[c];
            want_outcome(sc, wanted, condition->outcome_index, condition->arm_index);
            if (condition->than_index >= 0)
                want_outcome(sc, wanted, condition->than_index, condition->than_arm_index);
        }
}

/* ---- a replicate ---------------------------------------------------------------------------- */

static const double *sketch_of(const struct reproduction *p, const double *sketches, int arm)
{
    const struct running *now = p->running;
    return arm < 0 || now->local[arm] < 0
               ? NULL
               : sketches + (size_t)now->local[arm] * (size_t)p->readings->size;
}

/* Values of all outcomes in all arms that ran, from one sketch an arm; those that search wait for
 * their penalty. */
static void evaluate(struct reproduction *p, const double *sketches, uint32_t index)
{
    struct draw *d = p->running->draw;
    for (int arm = 0; arm < p->n_arms; arm++) {
        const double *own = sketch_of(p, sketches, arm);
        for (int k = 0; k < p->n_outcomes && own != NULL; k++) {
            const struct reading *r = &p->readings->of[k];
            const double *minus = sketch_of(p, sketches, r->outcome->minus_arm_index);
            int path = reproduction_path_of(p, k);
            if (r->source == SOURCE_DYADS)
                continue;
            reproduction_values(p, d, arm, k)[index] = reading_value(r, own, minus, 0, NULL);
            if (path >= 0)
                memcpy(reproduction_path(p, d, path, arm, index), own + r->at,
                       (size_t)p->months * sizeof *own);
        }
    }
}

/* Values of each dyad in the first arm, in the order of the outcomes. */
static void read_dyads(const struct reproduction *p, const double *sketch, double *out)
{
    for (int k = 0; k < p->n_outcomes; k++)
        for (int c = 0; c < p->n_dyads && p->readings->of[k].source == SOURCE_DYADS; c++)
            *out++ = reading_value(&p->readings->of[k], sketch, NULL, c, NULL);
}

static void count(struct reproduction *p)
{
    struct running *now = p->running;
    size_t all = (size_t)now->arms->n * (size_t)p->readings->size;
    int dyads = p->n_dyadic * p->n_dyads;
    evaluate(p, now->sketch, ++now->draw->n);
    for (size_t k = 0; k < all; k++)
        now->sum[k] += now->sketch[k];
    if (now->draw != p->draws)
        return;
    read_dyads(p, now->sketch, now->draw->dyads);
    for (int k = 0; k < dyads; k++)
        p->dyads_square[k] += now->draw->dyads[k] * now->draw->dyads[k];
}

static int take_row(void *user, uint32_t number, int arm, int status, const struct replicate *r)
{
    struct reproduction *p = user;
    struct running *now = p->running;
    const struct ensemble_listener *listener = &p->request->ensemble.listener;
    const size_t size = (size_t)p->readings->size;
    int code = 0;
    if (now->draw == p->draws && listener->row != NULL)
        code = listener->row(listener->user, number, now->arms->index[arm], status, r);
    now->good = (arm == 0 || now->good) && status == 0;
    memcpy(now->sketch + (size_t)arm * size, r->sketch, size * sizeof *r->sketch);
    if (arm == now->arms->n - 1 && now->good)
        count(p);
    return code;
}

static void tell_progress(void *user, uint32_t done)
{
    const struct reproduction *p = user;
    const struct ensemble_listener *listener = &p->request->ensemble.listener;
    if (listener->progress != NULL)
        listener->progress(listener->user, p->running->done + done);
}

/* ---- a draw --------------------------------------------------------------------------------- */

static void release_draw(struct draw *d)
{
    free(d->ran);
    free(d->values);
    free(d->paths);
    free(d->dyads);
    *d = (struct draw){0};
}

static double *unknown(size_t n)
{
    double *numbers = calloc(n + 1, sizeof *numbers);
    for (size_t k = 0; k < n && numbers != NULL; k++)
        numbers[k] = NAN;
    return numbers;
}

static int init_draw(struct reproduction *p, struct draw *d, const struct arms *arms)
{
    size_t each = (size_t)p->n_arms * (1 + (size_t)p->request->n);
    d->ran = calloc((size_t)p->n_arms, sizeof *d->ran);
    d->values = unknown(each * (size_t)p->n_outcomes);
    d->paths = unknown(each * (size_t)p->n_paths * (size_t)p->months);
    d->dyads = unknown((size_t)(p->n_dyadic * p->n_dyads));
    if (d->ran == NULL || d->values == NULL || d->paths == NULL || d->dyads == NULL)
        return ERROR_NOMEM;
    for (int k = 0; k < arms->n; k++)
        d->ran[arms->index[k]] = true;
    return 0;
}

/* The mean path of the replicates that count. */
static void average(struct reproduction *p)
{
    struct running *now = p->running;
    size_t all = (size_t)now->arms->n * (size_t)p->readings->size;
    for (size_t k = 0; k < all && now->draw->n > 0; k++)
        now->sum[k] /= now->draw->n;
    if (now->draw->n > 0) {
        evaluate(p, now->sum, 0);
        read_dyads(p, now->sum, now->draw->dyads);
    }
}

static int run_draw(struct reproduction *p, const struct arms *arms, struct ensemble *ensembles)
{
    struct running *now = p->running;
    struct ensemble_request request = p->request->ensemble;
    size_t all = (size_t)p->n_arms * (size_t)p->readings->size;
    int status = init_draw(p, now->draw, arms);
    if (status != 0)
        return status;
    now->arms = arms;
    memset(now->sum, 0, all * sizeof *now->sum);
    for (int k = 0; k < p->n_arms; k++)
        now->local[k] = -1;
    for (int k = 0; k < arms->n; k++)
        now->local[arms->index[k]] = k;
    request.n = p->request->n;
    request.listener = (struct ensemble_listener){take_row, tell_progress, p};
    status = ensemble_run(ensembles, arms->experiment, arms->n, &request);
    if (status == 0)
        average(p);
    now->done += request.n;
    return status;
}

/* One draw more, with the ensembles thrown away. */
static int add_draw(struct reproduction *p, const struct arms_request *request, struct diag *diag)
{
    struct arms arms;
    struct ensemble *ensembles = calloc((size_t)p->n_arms, sizeof *ensembles);
    int status = arms_load(&arms, request, diag);
    if (status == 0)
        status = ensembles == NULL ? ERROR_NOMEM : run_draw(p, &arms, ensembles);
    for (int k = 0; k < arms.n && ensembles != NULL; k++)
        ensemble_release(&ensembles[k]);
    free(ensembles);
    arms_release(&arms);
    return status;
}

/* Loads the base arm and throws it away. */
static int try_draw(struct reproduction *p, const struct arms_request *request, struct diag *diag)
{
    struct arms arms;
    struct arms_request alone = *request;
    bool *none = calloc((size_t)p->n_arms, sizeof *none);
    if (none == NULL)
        return ERROR_NOMEM;
    alone.wanted = none;
    int status = arms_load(&arms, &alone, diag);
    arms_release(&arms);
    free(none);
    return status;
}

/* Tries or adds a row: the settings of the command line, then those of the draw. */
static int with_row(struct reproduction *p, int row, const bool *wanted,
                    int (*use)(struct reproduction *, const struct arms_request *, struct diag *),
                    struct diag *diag)
{
    const struct reproduction_request *q = p->request;
    int own = draws_settings(q->draws), status = ERROR_NOMEM;
    char **sets = draws_sets(q->draws, row);
    const char **all = calloc((size_t)(q->n_sets + own) + 1, sizeof *all);
    if (sets != NULL && all != NULL) {
        for (int k = 0; k < q->n_sets; k++)
            all[k] = q->sets[k];
        for (int k = 0; k < own; k++)
            all[q->n_sets + k] = sets[k];
        const struct arms_request request = {.base = q->base,
                                             .path = q->path,
                                             .sets = all,
                                             .n_sets = q->n_sets + own,
                                             .wanted = wanted,
                                             .seed = q->seed,
                                             .record = RECORD_OUTCOMES};
        status = use(p, &request, diag);
        if (status == ERROR_INPUT)
            diag_error(diag, csv_where(&q->draws->csv, row), "this draw is refused, see above");
    }
    draws_free_sets(q->draws, sets);
    free(all);
    return status;
}

/* Which of the two would hold, a draw's value or that of the command line? */
static int check_twice(const struct reproduction_request *q, struct diag *diag)
{
    int status = 0;
    for (int k = 0; q->draws != NULL && k < draws_settings(q->draws); k++)
        for (int s = 0; s < q->n_sets; s++) {
            const char *path = draws_path(q->draws, k);
            size_t n = strlen(path);
            if (strncmp(q->sets[s], path, n) == 0 && q->sets[s][n] == '=')
                status = diag_error(diag, csv_where(&q->draws->csv, -1),
                                    "%s is set by --set too; allowed: by one of them", path);
        }
    return status;
}

/* All draws before the first is run, lest hours are lost to a slip in the last row. */
static int try_rows(struct reproduction *p, struct diag *diag)
{
    const volatile sig_atomic_t *stop = p->request->ensemble.stop;
    int status = 0, wrong = 0;
    for (int k = 1; k < p->planned && status == 0 && diag->errors < DIAG_SHOWN; k++) {
        status = stop != NULL && *stop ? ERROR_STOPPED : with_row(p, k - 1, NULL, try_draw, diag);
        wrong |= status == ERROR_INPUT;
        status = diag_go_on(status);
    }
    return status != 0 ? status : wrong ? ERROR_INPUT : 0;
}

/* ---- all of them ---------------------------------------------------------------------------- */

static int load_first(struct reproduction *p, struct diag *diag)
{
    const struct reproduction_request *q = p->request;
    const struct arms_request request = {.base = q->base,
                                         .path = q->path,
                                         .sets = q->sets,
                                         .n_sets = q->n_sets,
                                         .seed = q->seed,
                                         .record = RECORD_FOCUS};
    int status = arms_load(&p->arms, &request, diag);
    if (status != 0)
        return status;
    int n = q->base->n_states;
    p->readings = &p->arms.experiment[0].readings;
    p->n_arms = p->arms.n;
    p->n_outcomes = q->base->n_outcomes;
    p->months = scenario_months(q->base);
    p->n_dyads = n * (n - 1) / 2;
    for (int k = 0; k < p->n_outcomes; k++) {
        int path = reproduction_path_of(p, k);
        p->n_paths = path >= p->n_paths ? path + 1 : p->n_paths;
        p->n_dyadic += p->readings->of[k].source == SOURCE_DYADS;
    }
    return 0;
}

static int allocate(struct reproduction *p)
{
    struct running *now = calloc(1, sizeof *now);
    size_t all = (size_t)p->n_arms * (size_t)p->readings->size + 1;
    p->running = now;
    p->draws = calloc((size_t)p->planned, sizeof *p->draws);
    p->ensembles = calloc((size_t)p->n_arms, sizeof *p->ensembles);
    p->dyads_square = calloc((size_t)(p->n_dyadic * p->n_dyads) + 1, sizeof *p->dyads_square);
    if (now == NULL || p->draws == NULL || p->ensembles == NULL || p->dyads_square == NULL)
        return ERROR_NOMEM;
    now->local = calloc((size_t)p->n_arms, sizeof *now->local);
    now->sketch = calloc(all, sizeof *now->sketch);
    now->sum = calloc(all, sizeof *now->sum);
    return now->local == NULL || now->sketch == NULL || now->sum == NULL ? ERROR_NOMEM : 0;
}

static int run_all(struct reproduction *p, struct diag *diag)
{
    const struct reproduction_request *q = p->request;
    bool *wanted = calloc((size_t)p->n_arms, sizeof *wanted);
    int status = wanted == NULL ? ERROR_NOMEM : 0;
    if (status == 0)
        want_of_claims(q->base, wanted);
    for (int k = 0; k < p->planned && status == 0; k++) {
        p->running->draw = &p->draws[k];
        if (k == 0) {
            snprintf(p->draws[k].name, sizeof p->draws[k].name, "0");
            status = run_draw(p, &p->arms, p->ensembles);
        } else {
            draws_name(q->draws, k - 1, p->draws[k].name);
            status = with_row(p, k - 1, q->all_arms ? NULL : wanted, add_draw, diag);
        }
        if (status == 0)
            p->n_draws++;
        else
            release_draw(&p->draws[k]);
    }
    free(wanted);
    return status;
}

int reproduction_run(struct reproduction *p, const struct reproduction_request *request,
                     struct diag *diag)
{
    int rows = request->draws == NULL ? 0 : request->draws->csv.n_rows;
    *p = (struct reproduction){.request = request};
    p->planned = 1 + (rows < request->max_draws ? rows : request->max_draws);
    int status = load_first(p, diag);
    if (status == 0)
        status = allocate(p);
    if (status == 0)
        status = check_twice(request, diag);
    if (status == 0)
        status = try_rows(p, diag);
    return status == 0 ? run_all(p, diag) : status;
}

void reproduction_release(struct reproduction *p)
{
    for (int k = 0; k < p->planned && p->draws != NULL; k++)
        release_draw(&p->draws[k]);
    for (int k = 0; k < p->n_arms && p->ensembles != NULL; k++)
        ensemble_release(&p->ensembles[k]);
    if (p->running != NULL) {
        free(p->running->local);
        free(p->running->sketch);
        free(p->running->sum);
    }
    free(p->running);
    free(p->draws);
    free(p->ensembles);
    free(p->dyads_square);
    arms_release(&p->arms);
    *p = (struct reproduction){0};
}
