#include "run/sobol.h"

#include <assert.h>

/* The exclusive or of the earlier numbers that the polynomial names; the last of them counts twice,
 * once shifted by the degree. */
static uint32_t next(const struct sobol_row *row, const uint32_t *v, int k)
{
    int s = row->s;
    uint32_t x = v[k - s] ^ (v[k - s] >> s);
    for (int i = 1; i < s; i++)
        if (row->a >> (s - 1 - i) & 1)
            x ^= v[k - i];
    return x;
}

void sobol_init(struct sobol *s, int dimension)
{
    assert(dimension >= 0 && dimension < SOBOL_DIMENSIONS);
    const struct sobol_row *row = &sobol_rows[dimension];
    for (int k = 0; k < SOBOL_BITS; k++) {
        if (row->s == 0)
            s->v[k] = UINT32_C(1) << (31 - k);
        else
            s->v[k] = k < row->s ? (uint32_t)row->m[k] << (31 - k) : next(row, s->v, k);
    }
}

uint32_t sobol_word(const struct sobol *s, uint32_t index)
{
    uint32_t x = 0;
    /* Without a branch on the bit, which nobody could foresee. */
    for (uint32_t gray = index ^ index >> 1, k = 0; gray != 0; gray >>= 1, k++)
        x ^= s->v[k] & (0u - (gray & 1));
    return x;
}
