#include "scenario/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"

static int refuse(const char *path, struct where named_at, int cause, struct diag *diag)
{
    struct where self = diag_at(path, 0);
    const char *why = cause == EISDIR ? "it is a folder, not a file" : strerror(cause);
    if (cause == ENOMEM)
        return ERROR_NOMEM;
    if (named_at.file != NULL)
        return diag_error(diag, named_at, "cannot read \"%s\": %s", path, why);
    return diag_error(diag, self, "cannot read: %s", why);
}

/* Appends the rest of the file. 0, ERROR_IO or ERROR_NOMEM. */
static int slurp(FILE *f, struct text *text)
{
    char block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof block, f)) > 0) {
        text_add(text, block, n);
        if (text->failed)
            return ERROR_NOMEM;
        if (text->length > SOURCE_BYTES_MAX)
            return errno = EFBIG, ERROR_IO;
    }
    return ferror(f) ? ERROR_IO : 0;
}

static int line_of(const struct text *text, const char *at)
{
    int line = 1;
    for (const char *p = text->s; p < at; p++)
        line += *p == '\n';
    return line;
}

/* UTF-8 without NUL bytes; a byte order mark is dropped. */
static int check_bytes(const char *path, struct text *text, struct diag *diag)
{
    const char *p = memchr(text->s, '\0', text->length);
    if (p != NULL)
        return diag_error(diag, diag_at(path, line_of(text, p)),
                          "a NUL byte: this is not a text file; allowed: UTF-8 text");
    p = text_broken(text->s);
    if (p != NULL)
        return diag_error(diag, diag_at(path, line_of(text, p)),
                          "the byte 0x%02X is no UTF-8, maybe Latin-1; allowed: UTF-8 text",
                          (unsigned char)*p);
    if (text->length >= 3 && memcmp(text->s, "\xef\xbb\xbf", 3) == 0) {
        memmove(text->s, text->s + 3, text->length - 2);
        text->length -= 3;
    }
    return 0;
}

int source_read(const char *path, struct where named_at, struct text *text, struct diag *diag)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return refuse(path, named_at, errno, diag);
    if (S_ISDIR(info.st_mode))
        return refuse(path, named_at, EISDIR, diag);
    if (diag->rehearsal && !S_ISREG(info.st_mode))
        return ERROR_STOPPED;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return refuse(path, named_at, errno, diag);
    int status = slurp(f, text);
    if (status == ERROR_IO)
        status = refuse(path, named_at, errno, diag);
    fclose(f);
    if (status != 0)
        return status;
    text_add(text, "", 0);
    return text->failed ? ERROR_NOMEM : check_bytes(path, text, diag);
}

char *source_beside(const char *from, const char *name)
{
    const char *slash = strrchr(from, '/');
    struct text path = {0};
    if (name[0] != '/' && slash != NULL)
        text_add(&path, from, (size_t)(slash - from) + 1);
    text_add(&path, name, strlen(name));
    if (path.failed)
        text_release(&path);
    return path.s;
}

static const char *keep_name(struct source *source, const char *path)
{
    char **files = realloc(source->files, ((size_t)source->n_files + 1) * sizeof *files);
    if (files == NULL)
        return NULL;
    source->files = files;
    files[source->n_files] = text_copy(path);
    return files[source->n_files] == NULL ? NULL : files[source->n_files++];
}

static int add_line(struct source *source, const char *s, size_t n, struct where at)
{
    if (source->n_lines == source->capacity) {
        int capacity = source->capacity == 0 ? 1024 : 2 * source->capacity;
        struct where *lines = realloc(source->lines, (size_t)capacity * sizeof *lines);
        if (lines == NULL)
            return ERROR_NOMEM;
        source->lines = lines;
        source->capacity = capacity;
    }
    source->lines[source->n_lines++] = at;
    text_add(&source->text, s, n);
    text_add(&source->text, "\n", 1);
    return source->text.failed ? ERROR_NOMEM : 0;
}

/* Where a place in the text lies, and in which line that comment or string opened. An @include
 * within one is none; one that never closes would swallow the rest of the file without a word. */
enum lexical { IN_CODE, IN_COMMENT, IN_STRING };
struct lexer {
    enum lexical state;
    int opened;
};

static void enter(struct lexer *l, enum lexical state, int line)
{
    l->state = state;
    l->opened = line;
}

