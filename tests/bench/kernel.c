/* How fast a kernel steps: kernel SCENARIO KERNEL REPLICATES [PATH=VALUE...]. Nothing is measured
 * or written on the way. One line of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "run/replicate.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* `held` grows by the draws of lane 0 that hold. */
static int step_all(struct replicate *r, uint32_t number, double *held)
{
    struct simulation *s = &r->simulation;
    const int ticks = simulation_ticks(r->experiment->scenario),
              status = replicate_start(r, number);
    s->observe = NULL;
    for (int t = 0; t < ticks && status == 0; t++) {
        s->kernel->step(s, &r->stream);
        *held += tally_total(&s->tally, HOLD, 0);
        simulation_advance(s);
    }
    return status;
}

static int fail(const struct diag *diag)
{
    fputs(diag->text.s ? diag->text.s : "usage: kernel SCENARIO KERNEL REPLICATES [SET...]\n",
          stderr);
    return 1;
}

int main(int argc, char **argv)
{
    struct diag diag = {0};
    struct scenario *sc = NULL;
    struct experiment x;
    struct replicate r;
    double held = 0;
    const struct kernel *kernel = argc < 4 ? NULL : kernel_find(argv[2]);
    if (kernel == NULL ||
        scenario_load(&sc, argv[1], (const char *const *)argv + 4, argc - 4, &diag) != 0 ||
        experiment_init(&x, sc, 1, RECORD_OUTCOMES, &diag) != 0 ||
        replicate_init(&r, &x, kernel) != 0 || step_all(&r, 0, &held) != 0)
        return fail(&diag);
    const int wanted = atoi(argv[3]), lanes = kernel->lanes, ticks = simulation_ticks(sc);
    int done = 0;
    held = 0;
    const double began = now();
    for (; done < wanted; done += lanes)
        if (step_all(&r, (uint32_t)done, &held) != 0)
            return fail(&diag);
    const double seconds = now() - began, draws = r.simulation.tally.draws * (double)sc->n_states;
    printf("{\"replicates\": %d, \"seconds\": %.9g, \"states\": %d, \"ticks\": %d, \"lanes\": %d, "
           "\"draws\": %d, \"moving\": %.4f}\n",
           done, seconds, sc->n_states, ticks, lanes, r.simulation.tally.draws,
           1 - held * lanes / (draws * ticks * done));
    replicate_release(&r);
    experiment_release(&x);
    scenario_free(sc);
    diag_release(&diag);
    return 0;
}
