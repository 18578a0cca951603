/* What the fuzzers share: a temporary folder, a small scenario, and what must hold of any that is
 * taken. */
#ifndef WALTZ_TESTS_FUZZ_HARNESS_H
#define WALTZ_TESTS_FUZZ_HARNESS_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's entry, one in each fuzzer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Four states, two acts, a mandate, three shocks, two arms, outcomes, a claim: a format of less
 * than HARNESS_BYTES with a %s in states, dyads, sanctions and mandates, where a table can stand.
 */
enum { HARNESS_BYTES = 4096 };
extern const char harness_scenario[];

/* Writes a file in the temporary folder. */
void harness_write(const char *name, const void *bytes, size_t n);

/* Loads a scenario of the folder. One that is wrong must say so; one that is right must print as a
 * configuration that loads and prints the same, and run or fail cleanly. Aborts if not. */
void harness_load(const char *name, const char *const *sets, int n_sets);

#endif
