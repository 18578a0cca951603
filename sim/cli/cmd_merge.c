#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/shard.h"
#include "run/folder.h"
#include "run/merge.h"

int cmd_merge(const struct options *o)
{
    if (o->n_arguments < 2) {
        fprintf(stderr, "waltz merge: the name of the joined store and those of the shards are "
                        "needed; `waltz merge --help` shows more\n");
        return error_exit_code(ERROR_USAGE);
    }
    struct diag diag = {0};
    struct sweep_result r = {0};
    const struct merge_request request = {.out = o->arguments[0],
                                          .in = o->arguments + 1,
                                          .n = o->n_arguments - 1,
                                          .replace = o->force,
                                          .partial = o->allow_partial};
    int status = shard_check_name(o->arguments[0]);
    if (status != 0)
        return error_exit_code(status);
    status = folder_make_parents(o->arguments[0]);
    if (status == ERROR_IO)
        diag_error(&diag, diag_at(o->arguments[0], 0), "cannot make the folder: %s",
                   strerror(errno));
    if (status == 0)
        status = merge_stores(&request, &r, &diag);
    print_diag(&diag);
    int code = status == 0 ? 0 : fail(status, &diag);
    diag_release(&diag);
    if (status != 0)
        return code;
    if (r.complete < r.own)
        fprintf(stderr, "waltz: %" PRId64 " of %" PRId64 " cells complete, %" PRId64 " failed\n",
                r.complete, r.own, r.failed);
    printf("%s\n", o->arguments[0]);
    return r.failed > 0 ? 1 : 0;
}
