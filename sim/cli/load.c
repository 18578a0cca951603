#define _GNU_SOURCE /* memfd_create */
#include "cli/load.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

enum { OUT_OF_MEMORY = 1 };

/* Asks for memory as the parent will, piece by piece, and ends; nobody sees what happens. */
static void rehearse(const char *path, const char *const *sets, int n)
{
    struct scenario *sc = NULL;
    struct diag diag = {.rehearsal = true};
    int nowhere = open("/dev/null", O_RDWR);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && nowhere >= 0; fd++)
        dup2(nowhere, fd);
    _exit(scenario_load(&sc, path, sets, n, &diag) == ERROR_NOMEM ? OUT_OF_MEMORY : 0);
}

/* Does a child with the same memory survive the reading? What libconfig does without memory: it
 * writes where there is nothing, or lets its scanner end the program. */
static bool is_survived(const char *path, const char *const *sets, int n)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        rehearse(path, sets, n);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == 0;
    int cause = WTERMSIG(status);
    return cause != SIGSEGV && cause != SIGBUS && cause != SIGABRT;
}

int load_scenario(struct scenario **out, const char *path, const char *const *sets, int n,
                  struct diag *diag)
{
    return is_survived(path, sets, n) ? scenario_load(out, path, sets, n, diag) : ERROR_NOMEM;
}

bool load_again(const char *path)
{
    struct stat info;
    return stat(path, &info) != 0 || S_ISREG(info.st_mode);
}

int load_freeze(struct frozen *f, const struct scenario *sc)
{
    *f = (struct frozen){.file = -1, .text = scenario_text(sc)};
    if (f->text == NULL)
        return ERROR_NOMEM;
    const size_t length = strlen(f->text);
    f->file = memfd_create("effective.cfg", MFD_CLOEXEC);
    for (size_t done = 0; f->file >= 0 && done < length;) {
        ssize_t n = write(f->file, f->text + done, length - done);
        if (n < 0 && errno != EINTR)
            return ERROR_IO;
        done += n > 0 ? (size_t)n : 0;
    }
    snprintf(f->path, sizeof f->path, "/proc/self/fd/%d", f->file);
    return f->file < 0 ? ERROR_IO : 0;
}

void frozen_release(struct frozen *f)
{
    if (f->file >= 0)
        close(f->file);
    free(f->text);
    *f = (struct frozen){.file = -1};
}

/* ---- what a design is about ----------------------------------------------------------------- */

static int gather_sets(struct base *b, const struct design *design, const char *const *sets, int n)
{
    int status = texts_split(&b->sets, design->sweep.set);
    for (int k = 0; k < n && status == 0; k++)
        status = texts_add(&b->sets, "%s", sets[k]);
    return status;
}

int load_base(struct base *b, const struct design *design, const char *const *sets, int n,
              struct diag *diag)
{
    *b = (struct base){.frozen.file = -1, .path = design_beside(design, design->sweep.scenario)};
    int status = b->path == NULL ? ERROR_NOMEM : gather_sets(b, design, sets, n);
    if (status == 0)
        status =
            load_scenario(&b->scenario, b->path, (const char *const *)b->sets.at, b->sets.n, diag);
    if (status != 0)
        return status;
    status = load_freeze(&b->frozen, b->scenario);
    if (status == ERROR_IO)
        diag_error(diag, diag_at(b->path, 0), "cannot be kept in memory: %s", strerror(errno));
    return status;
}

void base_release(struct base *b)
{
    frozen_release(&b->frozen);
    scenario_free(b->scenario);
    texts_release(&b->sets);
    free(b->path);
}
