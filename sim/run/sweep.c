#include "run/sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "base/error.h"

/* Seconds between two commits: what a killed process loses. */
static const double BATCH = 1;

/* Milliseconds that a commit waits for somebody who reads; the last one waits ten minutes. */
enum { PATIENCE = 50, LAST_PATIENCE = 1000, LAST_TRIES = 600 };

/* A unit that is under way or waits for the one before it. */
struct flight {
    uint32_t cell;
    int64_t end;
};

struct shared {
    const struct sweep_request *request;
    const struct store_design *design;
    mtx_t lock;
    cnd_t deposited;
    struct writer writer;
    double *sums; /* [subject_sums] */
    struct cell_summary *summaries;
    struct cell_claim *claims;
    int error;      /* of the store, or of memory: nothing more can be kept */
    uint32_t *only; /* [own] the cells that run; NULL: all of the store */
    int64_t own;
    uint64_t *finished; /* [own] bits: complete or failed */
    int64_t unfinished; /* cells */
    /* where the schedule is */
    unsigned round;
    int64_t at;    /* own cells before it are given out in this round */
    uint32_t cell; /* that is being given out, from next to end − 1 */
    int64_t next, end;
    int64_t left;           /* replicates not given out yet, at most */
    struct flight *flights; /* [threads + waiting] */
    int n_flights;
    struct unit *waiting; /* for the unit before them */
    int n_waiting;
    /* since the last commit */
    double committed;
    int units;
    int64_t replicates;
    int64_t total; /* replicates in the store */
};

enum next { NEXT_UNIT, NEXT_WAIT, NEXT_NONE };

/* The end of a round, counted from 0. */
static int64_t checkpoint(unsigned round)
{
    static const int64_t first[] = {8, 32, 96};
    return round < 3 ? first[round] : 96 + 64 * ((int64_t)round - 2);
}

static bool is_checkpoint(int64_t done)
{
    unsigned round = 0;
    while (checkpoint(round) < done)
        round++;
    return checkpoint(round) == done;
}

/* ---- what is to be done --------------------------------------------------------------------- */

static uint32_t cell_of(const struct shared *sh, int64_t own)
{
    return sh->only != NULL ? sh->only[own]
                            : (uint32_t)(sh->design->shard - 1 + own * sh->design->shards);
}

static bool is_complete(const struct store_design *d, const struct cell_state *c)
{
    return !c->failed && (c->done >= d->replicates ||
                          (c->error <= d->precision && d->precision > 0 && is_checkpoint(c->done)));
}

/* How far a cell's replicates are given out; −1 if none is. */
static int64_t given_out(const struct shared *sh, uint32_t cell)
{
    int64_t end = -1;
    for (int k = 0; k < sh->n_flights; k++)
        if (sh->flights[k].cell == cell && sh->flights[k].end > end)
            end = sh->flights[k].end;
    return end;
}

/* Takes up a cell if it lacks replicates of this round. */
static enum next take_up(struct shared *sh, uint32_t cell, int64_t limit)
{
    struct cell_state state;
    sh->error = writer_find_cell(&sh->writer, cell, &state);
    if (sh->error != 0 || state.failed)
        return NEXT_NONE;
    int64_t from = given_out(sh, cell);
    if (from >= 0 && sh->design->precision > 0)
        return NEXT_WAIT; /* what is under way may be enough */
    from = from > state.done ? from : state.done;
    sh->cell = cell;
    sh->next = from;
    sh->end = limit > from ? limit : from;
    return sh->next < sh->end ? NEXT_UNIT : NEXT_NONE;
}

/* The next own cell from `at` on that is not finished; own if there is none. */
static int64_t next_unfinished(const struct shared *sh, int64_t at)
{
    while (at < sh->own && (sh->finished[at / 64] >> at % 64 & 1) != 0)
        at += at % 64 == 0 && sh->finished[at / 64] == UINT64_MAX ? 64 : 1;
    return at < sh->own ? at : sh->own;
}

