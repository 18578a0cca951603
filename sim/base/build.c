#include "base/build.h"

#include <gsl/gsl_version.h>

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

const char *build_version(void)
{
    return WALTZ_VERSION;
}

int build_model_version(void)
{
    return WALTZ_MODEL_VERSION;
}

const char *build_commit(void)
{
    return WALTZ_COMMIT;
}

const char *build_compiler(void)
{
    return COMPILER;
}

const char *build_gsl(void)
{
    return gsl_version;
}
