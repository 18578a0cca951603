#include "cli/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "scenario/config.h"

volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
    stop_signal = number;
    signal(number, SIG_DFL); /* a second one ends at once */
}

static const struct {
    int number;
    const char *word;
} endings[] = {{SIGINT, "interrupted"}, {SIGTERM, "terminated"}, {SIGHUP, "hung up"}};
enum { N_ENDINGS = sizeof endings / sizeof *endings };

void catch_signals(void)
{
    for (int k = 0; k < N_ENDINGS; k++)
        if (signal(endings[k].number, on_signal) == SIG_IGN)
            signal(endings[k].number, SIG_IGN);
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away costs its lines, not the run */
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is told as any that cannot be written */
}

const char *stop_word(void)
{
    int k = 0;
    while (k < N_ENDINGS - 1 && endings[k].number != stop_signal)
        k++;
    return endings[k].word;
}

/* libgomp ends the program itself when it finds no memory or cannot start a thread. */
static struct folder *unfinished;

static void leave_no_half(void)
{
    if (unfinished != NULL)
        folder_release(unfinished);
}

void guard_folder(struct folder *folder)
{
    static bool registered;
    if (!registered)
        atexit(leave_no_half);
    registered = true;
    unfinished = folder;
}

int write_effective(const struct folder *folder, const struct scenario *sc, uint64_t *hash)
{
    char *text = scenario_text(sc);
    if (text == NULL)
        return ERROR_NOMEM;
    *hash = output_hash(text);
    FILE *file = folder_create(folder, "effective.cfg");
    if (file != NULL)
        fputs(text, file);
    free(text);
    return file == NULL ? ERROR_IO : folder_close_file(file);
}

int write_manifest(const struct folder *folder, const struct options *o, const struct experiment *x,
                   const struct ensemble *e, struct manifest *m)
{
    m->command_line = o->command_line;
    m->libconfig = config_library_version();
    m->threads = o->threads > 0 ? o->threads : ensemble_threads();
    FILE *file = folder_create(folder, "manifest.json");
    if (file == NULL)
        return ERROR_IO;
    output_manifest(file, x, e, m);
    return folder_close_file(file);
}

int write_file(const struct folder *folder, const char *name, const struct experiment *x,
               const struct ensemble *e,
               void (*write)(FILE *, const struct experiment *, const struct ensemble *))
{
    FILE *file = folder_create(folder, name);
    if (file == NULL)
        return ERROR_IO;
    write(file, x, e);
    return folder_close_file(file);
}

void session_now(char text[32])
{
    time_t now = time(NULL);
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
}

int tell_failure(const struct folder *folder, int status, int cause)
{
    bool io = status == ERROR_IO;
    fprintf(stderr, "waltz: %s: %s; ", io ? "cannot write the results" : error_text(status),
            io ? strerror(cause) : "the run has ended");
    if (folder->complete)
        fprintf(stderr, "they are kept in %s\n", folder->partial);
    else
        fprintf(stderr, "no folder is left\n");
    return error_exit_code(status);
}