/* Where a cell stands among the own ones. */
static int64_t own_of(const struct shared *sh, int64_t cell)
{
    int64_t low = 0, high = sh->own;
    if (sh->only == NULL)
        return (cell - (sh->design->shard - 1)) / sh->design->shards;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        *(sh->only[middle] <= cell ? &low : &high) = middle;
    }
    return low;
}

static void finish(struct shared *sh, int64_t cell)
{
    int64_t own = own_of(sh, cell);
    sh->finished[own / 64] |= UINT64_C(1) << own % 64;
    sh->unfinished--;
}

static enum next find_work(struct shared *sh)
{
    const int64_t n = sh->design->replicates;
    while (sh->next == sh->end) {
        int64_t before = sh->round == 0 ? 0 : checkpoint(sh->round - 1);
        int64_t limit = checkpoint(sh->round) < n ? checkpoint(sh->round) : n;
        if (before >= n || sh->unfinished == 0)
            return NEXT_NONE;
        sh->at = next_unfinished(sh, sh->at);
        if (sh->at == sh->own) {
            sh->round++;
            sh->at = 0;
        } else if (take_up(sh, cell_of(sh, sh->at), limit) == NEXT_WAIT) {
            return NEXT_WAIT;
        } else {
            sh->at++;
        }
        if (sh->error != 0)
            return NEXT_NONE;
    }
    return NEXT_UNIT;
}

/* Units get smaller toward the end, so that all threads end together (guided self-scheduling:
 * Polychronopoulos & Kuck 1987); not smaller than what is run at once. */
static int64_t unit_size(const struct shared *sh)
{
    int64_t share = sh->left / (2 * sh->request->threads), whole = sh->end - sh->next;
    int64_t size = share < KERNEL_LANES ? KERNEL_LANES : share / KERNEL_LANES * KERNEL_LANES;
    return size < whole ? size : whole;
}

static bool is_stopped(const struct shared *sh)
{
    const volatile sig_atomic_t *stop = sh->request->stop;
    return sh->error != 0 || (stop != NULL && *stop);
}

static enum next next_unit(struct shared *sh, struct unit **out)
{
    if (is_stopped(sh))
        return NEXT_NONE;
    if (sh->n_waiting >= 3 * sh->request->threads)
        return NEXT_WAIT;
    enum next found = find_work(sh);
    if (found != NEXT_UNIT)
        return found;
    int64_t size = unit_size(sh);
    *out = unit_make(sh->request->subject, sh->cell, (uint32_t)sh->next, (uint32_t)size);
    if (*out == NULL) {
        sh->error = ERROR_NOMEM;
        return NEXT_NONE;
    }
    sh->next += size;
    sh->left -= size;
    sh->flights[sh->n_flights++] = (struct flight){sh->cell, sh->next};
    return NEXT_UNIT;
}

/* ---- what is done --------------------------------------------------------------------------- */

static void land(struct shared *sh, const struct unit *u)
{
    int k = 0;
    while (sh->flights[k].cell != u->cell || sh->flights[k].end != (int64_t)u->first + u->room)
        k++;
    sh->flights[k] = sh->flights[--sh->n_flights];
}

static int put_results(struct shared *sh, struct worker *w, const struct unit *u,
                       struct cell_state *state)
{
    const struct subject *s = sh->request->subject;
    const size_t n = subject_sums(s);
    int status = writer_find_sums(&sh->writer, u->cell, sh->sums, n);
    if (status != 0)
        return status;
    worker_fold(w, u, sh->sums);
    state->done += u->n;
    worker_summarise(w, sh->sums, state->done, sh->summaries, sh->claims);
    state->error = sh->design->precision > 0 ? sh->summaries[sh->design->precision_of].mcse : NAN;
    status = writer_unit(&sh->writer, s, u);
    if (status == 0)
        status = writer_sums(&sh->writer, u->cell, sh->sums, n);
    if (status == 0)
        status = writer_summaries(&sh->writer, s, u->cell, sh->summaries);
    return status == 0 ? writer_claims(&sh->writer, s, u->cell, state->done, sh->claims) : status;
}

