#include <string.h>

#include "model/kernel.h"

int kernel_list(const struct kernel **kernels)
{
    int n = 0;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        kernels[n++] = &kernel_avx512;
    if (__builtin_cpu_supports("avx2"))
        kernels[n++] = &kernel_avx2;
    kernels[n++] = &kernel_sse2;
#else
    kernels[n++] = &kernel_vector;
#endif
    kernels[n++] = &kernel_narrow;
    kernels[n++] = &kernel_scalar;
    return n;
}

const struct kernel *kernel_best(uint32_t replicates)
{
    const struct kernel *kernels[KERNELS], *best;
    const int n = kernel_list(kernels);
    best = kernels[0];
    for (int k = 1; k < n && kernels[k] != &kernel_scalar; k++)
        best = (uint32_t)kernels[k]->lanes >= replicates ? kernels[k] : best;
    return best;
}

const struct kernel *kernel_find(const char *name)
{
    const struct kernel *kernels[KERNELS];
    const int n = kernel_list(kernels);
    for (int k = 0; k < n; k++)
        if (strcmp(kernels[k]->name, name) == 0)
            return kernels[k];
    return NULL;
}
