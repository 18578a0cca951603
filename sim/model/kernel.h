/* Kernels: one step, compiled for several numbers of lanes and widths of vector (base/lanes.h). All
 * give a replicate the same bits. */
#ifndef WALTZ_MODEL_KERNEL_H
#define WALTZ_MODEL_KERNEL_H

#include "model/step.h"

enum { KERNELS = 5, KERNEL_LANES = 8 }; /* at most */

struct kernel {
    const char *name;
    int lanes;
    void (*step)(struct simulation *s, const struct stream *stream);
    int (*weights)(struct chooser *c, const struct menu *menu, int actor);
    void (*blocs)(const struct simulation *s, double *out); /* [lanes] measure/blocs.h */
};

/* One replicate: in plain scalar code, and vectors along its states as the compiler finds them. The
 * functions of the latter are what a plain name calls. */
extern const struct kernel kernel_scalar, kernel_narrow;
#ifdef __x86_64__
extern const struct kernel kernel_sse2, kernel_avx2, kernel_avx512;
#else
extern const struct kernel kernel_vector;
#endif

/* Those that this processor can run, the widest first; returns how many. */
int kernel_list(const struct kernel **kernels);

/* The fastest for so many replicates: the fewest lanes that take them all at once, or the most. */
const struct kernel *kernel_best(uint32_t replicates);

/* The kernel of a name, or NULL. */
const struct kernel *kernel_find(const char *name);

#endif
