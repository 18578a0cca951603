/* One source for every vector width of x86-64: a function marked WIDE is compiled for AVX2 as well
 * and chosen when the program starts. The widths give the same bits, since nothing is contracted or
 * reordered; only the time differs. Elsewhere, and with WALTZ_NARROW, it means nothing. Static
 * functions only: clang 14 gives an external one a name that nobody finds. */
#ifndef WALTZ_BASE_WIDTH_H
#define WALTZ_BASE_WIDTH_H

#if defined __x86_64__ && defined __gnu_linux__ && !defined WALTZ_NARROW && !defined KERNEL
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif

#endif
