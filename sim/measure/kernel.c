#include "model/kernel.h"

#include "measure/blocs.h"

#ifndef KERNEL
#define KERNEL narrow
#endif

#define TEXT_(name) #name
#define TEXT(name) TEXT_(name)

const struct kernel KERNEL_JOIN(kernel, KERNEL) = {
    .name = TEXT(KERNEL),
    .lanes = LANES,
    .step = simulation_step,
    .weights = choice_weights,
    .blocs = blocs_read,
};
