#include "cli/load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

/* Asks for memory as the parent will, piece by piece, and ends; nobody sees what happens. */
static void rehearse(const char *path, const char *const *sets, int n)
{
    struct scenario *sc = NULL;
    struct diag diag = {0};
    int nowhere = open("/dev/null", O_RDWR);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && nowhere >= 0; fd++)
        dup2(nowhere, fd);
    _exit(scenario_load(&sc, path, sets, n, &diag) == ERROR_NOMEM);
}

/* Does a child with the same memory survive the reading? What is no plain file could not be read
 * twice. */
static bool is_survived(const char *path, const char *const *sets, int n)
{
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return true;
    pid_t child = fork();
    if (child == 0)
        rehearse(path, sets, n);
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return status == 0;
}

int load_scenario(struct scenario **out, const char *path, const char *const *sets, int n,
                  struct diag *diag)
{
    return is_survived(path, sets, n) ? scenario_load(out, path, sets, n, diag) : ERROR_NOMEM;
}
