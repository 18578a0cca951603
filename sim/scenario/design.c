#include "scenario/design.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "scenario/config.h"
#include "scenario/names.h"
#include "scenario/reader.h"
#include "scenario/records.h"
#include "scenario/source.h"

const char *design_column(const char *name)
{
    static const char *const columns[] = {
        "cell",  "arm",   "replicate", "replicates", "outcome", "n",     "mean",
        "sd",    "mcse",  "mean_path", "claim",      "shown",   "share", "done",
        "cause", "error", "sums",      "checksum",   "failure", "value", "failed"};
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        if (strcmp(name, columns[k]) == 0)
            return columns[k];
    return NULL;
}

static int is_name(const char *item, void *name)
{
    return strcmp(item, name) == 0;
}

static void check_targets(const struct design *d, struct diag *diag)
{
    for (int k = 0; k < d->n_targets; k++) {
        const struct target *t = &d->targets[k];
        if (text_each(d->sweep.outcomes, is_name, t->outcome) == 0)
            diag_error(diag, t->where,
                       "targets.%s: sweep.outcomes has no such outcome; allowed: one of them",
                       t->outcome);
        if (t->scale == SCALE_LOG && t->value <= 0)
            diag_error(diag, t->where,
                       "targets.%s.value = %g: allowed: above 0 with scale = \"log\"", t->outcome,
                       t->value);
    }
}

static void check_names(const struct design *d, struct diag *diag)
{
    if (!name_folder.holds(d->sweep.name))
        diag_error(diag, design_where(d, "name"), "sweep.name = %s: not a name here; allowed: %s",
                   d->sweep.name, name_folder.text);
    for (int f = 0; f < d->n_factors; f++)
        if (design_column(d->factors[f].name) != NULL)
            diag_error(diag, d->factors[f].where,
                       "factors.%s: tables have this column already; allowed: another name",
                       d->factors[f].name);
}

int design_load(struct design *d, const char *path, struct diag *diag)
{
    *d = (struct design){.file = text_copy(path)};
    int status = d->file == NULL ? ERROR_NOMEM : config_load(&d->config, path, NULL, 0, diag);
    if (status == 0)
        status = reader_fill_design(d, diag);
    if (status == 0) {
        check_names(d, diag);
        check_targets(d, diag);
    }
    return diag_status(diag, status == 0 && diag->errors > 0 ? ERROR_INPUT : status);
}

void design_release(struct design *d)
{
    records_release(&record_factors, d->factors, d->n_factors);
    records_release(&record_targets, d->targets, d->n_targets);
    keys_release(SECTION_CALIBRATION, &d->calibration);
    keys_release(SECTION_SWEEP, &d->sweep);
    config_free(d->config);
    free(d->file);
    *d = (struct design){0};
}

struct where design_where(const struct design *d, const char *key)
{
    const struct config_node *section =
        config_member(config_root(d->config), section_names[SECTION_SWEEP]);
    const struct config_node *node = section == NULL ? NULL : config_member(section, key);
    node = node != NULL ? node : section;
    return node == NULL ? diag_at(d->file, 0) : config_where(d->config, node);
}

char *design_beside(const struct design *d, const char *name)
{
    return source_beside(d->file, name);
}