/* Moves on behind a line of n bytes. */
static void pass_line(struct lexer *l, const char *s, size_t n, int line)
{
    for (size_t k = 0; k < n; k++) {
        char c = s[k], next = k + 1 < n ? s[k + 1] : '\0';
        if (l->state == IN_CODE && (c == '#' || (c == '/' && next == '/')))
            break;
        if (l->state == IN_CODE && c == '/' && next == '*') {
            enter(l, IN_COMMENT, line);
            k++;
        } else if (l->state == IN_COMMENT && c == '*' && next == '/') {
            l->state = IN_CODE;
            k++;
        } else if (l->state == IN_STRING && c == '\\') {
            k++;
        } else if (l->state == IN_CODE && c == '"') {
            enter(l, IN_STRING, line);
        } else if (l->state == IN_STRING && c == '"') {
            l->state = IN_CODE;
        }
    }
}

bool source_closes(const char *text)
{
    struct lexer lexer = {IN_CODE, 0};
    for (const char *p = text; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n')
        pass_line(&lexer, p, strcspn(p, "\n"), 0);
    return lexer.state == IN_CODE;
}

/* Is it a line `@include "name"`? Appends the name; *used is the length of this part of the line.
 */
static bool included(const char *line, size_t n, struct text *name, size_t *used)
{
    size_t k = strspn(line, " \t");
    static const char word[] = "@include";
    if (k + sizeof word - 1 > n || strncmp(line + k, word, sizeof word - 1) != 0)
        return false;
    const char *open = memchr(line + k, '"', n - k), *end = line + n;
    if (open == NULL)
        return false;
    const char *close = memchr(open + 1, '"', (size_t)(end - open - 1));
    text_add(name, open + 1, (size_t)((close == NULL ? end : close) - open) - 1);
    *used = close == NULL ? n : (size_t)(close + 1 - line);
    return true;
}

static int expand(struct source *source, const char *path, struct where named_at, int depth,
                  struct diag *diag);

static int expand_include(struct source *source, const char *name, struct where at, int depth,
                          struct diag *diag)
{
    if (depth + 1 >= SOURCE_INCLUDE_DEPTH)
        return diag_error(diag, at, "@include \"%s\": more than %d files deep, or in a circle",
                          name, SOURCE_INCLUDE_DEPTH);
    char *path = source_beside(at.file, name);
    int status = path == NULL ? ERROR_NOMEM : expand(source, path, at, depth + 1, diag);
    free(path);
    return status;
}

static int expand_lines(struct source *source, const char *text, const char *file, int depth,
                        struct diag *diag)
{
    int line = 1, status = 0;
    struct lexer lexer = {IN_CODE, 0};
    for (const char *p = text; *p != '\0' && status == 0; line++) {
        size_t n = strcspn(p, "\n"), used = 0;
        struct where at = diag_at(file, line);
        struct text name = {0};
        bool includes = lexer.state == IN_CODE && included(p, n, &name, &used);
        if (includes)
            status = name.failed ? ERROR_NOMEM : expand_include(source, name.s, at, depth, diag);
        if (status == 0 && (!includes || used + strspn(p + used, " \t\r") < n))
            status = add_line(source, p + used, n - used, at);
        pass_line(&lexer, p + used, n - used, line);
        text_release(&name);
        p += n + (p[n] == '\n');
    }
    if (status == 0 && lexer.state != IN_CODE)
        status = diag_error(diag, diag_at(file, lexer.opened),
                            lexer.state == IN_STRING ? "a quote opens and never closes"
                                                     : "a comment opens and never closes");
    return status;
}

static int expand(struct source *source, const char *path, struct where named_at, int depth,
                  struct diag *diag)
{
    struct text text = {0};
    if (source->n_files >= SOURCE_FILES_MAX)
        return diag_error(diag, named_at, "more than %d files are included", SOURCE_FILES_MAX);
    const char *file = keep_name(source, path);
    int status = file == NULL ? ERROR_NOMEM : source_read(file, named_at, &text, diag);
    if (status == 0)
        status = expand_lines(source, text.s, file, depth, diag);
    if (status == 0 && source->text.length > SOURCE_BYTES_MAX)
        status = diag_error(diag, diag_at(file, 0), "too long with what it includes");
    text_release(&text);
    return status;
}

int source_load(struct source *source, const char *path, struct diag *diag)
{
    *source = (struct source){0};
    int status = expand(source, path, diag_at(NULL, 0), 0, diag);
    if (status != 0)
        source_release(source);
    return status;
}

void source_release(struct source *source)
{
    text_release(&source->text);
    free(source->lines);
    for (int k = 0; k < source->n_files; k++)
        free(source->files[k]);
    free(source->files);
    *source = (struct source){0};
}

struct where source_where(const struct source *source, int line)
{
    if (source->n_lines == 0)
        return diag_at(source->n_files > 0 ? source->files[0] : NULL, 0);
    if (line < 1)
        line = 1;
    return source->lines[(line > source->n_lines ? source->n_lines : line) - 1];
}