static int put(struct shared *sh, struct worker *w, const struct unit *u, struct cell_state *state)
{
    bool failed = u->cause[0] != '\0';
    int status = u->n > 0 ? put_results(sh, w, u, state) : 0;
    if (status == 0)
        status = writer_cell(&sh->writer, sh->request->subject->plan, u->cell, state,
                             failed ? u->cause : NULL);
    sh->units++;
    sh->replicates += u->n;
    sh->total += u->n;
    if (failed && sh->cell == u->cell)
        sh->end = sh->next;
    if (failed || is_complete(sh->design, state)) {
        sh->left -= sh->design->replicates - given_out(sh, u->cell);
        finish(sh, u->cell);
    }
    return status;
}

/* Takes what can be taken of those that wait: their cell is that far, or has failed. */
static bool take_waiting(struct shared *sh, struct worker *w)
{
    for (struct unit **link = &sh->waiting; *link != NULL && sh->error == 0;
         link = &(*link)->next) {
        struct unit *u = *link;
        struct cell_state state;
        sh->error = writer_find_cell(&sh->writer, u->cell, &state);
        if (sh->error != 0 || (!state.failed && state.done != u->first))
            continue;
        if (!state.failed && (u->n > 0 || u->cause[0] != '\0'))
            sh->error = put(sh, w, u, &state);
        *link = u->next;
        land(sh, u);
        unit_free(u);
        sh->n_waiting--;
        return true;
    }
    return false;
}

/* 1: somebody reads; the next commit has these units too. */
static int commit(struct shared *sh, int patience)
{
    char now[32];
    double seconds = sh->request->seconds();
    sh->request->now(now);
    const struct batch_row batch = {now, seconds - sh->committed, sh->units, sh->replicates};
    sh->committed = seconds;
    sh->units = 0;
    sh->replicates = 0;
    return writer_commit(&sh->writer, &batch, patience);
}

static void commit_now(struct shared *sh)
{
    int status = commit(sh, PATIENCE);
    sh->error = status == 1 ? 0 : status;
}

static void deposit(struct shared *sh, struct worker *w, struct unit *u)
{
    u->next = sh->waiting;
    sh->waiting = u;
    sh->n_waiting++;
    while (sh->error == 0 && take_waiting(sh, w))
        continue;
    if (sh->error == 0 && sh->request->seconds() - sh->committed >= BATCH)
        commit_now(sh);
    if (sh->request->progress != NULL && sh->error == 0)
        sh->request->progress(sh->request->user, sh->total);
    cnd_broadcast(&sh->deposited);
}

/* ---- threads -------------------------------------------------------------------------------- */

static void work(struct shared *sh)
{
    struct worker w;
    int status = worker_init(&w, sh->request->subject);
    mtx_lock(&sh->lock);
    if (status != 0)
        sh->error = status;
    for (enum next found = NEXT_WAIT; found != NEXT_NONE;) {
        struct unit *u = NULL;
        found = next_unit(sh, &u);
        if (found == NEXT_WAIT)
            cnd_wait(&sh->deposited, &sh->lock);
        if (found != NEXT_UNIT)
            continue;
        mtx_unlock(&sh->lock);
        worker_run(&w, u, sh->request->stop);
        mtx_lock(&sh->lock);
        deposit(sh, &w, u);
    }
    cnd_broadcast(&sh->deposited);
    mtx_unlock(&sh->lock);
    worker_release(&w);
}

static int allocate(struct shared *sh)
{
    const struct subject *s = sh->request->subject;
    size_t values = (size_t)(s->n_arms * s->n_outcomes);
    sh->sums = calloc(subject_sums(s) + 1, sizeof *sh->sums);
    sh->summaries = calloc(values, sizeof *sh->summaries);
    sh->claims = calloc((size_t)s->n_claims + 1, sizeof *sh->claims);
    sh->flights = calloc((size_t)(5 * sh->request->threads), sizeof *sh->flights);
    return sh->sums && sh->summaries && sh->claims && sh->flights ? 0 : ERROR_NOMEM;
}

