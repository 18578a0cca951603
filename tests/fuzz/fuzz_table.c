/* Any bytes as a table of the section that the first byte tells. */
#include "harness.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[HARNESS_BYTES];
    if (size == 0)
        return 0;
    const char *table[] = {"", "", "", ""};
    table[data[0] % 4] = "table = \"t.csv\";";
    int n = snprintf(text, sizeof text, harness_scenario, table[0], table[1], table[2], table[3]);
    harness_write("a.cfg", text, (size_t)n);
    harness_write("t.csv", data + 1, size - 1);
    harness_load("a.cfg", NULL, 0);
    return 0;
}
