/* What the tests of reading share: a temporary folder, and a small scenario in it. */
#ifndef WALTZ_TESTS_SCRATCH_H
#define WALTZ_TESTS_SCRATCH_H

#include "base/diag.h"
#include "scenario/scenario.h"

/* For cmocka's groups: enters an empty temporary folder; leaves and removes it. */
int scratch_enter(void **state);
int scratch_leave(void **state);

/* Writes a file below the folder, and the folders that its name needs. */
void scratch_write(const char *name, const char *text);
void scratch_write_bytes(const char *name, const char *bytes, size_t n);

/* Four states, two acts, a mandate, three shocks, one outcome; focus IRN-RUS. One record a line. */
extern const char scratch_scenario[];

/* `text` with the one place where `old` stands replaced; heap. */
char *scratch_changed(const char *text, const char *old, const char *new);

/* The line, from 1, of the first place where `words` stand. */
int scratch_line(const char *text, const char *words);

/* What a load gave; scenario is NULL unless status is 0. */
struct loaded {
    int status;
    struct scenario *scenario;
    struct diag diag;
};

struct loaded scratch_load_file(const char *path, const char *const *sets, int n_sets);
void scratch_release(struct loaded *l);

/* Load scenario.cfg: as it is, with `old` replaced, with one --set; the last two may be NULL. */
struct loaded scratch_load(const char *old, const char *new, const char *set);

/* `old` becomes `new`; the message stands at the line where `at` stands afterwards. */
struct mistake {
    const char *old, *new, *at, *message;
};

/* Each of n mistakes, made alone in a scenario's text, is refused with its message. */
void scratch_mistakes(const char *text, const struct mistake *m, size_t n);

/* What the diag must hold, and must not hold; fail with all of it. */
void assert_says(const struct diag *diag, const char *words);
void assert_silent(const struct diag *diag, const char *words);

/* scenario_print as a text; heap. */
char *scratch_effective(const struct scenario *sc);

#endif
