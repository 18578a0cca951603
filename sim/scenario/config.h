/* Scenario files in libconfig's syntax, seen as a tree of named values. The only user of libconfig.
 *
 * Adds to libconfig: @include relative to the file that holds it, errors at the right file and
 * line, a message for integers that would wrap silently, and values laid over the file by name. */
#ifndef WALTZ_SCENARIO_CONFIG_H
#define WALTZ_SCENARIO_CONFIG_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/text.h"
#include "scenario/keys.h"

struct config;
/* A place in the tree, NULL if there is none; owned by the config. */
struct config_node;

/* Reads a file and lays `sets` ("path=value") over it. 0, ERROR_INPUT (in diag), ERROR_NOMEM. */
int config_load(struct config **out, const char *path, const char *const *sets, int n_sets,
                struct diag *diag);
void config_free(struct config *config);

const struct config_node *config_root(const struct config *config);
const struct config_node *config_member(const struct config_node *node, const char *name);
int config_count(const struct config_node *node);
const struct config_node *config_at(const struct config_node *node, int k);
const char *config_name(const struct config_node *node);
bool config_is_group(const struct config_node *node);

/* Where a node was written; `--set` for what was laid over the file. */
struct where config_where(const struct config *config, const struct config_node *node);
bool config_is_set(const struct config_node *node);

/* Is it a group that is there only because --set named something within it? */
bool config_is_implied(const struct config_node *node);

/* The text of the value that --set replaced, or NULL. */
const char *config_replaced(const struct config_node *node);

/* The node as a value; its text is appended to `buffer`, which must outlive it and be empty.
 * 0, ERROR_INPUT (in diag) for groups and mixed lists, ERROR_NOMEM. */
int config_value(const struct config *config, const struct config_node *node, struct text *buffer,
                 struct value *value, struct diag *diag);

/* "1.5" */
const char *config_library_version(void);

#endif
