#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

double progress_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_start(struct progress *p, uint64_t planned, bool quiet)
{
    *p = (struct progress){.quiet = quiet, .terminal = isatty(STDERR_FILENO), .planned = planned};
    p->started = p->shown = progress_clock();
}

void progress_show(struct progress *p, uint64_t done)
{
    double now = progress_clock(), pause = p->terminal ? 0.2 : 10;
    if (p->quiet || now - p->shown < pause)
        return;
    p->shown = now;
    double rate = (double)(done - p->before) / (now - p->started);
    double left = (double)(p->planned - done) / rate;
    fprintf(stderr, "%s%" PRIu64 " of %" PRIu64 " replicates, %.1f per second, %.0f s left%s",
            p->terminal ? "\r\033[K" : "", done, p->planned, rate, left, p->terminal ? "" : "\n");
    fflush(stderr);
}

void progress_end(const struct progress *p)
{
    if (!p->quiet && p->terminal)
        fputs("\r\033[K", stderr);
}
