/* Tables of reproductions made up by hand: spreads, paired differences, ranges, texts as cells. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made.h"
#include "run/tables.h"
#include "small.h"

/* A table as a text, on the heap. */
static char *written(struct made *m, const char *name)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    const struct tables tables = {&m->reproduction, NULL};
    assert_non_null(memory);
    for (int k = 0; k < n_table_kinds; k++)
        if (strcmp(table_kinds[k].name, name) == 0)
            assert_int_equal(table_kinds[k].write(memory, &tables), 0);
    assert_int_equal(fclose(memory), 0);
    return text;
}

/* The line that begins so. */
static void assert_line(const char *table, const char *begins, const char *line)
{
    const char *at = strstr(table, begins);
    size_t n = at == NULL ? 0 : strcspn(at, "\n");
    if (at == NULL || n != strlen(line) || strncmp(at, line, n) != 0)
        fail_msg("%s is not the line in\n%s", line, table);
}

static void tell(struct made *m, int draw, int arm, const double *values, int n)
{
    memcpy(made_values(m, draw, arm, 0), values, (size_t)n * sizeof *values);
}

static void arms_have_spreads_and_paired_differences_of_what_is_known(void **state)
{
    (void)state;
    struct made m;
    made_open(&m, (struct made_size){.arms = 2, .outcomes = 1, .draws = 1, .replicates = 4});
    tell(&m, 0, 0, (const double[]){1, 1, 1, 1, NAN}, 5);
    tell(&m, 0, 1, (const double[]){2.5, 1, 2, 3, 4}, 5);
    char *table = written(&m, "arms.csv");
    assert_line(table, "a0,", "a0,o0,3,1,1,0,0,NA,NA,NA,NA,0,NA,NA,NA,NA,NA,NA");
    /* pairs 0, 1, 2: mean 1, sd 1, t(2) 4.3026527 over root 3; variances 5/3 and 0 against 1 */
    assert_line(
        table, "a1,",
        "a1,o0,4,2.5,2.5,1.29099445,0.645497224,1,-1.48413771,3.48413771,1.66666667,0,NA,NA,"
        "NA,NA,NA,NA");
    free(table);
    made_close(&m);
}

static void ranges_over_draws_are_of_paths_and_of_their_differences(void **state)
{
    (void)state;
    struct made m;
    made_open(&m, (struct made_size){.arms = 2, .outcomes = 1, .draws = 5, .replicates = 1});
    for (int d = 1; d < 5; d++) {
        made_say(&m, d, 0, 0, 10 * d);
        made_say(&m, d, 1, 0, d == 2 ? NAN : 11.0 * d);
    }
    char *table = written(&m, "arms.csv"); /* 1, 3 and 4 are known: medians 33, 3 */
    assert_line(table, "a0,", "a0,o0,0,NA,NA,NA,NA,NA,NA,NA,NA,4,25,10.75,39.25,NA,NA,NA");
    assert_line(table, "a1,", "a1,o0,0,NA,NA,NA,NA,NA,NA,NA,NA,4,33,12.1,43.45,3,1.1,3.95");
    free(table);
    made_close(&m);
}

static void an_outcome_with_an_arm_of_its_own_stands_in_that_one_alone(void **state)
{
    (void)state;
    struct made m;
    made_open(&m, (struct made_size){.arms = 3, .outcomes = 2, .draws = 1, .replicates = 1});
    m.scenario.outcomes[1].arm_index = 2;
    char *table = written(&m, "arms.csv");
    assert_non_null(strstr(table, "\na0,o0,"));
    assert_non_null(strstr(table, "\na2,o0,"));
    assert_null(strstr(table, "\na0,o1,"));
    assert_null(strstr(table, "\na1,o1,"));
    assert_non_null(strstr(table, "\na2,o1,"));
    free(table);
    made_close(&m);
}

static void texts_are_cells_whatever_they_hold(void **state)
{
    (void)state;
    struct made m;
    struct condition c = {.name = "c",
                          .outcome = "o0",
                          .is = IS_ABOVE,
                          .value = 0.5,
                          .times = 1,
                          .arm_index = -1,
                          .than_index = -1,
                          .than_arm_index = -1};
    struct claim claims[] = {{.name = "A",
                              .text = "say \"no\", or\nnot",
                              .basis = "",
                              .kind = "x;y",
                              .all = &c,
                              .n_all = 1},
                             {.name = "B", .text = "", .basis = "b", .kind = "k", .expect = true}};
    made_open(&m, (struct made_size){.arms = 1, .outcomes = 1, .draws = 1, .replicates = 2});
    made_say(&m, 0, 0, 0, 0.75);
    m.scenario.claims = claims;
    m.scenario.n_claims = 2;
    char *table = written(&m, "claims.csv");
    assert_line(table, "A,",
                "A,\"x;y\",\"say \"\"no\"\", or not\",\"\",\"o0 > 0.5\",no,yes,1,o0,0.75,"
                "0,NA,NA,NA,NA,NA,none");
    assert_line(table, "B,", "B,\"k\",\"\",\"b\",\"\",yes,NA,NA,NA,NA,0,NA,NA,NA,NA,NA,by_design");
    free(table);
    table = written(&m, "conditions.csv");
    assert_line(table, "A,", "A,c,\"o0 > 0.5\",yes,0.75,0.5,0,NA,NA,NA,1");
    free(table);
    made_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arms_have_spreads_and_paired_differences_of_what_is_known),
        cmocka_unit_test(ranges_over_draws_are_of_paths_and_of_their_differences),
        cmocka_unit_test(an_outcome_with_an_arm_of_its_own_stands_in_that_one_alone),
        cmocka_unit_test(texts_are_cells_whatever_they_hold),
    };
    return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
