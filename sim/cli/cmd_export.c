#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "run/export.h"

static int export_to(struct store *s, struct folder *folder, const struct options *o,
                     struct diag *diag)
{
    int status =
        folder_open(folder, o->folder, store_design_value(&s->design, "name"), o->force, diag);
    bool opened = status == 0;
    errno = 0;
    if (status == 0)
        status = export_write(s, folder, o->command_line, diag);
    if (status == 0)
        status = folder_commit(folder);
    int cause = errno;
    print_diag(diag);
    if (status == 0)
        printf("%s\n", folder->path);
    else if (opened && diag->errors == 0)
        return tell_failure(folder, status, cause);
    return status == 0 ? 0 : fail(status, diag);
}

int cmd_export(const struct options *o)
{
    if (o->n_arguments != 1) {
        fprintf(stderr, "waltz export: one store is needed; `waltz export --help` shows more\n");
        return error_exit_code(ERROR_USAGE);
    }
    struct diag diag = {0};
    struct folder folder = {0};
    struct store s = {.lock = -1};
    guard_folder(&folder);
    catch_signals();
    int status = store_open(&s, o->arguments[0], STORE_READ, NULL, &diag), code;
    if (status == 0) {
        code = export_to(&s, &folder, o, &diag);
    } else {
        print_diag(&diag);
        code = fail(status, &diag);
    }
    guard_folder(NULL);
    folder_release(&folder);
    store_close(&s);
    diag_release(&diag);
    return code;
}
