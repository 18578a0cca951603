#include "run/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

/* All that a folder of results holds. Nothing else is ever removed. */
static const char *const file_names[] = {
    "manifest.json", "effective.cfg", "summary.csv", "yearly.csv", "outcomes.csv",
    /* of reproduce */
    "claims.csv", "conditions.csv", "arms.csv", "draws.csv", "paths.csv", "changes.csv",
    "searches.csv", "dyads.csv", "why.json", "report.html",
    /* of export */
    "cells.csv", "replicates.csv", "summaries.csv",
    /* of calibrate */
    "posterior.csv", "parameters.csv", "targets.csv", "coverage.csv"};
enum { N_FILE_NAMES = sizeof file_names / sizeof *file_names };

/* A path put together on the heap; NULL without memory. */
static char *path_of(const char *format, ...)
{
    struct text t = {0};
    va_list args;
    va_start(args, format);
    text_vprintf(&t, format, args);
    va_end(args);
    if (t.failed)
        text_release(&t);
    return t.s;
}

static bool exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

int folder_make_parents(const char *path)
{
    char *copy = text_copy(path);
    if (copy == NULL)
        return ERROR_NOMEM;
    int status = 0;
    for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            status = ERROR_IO;
            break;
        }
        *slash = '/';
    }
    int saved = errno;
    free(copy);
    errno = saved;
    return status;
}

static char *next_number(const char *name)
{
    for (int k = 1;; k++) {
        char *path = path_of("results/%s/%03d", name, k);
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

static bool is_file_name(const char *name)
{
    for (int k = 0; k < N_FILE_NAMES; k++)
        if (strcmp(file_names[k], name) == 0)
            return true;
    return false;
}

/* Does the folder's manifest say that this program wrote it? */
static bool has_manifest(int folder)
{
    char text[4096] = "";
    int file = openat(folder, "manifest.json", O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return false;
    ssize_t n = read(file, text, sizeof text - 1);
    close(file);
    return n > 0 && strstr(text, "\"program\": \"waltz\"") != NULL;
}

/* Why what stands at path must not give way; `why` stays empty if it may: it is a folder, not a
 * link to one, and is empty or holds the files of a run and nothing else. 0, or ERROR_NOMEM. */
static int obstacle(const char *path, struct text *why)
{
    struct stat info;
    errno = 0;
    DIR *folder = lstat(path, &info) == 0 && S_ISDIR(info.st_mode) ? opendir(path) : NULL;
    if (folder == NULL && errno == ENOMEM)
        return ERROR_NOMEM;
    if (folder == NULL) {
        text_printf(why, "is no folder that can be read");
        return why->failed ? ERROR_NOMEM : 0;
    }
    int n = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        n++;
        if (why->length == 0 && !is_file_name(entry->d_name))
            text_printf(why, "holds \"%s\", which no run wrote", entry->d_name);
    }
    if (why->length == 0 && n > 0 && !has_manifest(dirfd(folder)))
        text_printf(why, "is no folder of results (no manifest.json of waltz)");
    closedir(folder);
    return why->failed ? ERROR_NOMEM : 0;
}

static bool names_a_folder(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
    return base[0] != '\0' && strcmp(base, ".") != 0 && strcmp(base, "..") != 0;
}

static int check_place(const struct folder *f, bool force, struct diag *diag)
{
    struct where at = diag_at(f->path, 0);
    if (f->replaces && !force) {
        diag_error(diag, at, "exists already; allowed: another -o, or --force to replace it");
        return ERROR_USAGE;
    }
    if (!names_a_folder(f->path)) {
        diag_error(diag, at, "cannot be replaced; allowed: the name of a folder of results");
        return ERROR_USAGE;
    }
    struct text why = {0};
    int status = f->replaces ? obstacle(f->path, &why) : 0;
    if (status == 0 && why.length > 0) {
        diag_error(diag, at, "%s, so --force does not replace it", why.s);
        status = ERROR_USAGE;
    }
    text_release(&why);
    return status;
}

int folder_open(struct folder *f, const char *path, const char *name, bool force, struct diag *diag)
{
    int status = 0;
    *f = (struct folder){.name = path == NULL ? name : NULL};
    f->path = path == NULL ? next_number(name) : text_copy(path);
    f->partial = f->path == NULL ? NULL : hidden(f->path, "partial");
    if (f->partial == NULL)
        status = ERROR_NOMEM;
    f->replaces = status == 0 && exists(f->path);
    if (status == 0)
        status = check_place(f, force, diag);
    if (status == 0)
        status = folder_make_parents(f->path);
    if (status == 0 && mkdir(f->partial, 0777) != 0)
        status = ERROR_IO;
    if (status == ERROR_IO)
        diag_error(diag, diag_at(f->path, 0), "cannot make the folder: %s", strerror(errno));
    if (status != 0) {
        free(f->partial);
        f->partial = NULL;
        folder_release(f);
    }
    return status;
}

FILE *folder_create(const struct folder *f, const char *name)
{
    char *path = path_of("%s/%s", f->partial, name);
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

/* Removes a folder of results with its files, also without memory; what it does not know, it
 * leaves. */
static void remove_results(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY);
    for (int k = 0; k < N_FILE_NAMES && folder >= 0; k++)
        unlinkat(folder, file_names[k], 0);
    if (folder >= 0)
        close(folder);
    rmdir(path);
}

/* Puts a folder's own entries on the disk, so that a rename outlives a power failure. */
static void settle(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY);
    if (folder < 0)
        return;
    fsync(folder);
    close(folder);
}

static void settle_parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *parent = slash == NULL ? text_copy(".") : path_of("%.*s/", (int)(slash - path), path);
    if (parent != NULL)
        settle(parent);
    free(parent);
}

/* The older run steps aside, and is removed only when the new one is in its place. What may give
 * way is looked at again: the run took time. */
static int replace(struct folder *f)
{
    struct text why = {0};
    char *old = hidden(f->path, "old");
    int status = old == NULL ? ERROR_NOMEM : obstacle(f->path, &why);
    if (status == 0 && why.length > 0) {
        errno = EEXIST;
        status = ERROR_IO;
    }
    if (status == 0 && rename(f->path, old) != 0)
        status = ERROR_IO;
    if (status == 0 && rename(f->partial, f->path) != 0) {
        int saved = errno;
        rename(old, f->path);
        errno = saved;
        status = ERROR_IO;
    } else if (status == 0) {
        remove_results(old);
    }
    int saved = errno;
    text_release(&why);
    free(old);
    errno = saved;
    return status;
}

/* Another run may have taken the number since; then the next free one. */
static int take_place(struct folder *f)
{
    while (rename(f->partial, f->path) != 0) {
        if (f->name == NULL || !exists(f->path))
            return ERROR_IO;
        free(f->path);
        f->path = next_number(f->name);
        if (f->path == NULL)
            return ERROR_NOMEM;
    }
    return 0;
}

int folder_commit(struct folder *f)
{
    settle(f->partial);
    int status = f->replaces ? replace(f) : take_place(f);
    f->complete = true;
    if (status != 0)
        return status;
    settle_parent(f->path);
    free(f->partial);
    f->partial = NULL;
    return 0;
}

void folder_release(struct folder *f)
{
    if (f->partial != NULL && !f->complete)
        remove_results(f->partial);
    free(f->partial);
    free(f->path);
    *f = (struct folder){0};
}