static void release(struct shared *sh)
{
    for (struct unit *u = sh->waiting, *next; u != NULL; u = next) {
        next = u->next;
        unit_free(u);
    }
    free(sh->sums);
    free(sh->summaries);
    free(sh->claims);
    free(sh->flights);
    free(sh->only);
    free(sh->finished);
}

/* ---- what the store has --------------------------------------------------------------------- */

/* Calls `each` for every cell that was begun. */
static int each_cell(struct store *s, void (*each)(void *user, int64_t cell, struct cell_state *c),
                     void *user)
{
    struct db_query *q = db_query(s->db, "SELECT cell, done, cause, error FROM cells");
    int status = q == NULL ? db_code(s->db) : 1;
    while (status == 1 && (status = db_next(q)) == 1) {
        struct cell_state c = {db_get_int(q, 1), !db_is_null(q, 2), db_get_real(q, 3)};
        each(user, db_get_int(q, 0), &c);
    }
    return status;
}

struct counting {
    const struct store_design *design;
    struct sweep_result *result;
};

static void count_cell(void *user, int64_t cell, struct cell_state *c)
{
    const struct counting *counting = user;
    struct sweep_result *r = counting->result;
    (void)cell;
    r->failed += c->failed;
    r->begun += !c->failed && c->done > 0;
    r->complete += is_complete(counting->design, c);
    r->replicates += c->done;
}

int sweep_count(struct store *s, struct sweep_result *r)
{
    struct counting counting = {&s->design, r};
    *r = (struct sweep_result){.own = store_design_own_cells(&s->design)};
    return each_cell(s, count_cell, &counting);
}

static void mark_cell(void *user, int64_t cell, struct cell_state *c)
{
    struct shared *sh = user;
    bool finished = c->failed || is_complete(sh->design, c);
    sh->total += c->done;
    if (sh->only != NULL)
        return;
    sh->left -= finished ? sh->design->replicates : c->done;
    if (finished)
        finish(sh, cell);
}

/* Marks what the store has finished; of cells that run again, none is. */
static int mark_finished(struct shared *sh)
{
    sh->unfinished = sh->own;
    sh->left = sh->own * sh->design->replicates;
    sh->finished = calloc((size_t)(sh->own / 64 + 1), sizeof *sh->finished);
    return sh->finished == NULL ? ERROR_NOMEM : each_cell(sh->request->store, mark_cell, sh);
}

/* A reader may keep the last batch from its place for a while. */
static int commit_last(struct shared *sh)
{
    int status = 1;
    for (int k = 0; k < LAST_TRIES && status == 1; k++)
        status = commit(sh, LAST_PATIENCE);
    return status == 1 ? ERROR_IO : status;
}

static int run_all(struct shared *sh)
{
    const struct sweep_request *q = sh->request;
    int status = allocate(sh);
    sh->own = store_design_own_cells(sh->design);
    if (status == 0)
        status = writer_init(&sh->writer, q->store, &q->run);
    if (status == 0 && q->retry)
        status = writer_retry(&sh->writer, q->subject->plan, &sh->only, &sh->own);
    if (status == 0)
        status = mark_finished(sh);
    if (status != 0)
        return status;
#pragma omp parallel num_threads(q->threads)
    work(sh);
    return sh->error != 0 ? sh->error : commit_last(sh);
}

int sweep_run(const struct sweep_request *q, struct sweep_result *result, struct diag *diag)
{
    struct shared sh = {.request = q, .design = &q->store->design, .committed = q->seconds()};
    *result = (struct sweep_result){0};
    if (mtx_init(&sh.lock, mtx_plain) != thrd_success)
        return ERROR_NOMEM;
    if (cnd_init(&sh.deposited) != thrd_success) {
        mtx_destroy(&sh.lock);
        return ERROR_NOMEM;
    }
    int status = run_all(&sh);
    if (status == 0)
        status = sweep_count(q->store, result);
    if (status != 0)
        store_failed(q->store, status, "written", diag);
    release(&sh);
    mtx_destroy(&sh.lock);
    cnd_destroy(&sh.deposited);
    return status != 0 ? status : q->stop != NULL && *q->stop ? ERROR_STOPPED : 0;
}
