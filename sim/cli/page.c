#include "cli/page.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

/* Debian's, whose packages another python3 on PATH may not see. */
static const char python[] = "/usr/bin/python3";

/* The folder that holds `analysis`, or an empty text. */
static void find_package(struct text *out)
{
    static const char *const places[] = {"..", "../share/waltz"};
    char program[4096];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    char *slash = n <= 0 ? NULL : (program[n] = '\0', strrchr(program, '/'));
    text_add(out, "", 0);
    if (slash == NULL)
        return;
    *slash = '\0';
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        struct text path = {0};
        text_printf(&path, "%s/%s/analysis/__main__.py", program, places[k]);
        bool found = path.s != NULL && access(path.s, R_OK) == 0;
        text_release(&path);
        if (found) {
            text_printf(out, "%s/%s", program, places[k]);
            return;
        }
    }
}

/* In the child: stdout is the caller's, where the folder's name is to stand alone. */
static void run_python(const char *package, const char *command, const char *results)
{
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0)
        dup2(nowhere, STDOUT_FILENO);
    struct text path = {0}; /* which is no option, whatever it begins with */
    text_printf(&path, "%s%s", results[0] == '-' ? "./" : "", results);
    if (path.failed)
        _exit(127);
    setenv("PYTHONPATH", package, 1);
    setenv("PYTHONSAFEPATH", "1", 1); /* no other `analysis` that stands where the caller does */
    execl(python, python, "-m", "analysis", command, path.s, (char *)NULL);
    _exit(127);
}

bool page_write(const char *command, const char *results)
{
    struct text package = {0};
    int status = -1;
    find_package(&package);
    bool found = package.s != NULL && package.s[0] != '\0';
    pid_t child = -1;
    fflush(stdout);
    if (found)
        child = fork();
    if (child == 0)
        run_python(package.s, command, results);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    bool written = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!written)
        fprintf(stderr,
                "waltz: no page%s; the results are whole. To make it, in the project's folder: %s "
                "-m analysis %s %s\n",
                found ? "" : " (the folder analysis is not beside the program)", python, command,
                results);
    text_release(&package);
    return written;
}
