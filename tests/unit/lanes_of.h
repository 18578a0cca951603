/* Checks of lanes.h and philox.h, compiled for several numbers of lanes: what each lane of a real
 * gets is what the functions on a double give. */
#ifndef WALTZ_TESTS_LANES_OF_H
#define WALTZ_TESTS_LANES_OF_H

struct lanes_of {
    int lanes;
    void (*functions)(void); /* exp, log, pow, root, clip and bounds of one number */
    void (*choices)(void);   /* the larger of two, and what a comparison picks, keeps and counts */
    void (*order)(void);     /* to memory, back, and turned over */
    void (*streams)(void);   /* random numbers of neighbouring replicates */
};

extern const struct lanes_of lanes_of_1, lanes_of_2, lanes_of_4, lanes_of_8;

#endif
