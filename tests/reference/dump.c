/* Writes one replicate's world after every tick, spin-up included, as raw doubles, for the
 * reference model to be held against: dump SCENARIO SEED REPLICATE >FILE. Which arrays, in which
 * order: tests/system/test_reference.py. */
#include <stdio.h>
#include <stdlib.h>

#include "run/replicate.h"

static void put(const double *v, int n)
{
    fwrite(v, sizeof *v, (size_t)n, stdout);
}

static void put_world(const struct simulation *s)
{
    const struct world *w = &s->world;
    const struct perception *p = &s->perception;
    const int n = w->n, nn = n * n;
    put(w->economy, n);
    put(w->military, n);
    for (int d = 0; d < DOMAINS; d++)
        put(w->cooperation[d], nn);
    put(w->dispute, nn);
    put(w->sanctions, nn);
    put(p->capability, n);
    put(p->insecurity, n);
    put(p->common_threat, nn);
    for (int k = 0; k < MOVES * nn; k++) {
        const struct pair dyad = {k % nn / n, k % n};
        put(&(double){tally_accepted(&s->tally, (enum move)(k / nn), dyad, 0)}, 1);
    }
}

int main(int argc, char **argv)
{
    struct diag diag = {0};
    struct scenario *sc = NULL;
    struct experiment x;
    struct replicate r;
    if (argc != 4 || scenario_load(&sc, argv[1], NULL, 0, &diag) != 0 ||
        experiment_init(&x, sc, strtoull(argv[2], NULL, 10), RECORD_OUTCOMES, &diag) != 0 ||
        replicate_init(&r, &x, &kernel_narrow) != 0 ||
        replicate_start(&r, (uint32_t)strtoul(argv[3], NULL, 10)) != 0) {
        fputs(diag.text.s ? diag.text.s : "usage: dump SCENARIO SEED REPLICATE >FILE\n", stderr);
        return 1;
    }
    for (int tick = simulation_ticks(sc); tick > 0; tick--) {
        if (replicate_step(&r) != 0)
            return 1;
        put_world(&r.simulation);
    }
    replicate_release(&r);
    experiment_release(&x);
    scenario_free(sc);
    diag_release(&diag);
    return fflush(stdout) == 0 ? 0 : 1;
}
