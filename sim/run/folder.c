#define _XOPEN_SOURCE 700 /* nftw */

#include "run/folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static char *format(const char *pattern, const char *a, const char *b, int k)
{
    struct text t = {0};
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p == 'A')
            text_printf(&t, "%s", a);
        else if (*p == 'B')
            text_printf(&t, "%s", b);
        else if (*p == '#')
            text_printf(&t, "%03d", k);
        else
            text_add(&t, p, 1);
    }
    if (t.failed)
        text_release(&t);
    return t.s;
}

static bool exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static int make_parents(const char *path)
{
    char *copy = text_copy(path);
    if (copy == NULL)
        return ERROR_NOMEM;
    int status = 0;
    for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            status = ERROR_IO;
        *slash = '/';
    }
    free(copy);
    return status;
}

static char *next_number(const char *name, int from)
{
    for (int k = from;; k++) {
        char *path = format("results/A/#", name, "", k);
        if (path == NULL || !exists(path))
            return path;
        free(path);
    }
}

/* A free hidden name beside the path; a final slash is dropped from the path. A killed process may
 * have left a folder behind, and its number may come again. */
static char *hidden(char *path, const char *word)
{
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
    char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    struct text t = {0};
    if (slash != NULL)
        text_add(&t, path, (size_t)(slash - path) + 1);
    text_printf(&t, ".%s.%s-%ld", base, word, (long)getpid());
    size_t end = t.length;
    for (int k = 2; !t.failed && exists(t.s); k++) {
        t.length = end;
        text_printf(&t, "-%d", k);
    }
    if (t.failed)
        text_release(&t);
    return t.s;
}

static int refuse_existing(const char *path, bool force, struct diag *diag)
{
    struct where at = {path, 0};
    if (!force) {
        diag_error(diag, at, "exists already; allowed: another -o, or --force to replace it");
        return ERROR_USAGE;
    }
    char *manifest = format("A/manifest.json", path, "", 0);
    bool ours = manifest != NULL && exists(manifest);
    free(manifest);
    if (!ours && rmdir(path) == 0)
        return mkdir(path, 0777) == 0 ? 0 : ERROR_IO;
    if (!ours) {
        diag_error(diag, at,
                   "is no folder of results (it has no manifest.json), so --force does "
                   "not replace it");
        return ERROR_USAGE;
    }
    return 0;
}

int folder_open(struct folder *f, const char *path, const char *name, bool force, struct diag *diag)
{
    int status = 0;
    *f = (struct folder){.numbered = path == NULL};
    f->path = path == NULL ? next_number(name, 1) : text_copy(path);
    f->partial = f->path == NULL ? NULL : hidden(f->path, "partial");
    if (f->partial == NULL)
        status = ERROR_NOMEM;
    f->replaces = status == 0 && exists(f->path);
    if (f->replaces)
        status = refuse_existing(f->path, force, diag);
    if (status == 0)
        status = make_parents(f->path);
    if (status == 0 && mkdir(f->partial, 0777) != 0)
        status = ERROR_IO;
    if (status == ERROR_IO)
        diag_error(diag, (struct where){f->path, 0}, "cannot make the folder: %s", strerror(errno));
    if (status != 0) {
        free(f->partial);
        f->partial = NULL;
        folder_release(f);
    }
    return status;
}

FILE *folder_create(const struct folder *f, const char *name)
{
    char *path = format("A/B", f->partial, name, 0);
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    free(path);
    return file;
}

int folder_close_file(FILE *file)
{
    bool good = fflush(file) == 0 && !ferror(file) && fsync(fileno(file)) == 0;
    int saved = errno;
    good &= fclose(file) == 0;
    if (good)
        return 0;
    if (saved != 0)
        errno = saved;
    return ERROR_IO;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
    (void)info, (void)kind, (void)ftw;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The older run steps aside, and is removed only when the new one is in its place. */
static int replace(struct folder *f)
{
    char *old = hidden(f->path, "old");
    if (old == NULL)
        return ERROR_NOMEM;
    int status = rename(f->path, old) == 0 ? 0 : ERROR_IO;
    if (status == 0 && rename(f->partial, f->path) != 0) {
        int saved = errno;
        if (rename(old, f->path) != 0)
            saved = errno;
        errno = saved;
        status = ERROR_IO;
    }
    if (status == 0)
        remove_tree(old);
    free(old);
    return status;
}

int folder_commit(struct folder *f)
{
    int status = 0;
    if (f->replaces)
        status = replace(f);
    else
        while (rename(f->partial, f->path) != 0) {
            /* Another run may have taken the number since. */
            int last = f->numbered && (errno == ENOTEMPTY || errno == EEXIST)
                           ? atoi(strrchr(f->path, '/') + 1)
                           : -1;
            if (last < 0)
                return ERROR_IO;
            char *slash = strrchr(f->path, '/');
            *slash = '\0';
            char *next = format("A/#", f->path, "", last + 1);
            if (next == NULL)
                return ERROR_NOMEM;
            free(f->path);
            f->path = next;
        }
    if (status == 0) {
        free(f->partial);
        f->partial = NULL;
    }
    return status;
}

void folder_release(struct folder *f)
{
    if (f->partial != NULL)
        remove_tree(f->partial);
    free(f->partial);
    free(f->path);
    *f = (struct folder){0};
}
