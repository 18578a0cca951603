/* Memory for lanes of doubles (base/lanes.h). */
#ifndef WALTZ_BASE_MEMORY_H
#define WALTZ_BASE_MEMORY_H

#include <stddef.h>

/* n zeros, aligned for the widest vector; free() it. NULL without memory. */
double *memory_lanes(size_t n);

#endif
