/* The checks with 2 lanes. */
#define LANES 2
#include "lanes_checks.h"
