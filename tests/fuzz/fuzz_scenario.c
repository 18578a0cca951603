/* Any bytes as a scenario's file. */
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    harness_write("a.cfg", data, size);
    harness_load("a.cfg", NULL, 0);
    return 0;
}
