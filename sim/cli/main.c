#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/build.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"

static const struct command commands[] = {
    {"run", "SCENARIO", "Runs an ensemble of replicates of a scenario and tells what happens.",
     "nsjo12356K", cmd_run},
    {"reproduce", "SCENARIO",
     "Runs a scenario's arms on common random numbers, judges its claims, writes a report; ends "
     "with 4 if an expected claim does not hold.",
     "nsjodDAR156", cmd_reproduce},
    {"sweep", "DESIGN",
     "Runs a design over parameters, shocks and arms into one store, which the same command goes "
     "on "
     "with after any interruption.",
     "nsjo1SYTEFR6", cmd_sweep},
    {"merge", "OUT IN...", "Joins the stores of a sweep's shards into one.", "5P", cmd_merge},
    {"export", "STORE",
     "Writes a store as tidy CSV, also while the sweep runs: cells, replicates, summaries, claims.",
     "o5", cmd_export},
    {"calibrate", "DESIGN",
     "Finds the posterior of a design's parameters in its finished sweep, towards its targets, and "
     "tests its coverage.",
     "s1op56P", cmd_calibrate},
    {"trace", "SCENARIO",
     "Tells one replicate decision by decision: what states perceived, weighed, did, and got.",
     "s12tawy8", cmd_trace},
    {"check", "FILE...", "Validates scenarios: every error with file and line.", "14", cmd_check},
    {"list", "KIND [SCENARIO]",
     "Prints the program's own tables. KIND: moves, parameters, terms, measures, effects, keys, "
     "designs, shocks (of a SCENARIO).",
     "17", cmd_list},
    {"new", "NAME", "Writes NAME.cfg here: a small scenario to start from, every line explained.",
     "5", cmd_new},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void print_usage(FILE *out)
{
    fprintf(out,
            "waltz %s: states choose balancing moves\n\nusage: waltz COMMAND [options] ...\n\n",
            build_version());
    for (int k = 0; k < N_COMMANDS; k++)
        fprintf(out, "  %-10s %-16s %s\n", commands[k].name, commands[k].arguments,
                commands[k].summary);
    fprintf(out, "\n`waltz COMMAND --help` shows a command's options; --version the version.\n");
}

static void print_version(void)
{
    printf("waltz %s (model %d, commit %s, %s, GSL %s)\n", build_version(), build_model_version(),
           build_commit(), build_compiler(), build_gsl());
}

static const char *command_name(size_t k, const void *user)
{
    (void)user;
    return commands[k].name;
}

static int unknown(const char *name)
{
    const char *near = text_nearest(name, N_COMMANDS, command_name, NULL);
    fprintf(stderr, "waltz: unknown command \"%s\"%s; `waltz --help` lists them\n", name,
            text_hint(near).text);
    return error_exit_code(ERROR_USAGE);
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct options options;
    int status = options_read(&options, command, argc, argv);
    int code = error_exit_code(status);
    if (status == 0 && options.help)
        options_print_help(command, stdout);
    else if (status == 0 && options.version)
        print_version();
    else if (status == 0)
        code = command->run(&options);
    else if (status != ERROR_USAGE) /* which is told already */
        fail(status, NULL);
    options_release(&options);
    return code;
}

/* Output that could not be written is a failure, also on a pipe or a full disk. */
static int flushed(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    perror("waltz: standard output");
    return code == 0 ? error_exit_code(ERROR_IO) : code;
}

/* Files must not be opened in the place of a standard stream that the caller closed. */
static void open_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) < 0)
            _exit(error_exit_code(ERROR_IO));
}

int main(int argc, char **argv)
{
    open_streams();
    gsl_set_error_handler_off();
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return print_usage(stdout), flushed(0);
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        return print_version(), flushed(0);
    if (argc < 2)
        return print_usage(stderr), error_exit_code(ERROR_USAGE);
    for (int k = 0; k < N_COMMANDS; k++)
        if (strcmp(commands[k].name, name) == 0)
            return flushed(run_command(&commands[k], argc - 1, argv + 1));
    return unknown(name);
}

void print_diag(const struct diag *diag)
{
    if (diag->text.s != NULL)
        fputs(diag->text.s, stderr);
    if (diag->errors > DIAG_SHOWN)
        fprintf(stderr, "… and %d errors more\n", diag->errors - DIAG_SHOWN);
}

int fail(int status, const struct diag *diag)
{
    if (diag == NULL || diag->errors == 0 || status == ERROR_NOMEM)
        fprintf(stderr, "waltz: %s\n", error_text(status));
    return error_exit_code(status);
}
