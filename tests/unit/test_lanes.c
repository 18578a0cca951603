/* Numbers side by side: each lane has the bits that it would have alone, however many there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lanes_of.h"

enum { WIDTHS = 4 };
static const struct lanes_of *const widths[WIDTHS] = {&lanes_of_1, &lanes_of_2, &lanes_of_4,
                                                      &lanes_of_8};

static void there_are_one_two_four_and_eight_lanes(void **state)
{
    (void)state;
    for (int k = 0; k < WIDTHS; k++)
        assert_int_equal(widths[k]->lanes, 1 << k);
}

static void functions_of_several_numbers_have_the_bits_of_one(void **state)
{
    (void)state;
    for (int k = 0; k < WIDTHS; k++)
        widths[k]->functions();
}

static void each_lane_chooses_for_itself(void **state)
{
    (void)state;
    for (int k = 0; k < WIDTHS; k++)
        widths[k]->choices();
}

static void lanes_lie_one_after_the_other_and_can_be_turned_over(void **state)
{
    (void)state;
    for (int k = 0; k < WIDTHS; k++)
        widths[k]->order();
}

static void each_lane_draws_the_numbers_of_its_replicate_also_past_the_last_one(void **state)
{
    (void)state;
    for (int k = 0; k < WIDTHS; k++)
        widths[k]->streams();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_one_two_four_and_eight_lanes),
        cmocka_unit_test(functions_of_several_numbers_have_the_bits_of_one),
        cmocka_unit_test(each_lane_chooses_for_itself),
        cmocka_unit_test(lanes_lie_one_after_the_other_and_can_be_turned_over),
        cmocka_unit_test(each_lane_draws_the_numbers_of_its_replicate_also_past_the_last_one),
    };
    return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}
