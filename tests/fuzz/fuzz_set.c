/* Each line as one --set over a small scenario. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[HARNESS_BYTES];
    int n = snprintf(text, sizeof text, harness_scenario, "", "", "", "");
    harness_write("a.cfg", text, (size_t)n);
    char *lines = malloc(size + 1), *rest = lines;
    const char *sets[SETS];
    int n_sets = 0;
    if (lines == NULL)
        return 0;
    memcpy(lines, data, size);
    lines[size] = '\0';
    while (rest != NULL && n_sets < SETS) {
        sets[n_sets] = rest;
        n_sets += *rest != '\0' && *rest != '\n';
        rest = strchr(rest, '\n');
        if (rest != NULL)
            *rest++ = '\0';
    }
    harness_load("a.cfg", sets, n_sets);
    free(lines);
    return 0;
}
