"""What is left of each step when shocks are taken away, and every arm set against the first one."""

import numpy

from .. import bars, svg, words
from .phases import describe


def left(row, whole):
    """Share of the first arm's step that is left, with the interval of the paired difference."""
    return (whole + row.difference) / whole, (whole + row.low) / whole, (whole + row.high) / whole


def attribution(folder, table, outcome):
    """Bars of what the step keeps without one shock or several; None where there is no step up."""
    rows = table[table.outcome == outcome].set_index("arm")
    removing = [arm for arm in folder.scenario.removing_arms() if arm in rows.index and arm != folder.base]
    if folder.base not in rows.index or not removing or words.missing(rows["mean"][folder.base]):
        return None
    base = rows.loc[folder.base]
    spec = folder.scenario.outcomes.get(outcome, {})
    head = {"outcome": outcome, "words": words.capital(words.outcome(spec)), "base": words.change(base.path)}
    removing = [arm for arm in removing if not words.missing(rows.loc[arm].difference)]
    error = 0 if words.missing(base.mcse) else base.mcse
    if base["mean"] <= 2 * error or not removing:
        return head | {"figure": None}
    kept = sorted(((arm, *left(rows.loc[arm], base["mean"])) for arm in removing), key=lambda row: row[1])
    labels = {arm: label_of(folder, arm) for arm in removing}
    least = kept[0]
    said = [f"Of the step of {words.change(base['mean'])}, {words.percent(least[1])} is left {labels[least[0]]}"]
    single = [row for row in kept if len(folder.scenario.arms[row[0]]["without"]) == 1]
    if single and single[0][0] != least[0]:
        said.append(f"{words.percent(single[0][1])} {labels[single[0][0]]}, the single shock that matters most")
    said = "; ".join(said) + "."

    def draw(width):
        return bars.shares(width, [(words.plain(arm), *rest) for arm, *rest in kept])

    name = f"left-{outcome.replace('_', '-')}"
    return head | {
        "figure": svg.both(draw, name, said), "said": said,
    }


def label_of(folder, arm):
    return describe(folder.scenario, arm)["words"]


def compared(folder, table, outcome):
    """Every arm's value and its paired difference to the first arm."""
    spec, rows, members = folder.scenario.outcomes.get(outcome, {}), [], table[table.outcome == outcome]
    first = members["mean"][members.arm == folder.base]
    base = first.iloc[0] if len(first) and outcome in folder.scenario.steps() else None
    for row in members.itertuples():
        step = base is not None and base > 0 and not words.missing(row.difference)
        rows.append({
            "left": words.percent((base + row.difference) / base) if step else words.UNKNOWN,
            "arm": words.plain(row.arm), "base": row.arm == folder.base, "path": words.value(spec, row.path),
            "difference": words.change(row.difference), "interval": words.interval(row.low, row.high),
            "worth": words.num(row.worth, 1), "median": words.num(row.draws_difference),
            "range": words.interval(row.draws_difference_low, row.draws_difference_high),
        })
    return {"outcome": outcome, "words": words.capital(words.outcome(spec)), "rows": rows}


def worth(table):
    """What common random numbers are worth, in a sentence."""
    known = table.worth[table.difference.notna() & (table.difference != 0)].replace([numpy.inf], numpy.nan).dropna()
    if known.empty:
        return ""
    below = (known < 1).mean()
    said = (
        f"For telling arms apart, one run on the same random numbers is worth {words.num(known.median(), 1)} independent "
        f"ones here (median of {len(known)} differences; {words.num(known.min(), 1)} to {words.num(known.max(), 1)})"
    )
    return said + (f"; in {words.percent(below)} of them it is worth less than one." if below > 0 else ".")


def section(context):
    folder, table = context.folder, context.folder.table("arms")
    if table is None or table.arm.nunique() < 2:
        return None
    steps = [o for o in folder.scenario.steps() if (table.outcome == o).any()]
    if not steps:
        steps = list(dict.fromkeys(table.outcome[table.difference.notna()]))[:3]
    asked = table[table.outcome.isin(steps)]
    kept = [attribution(folder, table, outcome) for outcome in folder.scenario.steps()]
    return {
        "name": "arms", "title": "What each shock accounts for", "kept": [k for k in kept if k],
        "compared": [compared(folder, table, outcome) for outcome in steps], "worth": worth(asked),
        "base": words.plain(folder.base or ""), "draws": folder.draws_done and asked.draws_difference.notna().any(),
        "arms": [describe(folder.scenario, arm) for arm in dict.fromkeys(table.arm) if arm != folder.base],
    }
