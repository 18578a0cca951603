#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"

/* configs/starter.cfg as it is when the program is built; the assembler looks from the project's
 * folder, where make runs. */
__asm__(".pushsection .rodata\n"
        ".global starter_text\n"
        "starter_text:\n"
        ".incbin \"configs/starter.cfg\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char starter_text[];

/* The starter's own name; the text has this word for nothing else. */
static const char placeholder[] = "starter";

/* The rule of scenario.name. */
static bool is_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    return strchr(allowed, name[0]) != NULL && isalnum((unsigned char)name[0]) &&
           name[strspn(name, allowed)] == '\0' && strlen(name) <= 64;
}

static int refuse_name(const char *name)
{
    size_t n = strlen(name);
    fprintf(stderr, "waltz new: \"%s\": allowed: a small letter or digit, then these, - and _, at most 64",
            name);
    if (strchr(name, '/') != NULL)
        fprintf(stderr, "; the file is written into the current folder, and a path is no name");
    else if (n > 4 && strcmp(name + n - 4, ".cfg") == 0)
        fprintf(stderr, "; \".cfg\" is added to it");
    fprintf(stderr, "\n");
    return error_exit_code(ERROR_USAGE);
}

static void fill(struct text *out, const char *name)
{
    const char *rest = starter_text;
    for (const char *at; (at = strstr(rest, placeholder)) != NULL; rest = at + strlen(placeholder)) {
        text_add(out, rest, (size_t)(at - rest));
        text_add(out, name, strlen(name));
    }
    text_add(out, rest, strlen(rest));
}

/* A file that was not there before, whole or not at all. 0, or ERROR_IO with errno. */
static int write_file(const char *path, const struct text *content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd < 0)
        return ERROR_IO;
    errno = 0;
    size_t done = 0;
    while (done < content->length) {
        ssize_t n = write(fd, content->s + done, content->length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        done += (size_t)n;
    }
    bool whole = done == content->length && fsync(fd) == 0;
    int cause = errno;
    if (close(fd) != 0 && whole) {
        whole = false;
        cause = errno;
    }
    if (!whole)
        unlink(path);
    errno = cause;
    return whole ? 0 : ERROR_IO;
}

/* What stands at path keeps its place until the new file is whole. */
static int replace_file(const char *path, const struct text *content)
{
    struct text hidden = {0};
    text_printf(&hidden, ".%s.partial-%ld", path, (long)getpid());
    if (hidden.failed) {
        text_release(&hidden);
        return ERROR_NOMEM;
    }
    unlink(hidden.s); /* left by a killed process that had this number */
    int status = write_file(hidden.s, content);
    if (status == 0 && rename(hidden.s, path) != 0) {
        int cause = errno;
        unlink(hidden.s);
        errno = cause;
        status = ERROR_IO;
    }
    text_release(&hidden);
    return status;
}

static int tell(const char *path, const char *name, int status)
{
    if (status == ERROR_NOMEM)
        return fail(status, NULL);
    if (status == 0) {
        printf("%s: a small world to change, every line explained. Next:\n"
               "  waltz check %s.cfg\n  waltz run %s.cfg\n  waltz reproduce %s.cfg\n",
               path, name, name, name);
        return 0;
    }
    if (errno == EEXIST) {
        fprintf(stderr, "waltz new: %s exists already; allowed: another name, or --force to replace it\n",
                path);
        return error_exit_code(ERROR_USAGE);
    }
    fprintf(stderr, "waltz new: cannot write %s: %s\n", path, strerror(errno));
    return error_exit_code(status);
}

int cmd_new(const struct options *o)
{
    if (o->n_arguments != 1) {
        fprintf(stderr, "waltz new: one name is needed, as in `waltz new my-question`\n");
        return error_exit_code(ERROR_USAGE);
    }
    const char *name = o->arguments[0];
    if (!is_name(name))
        return refuse_name(name);
    struct text path = {0}, content = {0};
    text_printf(&path, "%s.cfg", name);
    fill(&content, name);
    int status = path.failed || content.failed ? ERROR_NOMEM
                 : o->force                    ? replace_file(path.s, &content)
                                               : write_file(path.s, &content);
    int code = tell(path.s, name, status);
    text_release(&content);
    text_release(&path);
    return code;
}
