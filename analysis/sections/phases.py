"""The path of each focus dyad: cooperation, acts and their change points, and the same without shocks."""

import pandas

from .. import figures, svg, words

OVERLAID = 5  # lines that one figure can hold


def of_pair(table, pair):
    """Rows of a table that are about a dyad, in either order."""
    first, second = pair
    there = (table.iso3_1 == first) & (table.iso3_2 == second)
    back = (table.iso3_1 == second) & (table.iso3_2 == first)
    return table[(table.level == "dyad") & (there | back)]


def searched(folder, pair):
    """The measure in which change points of the dyad were looked for, and those found on the first arm."""
    none = pandas.DataFrame(columns=["date", "direction", "before", "after"])
    searches, changes = folder.table("searches"), folder.table("changes")
    if searches is None or changes is None:
        return "acts", none
    measures = of_pair(searches, pair).measure.unique()
    if not len(measures):
        return "acts", none
    found = of_pair(changes, pair)
    first = (found.arm == folder.base) & (found.measure == measures[0])
    return measures[0], found[first].sort_values("date").drop_duplicates("date")


def windows(folder, pair, measure):
    """Periods in which outcomes look for an onset in the first arm."""
    subjects = {"-".join(pair), "-".join(pair[::-1])}
    found = [
        o["window"].split("..")
        for o in folder.scenario.outcomes.values()
        if o.get("statistic") == "onset" and o.get("measure") == measure and o.get("subject") in subjects
        and o.get("arm", "") in ("", folder.base)
    ]
    return [list(each) for each in dict.fromkeys(map(tuple, found))]


def told(changes):
    """Change points as words."""
    return [f"{'up' if row.direction == 'up' else 'down'} in {row.date}" for row in changes.itertuples()]


def level_words(folder, pair, level):
    ends = level["mean"].iloc[[0, -1]]
    dates = level.date.dt.strftime("%Y-%m").iloc[[0, -1]]
    low = level["mean"].idxmin()
    return (
        f"Mean cooperation of {folder.scenario.pair(*pair)} goes from {words.num(ends.iloc[0], 2)} in "
        f"{dates.iloc[0]} to {words.num(ends.iloc[1], 2)} in {dates.iloc[1]}; it is lowest in "
        f"{level.date[low]:%Y-%m}, at {words.num(level['mean'][low], 2)}."
    )


def change_words(measure, changes):
    if not len(changes):
        return ""
    return f"{words.capital(words.label(measure))} change their level: {words.listing(told(changes))}."


def shocks(folder):
    named = folder.scenario.named_shocks()
    return [(name, date, name in named or not named) for name, date, _ in folder.scenario.shocks()]


def main_figure(folder, pair, name):
    subject = "-".join(pair)
    level = folder.find("cooperation", subject)
    if level is None or level["mean"].isna().all():
        return None
    measure, changes = searched(folder, pair)
    flow = folder.find(measure, subject)
    said = [level_words(folder, pair, level), change_words(measure, changes)]
    marks, spans = shocks(folder), windows(folder, pair, measure)
    said = " ".join(s for s in said if s)

    def draw(width):
        return figures.phases(width, level, flow, changes, spans, marks)

    return {
        "figure": svg.both(draw, name, said), "said": said, "spans": [words.period("..".join(s)) for s in spans],
        "measure": words.label(measure), "banded": level.q05.notna().any(),
        "changes": [
            {"date": row.date, "direction": row.direction, "before": words.num(row.before, 2),
             "after": words.num(row.after, 2)}
            for row in changes.itertuples()
        ],
    }


def arm_paths(folder, pair):
    """Monthly cooperation of the dyad in each arm, in the order of the arms."""
    paths = folder.table("paths")
    if paths is None:
        return {}
    rows = of_pair(paths[paths.measure == "cooperation"], pair)
    return {arm: table.reset_index(drop=True) for arm, table in rows.groupby("arm", sort=False)}


def overlay(folder, pair, arms, name):
    """The first arm and those without shocks that the argument's claims compare."""
    scenario = folder.scenario
    removing = scenario.removing_arms()
    kinds = dict.fromkeys(claim.get("kind", "") for claim in scenario.claims.values())
    asked = [arm for kind in list(kinds)[:1] for arm in scenario.arms_of_claims(kind) if arm in removing]
    chosen = [folder.base, *[arm for arm in (asked or removing) if arm in arms and arm != folder.base]][:OVERLAID]
    if len(chosen) < 2 or folder.base not in arms:
        return None
    named = {shock for arm in chosen for shock in scenario.arms.get(arm, {}).get("without", [])}
    marks = [(shock, date, True) for shock, date, _ in scenario.shocks() if shock in named]
    last = [f"{words.plain(arm)} {words.num(arms[arm]['mean'].iloc[-1], 2)}" for arm in chosen]
    said = (f"Mean cooperation of {scenario.pair(*pair)} by month; at the end {words.listing(last)}.")

    def draw(width):
        return figures.overlay(width, [(arm, arms[arm]) for arm in chosen], marks, words.axis("cooperation"))

    return {"figure": svg.both(draw, name, said), "said": said, "arms": [describe(scenario, arm) for arm in chosen[1:]],
            "chosen": chosen}


def describe(scenario, arm):
    """An arm in words: what it leaves out and what it sets."""
    spec = scenario.arms.get(arm, {})
    without, parts = spec.get("without", []), []
    if without:
        every = len(without) > 5 and len(without) >= len(scenario.shocks())
        parts.append("without any shock" if every else f"without {words.listing(map(words.plain, without))}")
    if spec.get("set"):
        parts.append(f"with {', '.join(spec['set'])}")
    return {"name": words.plain(arm), "id": arm, "words": "; ".join(parts), "note": spec.get("note", "")}


def panels(folder, pair, arms, leave, name):
    """Every other arm over the first one, each in a small figure."""
    base = arms.get(folder.base)
    if base is None:
        return []
    top = 1.08 * max(table["mean"].max() for table in arms.values())
    found = []
    for arm, table in arms.items():
        if arm in leave:
            continue
        ends = [words.num(t["mean"].iloc[-1], 2) for t in (table, base)]
        said = f"{words.plain(arm)}: cooperation ends at {ends[0]}, in {words.plain(folder.base)} at {ends[1]}."
        figure = svg.inline(figures.against(base, table, top), f"{name}-{len(found)}", said)
        found.append({"figure": figure, "ends": ends} | describe(folder.scenario, arm))
    return found


def section(context):
    folder, dyads = context.folder, []
    for k, pair in enumerate(folder.scenario.focus):
        main = main_figure(folder, pair, f"phase{k}")
        if main is None:
            continue
        arms = arm_paths(folder, pair)
        lines = overlay(folder, pair, arms, f"arms{k}")
        leave = lines["chosen"] if lines else [folder.base]
        dyads.append({
            "title": folder.scenario.pair(*pair), "main": main, "lines": lines,
            "panels": panels(folder, pair, arms, leave, f"arm{k}"),
        })
    if not dyads:
        return None
    listed = [{"name": words.plain(name), "date": date, "note": words.first_sentence(note)}
              for name, date, note in folder.scenario.shocks()]
    return {
        "name": "phases", "title": "Cooperation over time", "dyads": dyads, "shocks": listed,
        "runs": folder.manifest.get("replicates_done"), "base": words.plain(folder.base or ""),
    }
