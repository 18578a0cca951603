#include "stated.h"

#include <stdlib.h>

/* Stands in front of the outcomes of the scratch scenario. */
static const char stated[] =
    "observed = { IRN-RUS = { political = 0.5; }; RUS-GBR = { economic = 2.0; }; };\n"
    "arms = {\n"
    "  full = { };\n"
    "  no_deal = { without = [\"deal\"]; note = \"as if\"; };\n"
    "  free = { set = [\"parameters.lambda=5\", \"terms.reach=false\"]; without = [\"deal\", "
    "\"exit\"]; };\n"
    "};\n"
    "claims = {\n"
    "  C1 = { text = \"It rises.\"; basis = \"predicted\"; expect = true; kind = \"paper\";\n"
    "    all = {\n"
    "      higher = { outcome = \"step\"; is = \"above\"; value = 0.02; sign = true; };\n"
    "      most = { outcome = \"step\"; is = \"below\"; than = \"ratio\"; times = 1.5; };\n"
    "      arms = { outcome = \"step\"; arm = \"no_deal\"; is = \"below\"; than = \"step\"; "
    "than_arm = \"full\"; };\n"
    "      found = { outcome = \"turn\"; is = \"found\"; };\n"
    "      when = { outcome = \"turn\"; is = \"within\"; period = \"2011-02..2011-04\"; };\n"
    "      close = { outcome = \"step\"; is = \"nearer\"; than = \"ratio\"; value = 0.5; };\n"
    "    }; };\n"
    "  C2_b = { text = \"By design.\"; };\n"
    "  C3 = { text = \"A figure.\"; all = { f = { outcome = \"step\"; is = \"figure\"; value = "
    "1.0; "
    "}; }; };\n"
    "};\n"
    "outcomes = {\n"
    "  ratio = { measure = \"acts\"; subject = \"IRN-RUS\"; window = \"2011-01..2011-12\"; "
    "over = \"2010-01..2010-12\"; arm = \"free\"; minus_arm = \"no_deal\"; };\n"
    "  turn = { measure = \"acts\"; subject = \"IRN-RUS\"; window = \"2011-01..2011-12\"; "
    "statistic = \"onset\"; trend = \"free\"; alarm = \"2010-02..2011-11\"; };\n"
    "  mind = { measure = \"moves\"; subject = \"IRN\"; window = \"2011-01..2011-12\"; "
    "statistic = \"distance\"; minus_arm = \"no_deal\"; };\n"
    "  each = { measure = \"cooperation\"; subject = \"dyads\"; window = \"2011-01..2011-12\"; "
    "};\n";

char *stated_text(void)
{
    return scratch_changed(scratch_scenario, "outcomes = {\n", stated);
}

struct loaded stated_load(const char *old, const char *new, const char *set)
{
    char *text = stated_text();
    if (old != NULL) {
        char *changed = scratch_changed(text, old, new);
        free(text);
        text = changed;
    }
    scratch_write("scenario.cfg", text);
    free(text);
    return scratch_load_file("scenario.cfg", &set, set != NULL);
}
