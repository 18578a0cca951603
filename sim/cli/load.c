#include "cli/load.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
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
