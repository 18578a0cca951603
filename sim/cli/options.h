/* The command line: one table of options, one of commands. */
#ifndef WALTZ_CLI_OPTIONS_H
#define WALTZ_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct options {
    uint32_t replicates; /* 0: not given */
    bool one_replicate;  /* --replicate: this one alone */
    uint32_t replicate;
    uint64_t seed;
    bool seeded; /* the seed was given */
    int threads; /* 0: ensemble_threads */
    const char *folder;
    const char **sets; /* n_sets texts "path=value" */
    int n_sets;
    const char *draws;                        /* a file, or NULL */
    int max_draws;                            /* 0: not given */
    const char *store, *kernel;               /* as given, or NULL */
    const char *shard;                        /* as given, or NULL */
    const char *tick, *actor, *without, *why; /* as given, or NULL */
    bool json;
    bool dry_run, status, extend, retry_failed, allow_partial;
    bool quiet, force, all_arms, no_report, effective, markdown, record_dyads, help, version;
    char **arguments; /* what is no option */
    int n_arguments;
    const char *command_line; /* heap */
};

struct command {
    const char *name, *arguments, *summary;
    const char *letters; /* options it takes, by their letters in the table */
    int (*run)(const struct options *options);
};

/* Reads argv (of the command, argv[0] its name). 0, or ERROR_USAGE with a message on stderr. */
int options_read(struct options *o, const struct command *command, int argc, char **argv);
void options_release(struct options *o);

void options_print_help(const struct command *command, FILE *out);

#endif
