#define _GNU_SOURCE /* program_invocation_name */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "run/folder.h"
#include "scenario/names.h"

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
static const char starter_name[] = "starter";

static int refuse_name(const char *name)
{
    size_t n = strlen(name);
    fprintf(stderr, "waltz new: \"%s\": allowed: %s", name, name_folder.text);
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
    for (const char *at; (at = strstr(rest, starter_name)) != NULL;
         rest = at + strlen(starter_name)) {
        text_add(out, rest, (size_t)(at - rest));
        text_add(out, name, strlen(name));
    }
    text_add(out, rest, strlen(rest));
}

/* A file that was not there before, whole or not at all. 0, or ERROR_IO with errno. */
static int write_file(const char *path, const struct text *content)
{
    FILE *file = fopen(path, "wx");
    if (file == NULL)
        return ERROR_IO;
    errno = 0;
    fwrite(content->s, 1, content->length, file);
    int status = folder_close_file(file), cause = errno;
    if (status != 0)
        unlink(path);
    errno = cause;
    return status;
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

/* The commands as this one was called, so that they can be copied. */
static void show_next(const char *name)
{
    static const char *const commands[] = {"check", "run", "reproduce"};
    const char *program = program_invocation_name, *quote = strchr(program, ' ') ? "'" : "";
    printf("%s.cfg: a small world to change, every line explained. Next:\n", name);
    for (size_t k = 0; k < sizeof commands / sizeof *commands; k++)
        printf("  %s%s%s %s %s.cfg\n", quote, program, quote, commands[k], name);
}

static int tell_refusal(const char *path, int status)
{
    if (status == ERROR_NOMEM)
        return fail(status, NULL);
    if (errno == EEXIST) {
        fprintf(stderr,
                "waltz new: %s exists already; allowed: another name, or --force to replace it\n",
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
    if (!name_folder.holds(name))
        return refuse_name(name);
    struct text path = {0}, content = {0};
    text_printf(&path, "%s.cfg", name);
    fill(&content, name);
    int status = path.failed || content.failed ? ERROR_NOMEM
                 : o->force                    ? replace_file(path.s, &content)
                                               : write_file(path.s, &content);
    int code = status == 0 ? 0 : tell_refusal(path.s, status);
    if (status == 0)
        show_next(name);
    text_release(&content);
    text_release(&path);
    return code;
}
