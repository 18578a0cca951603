/* The checks with one lane: a real is a double. */
#define LANES 1
#include "lanes_checks.h"
