#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */

#include "scratch.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"

/* libconfig loses a text when its parser stops in the middle of a value. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig\n";
}

/* ---- the folder ------------------------------------------------------------------------------ */

struct place {
    char before[4096], folder[64];
};

int scratch_enter(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    if (place == NULL || getcwd(place->before, sizeof place->before) == NULL)
        return -1;
    snprintf(place->folder, sizeof place->folder, "/tmp/waltz-test-XXXXXX");
    *state = place;
    return mkdtemp(place->folder) != NULL && chdir(place->folder) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
    (void)info, (void)kind, (void)ftw;
    return remove(path);
}

int scratch_leave(void **state)
{
    struct place *place = *state;
    int status = chdir(place->before);
    status |= nftw(place->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(place);
    return status;
}

void scratch_write_bytes(const char *name, const char *bytes, size_t n)
{
    char path[256];
    snprintf(path, sizeof path, "%s", name);
    for (char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

void scratch_write(const char *name, const char *text)
{
    scratch_write_bytes(name, text, strlen(text));
}

/* ---- the scenario ---------------------------------------------------------------------------- */

const char scratch_scenario[] =
    "scenario = { name = \"small\"; start = \"2010-01\"; end = \"2011-12\"; spinup = 3;\n"
    "  focus = [\"IRN-RUS\"]; };\n"
    "states = {\n"
    "  IRN = { ccode = 630; lat = 35.7; lon = 51.4; gdp = 487.0; milex = 10.6; };\n"
    "  RUS = { ccode = 365; lat = 55.8; lon = 37.6; gdp = 1525.0; milex = 58.7; };\n"
    "  USA = { ccode = 2; lat = 38.9; lon = -77.0; gdp = 15049.0; milex = 693.6; };\n"
    "  GBR = { ccode = 200; lat = 51.5; lon = -0.1; gdp = 2485.5; milex = 57.8; };\n"
    "};\n"
    "dyads = {\n"
    "  IRN-RUS = { h0 = 0.0; x0_political = 0.2; };\n"
    "  IRN-USA = { h0 = 0.6; };\n"
    "};\n"
    "sanctions = {\n"
    "  S1 = { senders = [\"west\"]; target = \"IRN\"; start = \"2009-06-01\"; class = 2; };\n"
    "  S2 = { senders = [\"USA\"]; target = \"RUS\"; start = \"2010-05-01\"; end = \"2011-05-01\"; "
    "class = 3; pillars = \"TF\"; };\n"
    "};\n"
    "mandates = {\n"
    "  M1 = { target = \"IRN\"; start = \"2010-06-09\"; end = \"2011-06-09\"; finance = 1.0; };\n"
    "};\n"
    "groups = {\n"
    "  west = [\"USA\", \"GBR\"];\n"
    "  both = [\"west\", \"RUS\"];\n"
    "};\n"
    "shocks = {\n"
    "  deal = { date = \"2010-06-01\"; starts = [\"S2\", \"M1\"];\n"
    "    effects = {\n"
    "      calm = { on = \"dispute\"; between = [\"IRN\", \"west\"]; size = -1.0; };\n"
    "      late = { on = \"sanctions\"; from = [\"GBR\"]; to = [\"RUS\"]; date = \"2010-08-15\"; "
    "};\n"
    "    }; };\n"
    "  exit = { date = \"2011-05-01\"; requires = \"deal\"; ends = [\"M1\"]; };\n"
    "  boom = { date = \"2011-09-01\"; enabled = false;\n"
    "    effects = { up = { on = \"growth\"; of = [\"both\"]; size = 0.01; }; }; };\n"
    "};\n"
    "outcomes = {\n"
    "  step = { measure = \"cooperation\"; subject = \"IRN-RUS\"; window = \"2011-01..2011-12\"; "
    "minus = \"2010-01..2010-12\"; };\n"
    "};\n";

char *scratch_changed(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    if (at == NULL || strstr(at + 1, old) != NULL)
        fail_msg("\"%s\" stands %s in the text", old, at == NULL ? "nowhere" : "more than once");
    struct text t = {0};
    text_printf(&t, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    assert_false(t.failed);
    return t.s;
}

int scratch_line(const char *text, const char *words)
{
    const char *at = strstr(text, words);
    assert_non_null(at);
    int line = 1;
    for (const char *p = text; p < at; p++)
        line += *p == '\n';
    return line;
}

struct loaded scratch_load_file(const char *path, const char *const *sets, int n_sets)
{
    struct loaded l = {.scenario = NULL};
    l.status = scenario_load(&l.scenario, path, sets, n_sets, &l.diag);
    assert_int_equal(l.scenario != NULL, l.status == 0);
    return l;
}

void scratch_release(struct loaded *l)
{
    scenario_free(l->scenario);
    diag_release(&l->diag);
}

struct loaded scratch_load(const char *old, const char *new, const char *set)
{
    char *text =
        old == NULL ? text_copy(scratch_scenario) : scratch_changed(scratch_scenario, old, new);
    assert_non_null(text);
    scratch_write("scenario.cfg", text);
    free(text);
    return scratch_load_file("scenario.cfg", &set, set != NULL);
}

static void assert_mistake(const char *scenario, const struct mistake *m)
{
    char wanted[512], *text = scratch_changed(scenario, m->old, m->new);
    snprintf(wanted, sizeof wanted, "scenario.cfg:%d: %s", scratch_line(text, m->at), m->message);
    scratch_write("scenario.cfg", text);
    free(text);
    struct loaded l = scratch_load_file("scenario.cfg", NULL, 0);
    if (l.status != ERROR_INPUT)
        fail_msg("%s: was taken", m->new);
    assert_says(&l.diag, wanted);
    scratch_release(&l);
}

void scratch_mistakes(const char *text, const struct mistake *m, size_t n)
{
    for (size_t k = 0; k < n; k++)
        assert_mistake(text, &m[k]);
}

void assert_says(const struct diag *diag, const char *words)
{
    if (diag->text.s == NULL || strstr(diag->text.s, words) == NULL)
        fail_msg("\"%s\" is not in:\n%s", words, diag->text.s == NULL ? "" : diag->text.s);
}

void assert_silent(const struct diag *diag, const char *words)
{
    if (diag->text.s != NULL && strstr(diag->text.s, words) != NULL)
        fail_msg("\"%s\" is in:\n%s", words, diag->text.s);
}

char *scratch_effective(const struct scenario *sc)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    assert_non_null(memory);
    scenario_print(sc, memory);
    assert_int_equal(fclose(memory), 0);
    return text;
}
