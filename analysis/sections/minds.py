"""What changed the minds of the focus dyads: each term's part in what they propose and accept."""

from .. import bars, svg, words

SHOWS = 0.005  # less is left out
ALIKE = 0.01


def contributions(utility):
    """(term, to proposing, to accepting) of those that matter, largest first."""
    found = {}
    for at, key in enumerate(("terms", "balance_terms")):
        for term in utility.get(key, []):
            label = words.term(term["name"], term.get("side", "both"))
            found.setdefault(label, [0.0, 0.0])[at] += term["contribution"]
    rows = [(label, *both) for label, both in found.items() if max(map(abs, both)) >= SHOWS]
    return sorted(rows, key=lambda row: -max(abs(row[1]), abs(row[2])))


def side_words(scenario, side):
    """The move whose acceptance changed most, and what changed it."""
    most = max(side, key=lambda u: abs(u["balance"][1] - u["balance"][0]))
    before, after = most["balance"]
    terms = [(label, accept) for label, _, accept in contributions(most) if abs(accept) >= SHOWS]
    terms.sort(key=lambda row: -abs(row[1]))
    who, whom = scenario.state(most["actor"]), scenario.state(most["target"])
    verb = "rose" if after > before else "fell" if after < before else "stayed"
    said = (
        f"{who}’s readiness to accept {whom}’s proposals to {most['move']} {verb} from {words.num(before)} to "
        f"{words.num(after)}: it would accept {words.percent(most['consent'][1])} of them instead of "
        f"{words.percent(most['consent'][0])}."
    )
    if terms:
        said += " Largest parts: " + words.listing(f"{label} {words.change(part)}" for label, part in terms[:4]) + "."
    return said


def cells(utility):
    def pair(values, show):
        return " → ".join(show(v) for v in values)

    return {
        "move": utility["move"], "utility": pair(utility["utility"], words.num),
        "proposals": pair(utility["proposals"], lambda x: words.num(x, 2)),
        "balance": pair(utility["balance"], words.num), "consent": pair(utility["consent"], words.percent),
    }


def alike(rows, others):
    """Do two moves weigh the same terms alike, to the eye?"""
    parts, theirs = ({label: both for label, *both in each} for each in (rows, others))
    return parts.keys() == theirs.keys() and all(
        abs(a - b) < ALIKE for label, both in parts.items() for a, b in zip(both, theirs[label])
    )


def merged(utilities):
    """(moves, contributions): moves that are alike share a figure."""
    found = []
    for utility in utilities:
        rows = contributions(utility)
        same = next((each for each in found if alike(rows, each[1])), None)
        if same:
            same[0].append(utility["move"])
        elif rows:
            found.append(([utility["move"]], rows))
    return found


def side_of(scenario, utilities, limit, name):
    actor, target = utilities[0]["actor"], utilities[0]["target"]
    panels = []
    for k, (moves, rows) in enumerate(merged(utilities)):
        said = f"{scenario.state(actor)}, {words.listing(moves)} with {scenario.state(target)}: " + "; ".join(
            f"{label} {words.change(a, 2)} and {words.change(b, 2)}" for label, a, b in rows
        )
        panels.append({"move": words.listing(moves), "figure": svg.inline(bars.terms(rows, limit), f"{name}-{k}", said)})
    return {
        "title": f"{scenario.state(actor)} toward {scenario.state(target)}", "said": side_words(scenario, utilities),
        "panels": panels, "rows": [cells(u) for u in utilities],
    }


def tell(scenario, entry, name):
    """One dyad over one period."""
    found = []
    for change in entry.get("changes", []):
        utilities = change.get("utilities", [])
        if not utilities:
            continue
        largest = max((abs(part) for u in utilities for row in contributions(u) for part in row[1:]), default=1.0)
        actors = dict.fromkeys(u["actor"] for u in utilities)
        sides = [
            side_of(scenario, [u for u in utilities if u["actor"] == actor], 1.3 * largest, f"{name}-{k}")
            for k, actor in enumerate(actors)
        ]
        pair = entry.get("why", "").split("-", 1)
        title = f"{scenario.pair(*pair)}, {change['before']} to {change['after']}" if len(pair) == 2 else ""
        found.append({"title": title, "before": change["before"], "after": change["after"], "sides": sides})
    return found


def section(context):
    scenario, found = context.folder.scenario, []
    for k, entry in enumerate(context.folder.why):
        found += tell(scenario, entry, f"why{k}")
    return {"name": "minds", "title": "What changed their minds", "periods": found} if found else None
