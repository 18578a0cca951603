/* The checks with 8 lanes. */
#define LANES 8
#include "lanes_checks.h"
