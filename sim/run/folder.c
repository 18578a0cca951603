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
static const char *const file_names[] = {"manifest.json", "effective.cfg", "summary.csv",
                                         "yearly.csv", "outcomes.csv"};
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
static bool has_manifest(const char *path)
{
    char text[4096] = "";
    char *name = path_of("%s/manifest.json", path);
    FILE *file = name == NULL ? NULL : fopen(name, "r");
    free(name);
    if (file == NULL)
        return false;
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n] = '\0';
    return strstr(text, "\"program\": \"waltz\"") != NULL;
}

/* Counts what is in a folder; *foreign (heap) names something that no run wrote, or is NULL.
 * Negative if it cannot be read. */
static int entries(const char *path, char **foreign)
{
    DIR *folder = opendir(path);
    int n = 0;
    *foreign = NULL;
    if (folder == NULL)
        return -1;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        n++;
        if (*foreign == NULL && !is_file_name(entry->d_name))
            *foreign = text_copy(entry->d_name);
    }
    closedir(folder);
    return n;
}

/* May the run that stands at path give way? */
static int check_existing(const char *path, bool force, struct diag *diag)
{
    struct where at = {path, 0};
    const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
    int before = diag->errors;
    char *foreign = NULL;
    int n = entries(path, &foreign);
    if (!force)
        diag_error(diag, at, "exists already; allowed: another -o, or --force to replace it");
    else if (base[0] == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
        diag_error(diag, at, "cannot be replaced; allowed: the name of a folder of results");
    else if (n < 0)
        diag_error(diag, at, "is no folder that can be read, so --force does not replace it");
    else if (foreign != NULL)
        diag_error(diag, at, "holds \"%s\", which no run wrote, so --force does not replace it",
                   foreign);
    else if (n > 0 && !has_manifest(path))
        diag_error(diag, at,
                   "is no folder of results (no manifest.json of waltz), so --force does not "
                   "replace it");
    free(foreign);
    return diag->errors > before ? ERROR_USAGE : 0;
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
        status = check_existing(f->path, force, diag);
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

/* Removes a folder of results with its files; what it does not know, it leaves. */
static void remove_results(const char *path)
{
    for (int k = 0; k < N_FILE_NAMES; k++) {
        char *file = path_of("%s/%s", path, file_names[k]);
        if (file != NULL)
            remove(file);
        free(file);
    }
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
        remove_results(old);
    free(old);
    return status;
}

/* Another run may have taken the number since; then the next free one. */
static int take_number(struct folder *f)
{
    while (rename(f->partial, f->path) != 0) {
        if (!f->numbered || (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR))
            return ERROR_IO;
        char *slash = strrchr(f->path, '/');
        char *next = path_of("%.*s/%03d", (int)(slash - f->path), f->path, atoi(slash + 1) + 1);
        if (next == NULL)
            return ERROR_NOMEM;
        free(f->path);
        f->path = next;
    }
    return 0;
}

int folder_commit(struct folder *f)
{
    settle(f->partial);
    int status = f->replaces ? replace(f) : take_number(f);
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
