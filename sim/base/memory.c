#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

double *memory_lanes(size_t n)
{
    enum { ALIGNMENT = 64 };
    size_t bytes = (n * sizeof(double) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    double *room = aligned_alloc(ALIGNMENT, bytes > 0 ? bytes : ALIGNMENT);
    if (room != NULL)
        memset(room, 0, bytes);
    return room;
}
