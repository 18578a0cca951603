/* The checks with 4 lanes. */
#define LANES 4
#include "lanes_checks.h"
