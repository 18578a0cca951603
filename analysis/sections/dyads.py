"""What the model says of all other dyads, and of facts on third parties."""

import math

from .. import bars, svg, words
from . import claims as claims_of
from .. import folder as folder_of

MOST, LEAST = 8, 5
VOTES = "facts_votes.csv"
ALIKE = {"distance_change": "come closer in their positions", "agree_change": "vote alike more often"}


def mark(folder, row):
    """A row of the figure."""
    name = folder.scenario.pair(row.iso3_1, row.iso3_2, " – ")
    return (f"{row.rank}  {name}", row.mean, row.low, row.high, row.draws_low, row.draws_high, bool(row.focus))


def cells(folder, row):
    return {
        "rank": row.rank, "name": folder.scenario.pair(row.iso3_1, row.iso3_2, " – "), "focus": bool(row.focus),
        "mean": words.change(row.mean), "interval": words.interval(row.low, row.high),
        "draws": words.interval(row.draws_low, row.draws_high),
    }


def chosen(table):
    """The first and the last rows, the focus dyads between them where they stand elsewhere."""
    table = table[table["mean"].notna()].sort_values("rank")
    if len(table) <= MOST + LEAST:
        return table, table.iloc[:0], table.iloc[:0]
    middle = table.iloc[MOST:-LEAST]
    return table.head(MOST), middle[middle.focus == 1], table.tail(LEAST)


def one(folder, outcome, table):
    top, middle, bottom = chosen(table)
    if top.empty:
        return None
    rows = []
    for part in (top, middle, bottom):
        if rows and len(part):
            rows.append(None)
        rows += [mark(folder, row) for row in part.itertuples()]
    total, focus = int(table["mean"].notna().sum()), table[(table.focus == 1) & table["mean"].notna()]
    names = [folder.scenario.pair(r.iso3_1, r.iso3_2) for r in top.itertuples()]
    said = [f"Of {total} dyads {names[0]} moves up most ({words.change(top['mean'].iloc[0], 2)})"]
    if len(names) > 2:
        said[0] += f", then {words.listing(names[1:3])}"
    said = [said[0] + "."]
    for row in focus.itertuples():
        said.append(f"{folder.scenario.pair(row.iso3_1, row.iso3_2)}: rank {row.rank} of {total}.")
    down = bottom[bottom["mean"] < 0]
    if len(down):
        last = down.iloc[-1]
        said.append(f"{folder.scenario.pair(last.iso3_1, last.iso3_2)} falls most ({words.change(last['mean'], 2)}).")
    said, spec = " ".join(said), folder.scenario.outcomes.get(outcome, {})

    def draw(width):
        return bars.dots(width, rows, f"change in {words.label(spec.get('measure', 'cooperation'))}")

    return {
        "outcome": outcome, "words": words.capital(words.outcome(spec)) if spec else words.plain(outcome), "said": said,
        "figure": svg.both(draw, f"dyads-{outcome.replace('_', '-')}", said),
        "rows": [[cells(folder, row) for row in part.itertuples()] for part in (top, middle, bottom)],
    }


def chance(hits, n):
    """Chance that a coin would be right at least so often."""
    return sum(math.comb(n, k) for k in range(hits, n + 1)) / 2**n


def facts(folder):
    """Claims of the kind facts: right or wrong, and how a coin would have fared."""
    found = [c for c in claims_of.views(folder) if c["kind"] == "facts" and c["shown"] in ("yes", "no")]
    if not found:
        return None
    right = sum(c["shown"] == "yes" for c in found)
    return {
        "claims": found, "right": right, "n": len(found), "chance": words.percent(chance(right, len(found))),
        "wrong": words.listing(c["id"] for c in found if c["shown"] == "no"),
        "draws": folder.draws_done, "verdicts": any(c["status"] in words.VERDICTS for c in found),
    }


def votes(context):
    """Rank correlations with changes of votes, if some folder holds them."""
    places = [place for place in (context.folder.path, context.robustness) if place is not None]
    path = next((place / VOTES for place in places if (place / VOTES).is_file()), None)
    if path is None:
        return None
    rows, outcomes = [], context.folder.scenario.outcomes
    for row in folder_of.read_csv(path).itertuples():
        told = not words.missing(row.low) and (row.low > 0 or row.high < 0)
        rows.append({
            "outcome": words.capital(words.outcome(outcomes[row.outcome])) if row.outcome in outcomes else row.outcome,
            "votes": ALIKE.get(row.votes, words.plain(row.votes)), "n": words.num(row.n, 0),
            "states": words.num(row.states, 0), "correlation": words.num(row.correlation, 2, plus=True),
            "interval": words.interval(row.low, row.high, 2),
            "said": words.UNKNOWN if words.missing(row.low) else
            "not told from zero" if not told else "agrees" if row.low > 0 else "contradicts",
        })
    return {"rows": rows, "stored": path.parent != context.folder.path}


def section(context):
    folder = context.folder
    table = folder.table("dyads")
    found = []
    if table is not None:
        found = [one(folder, outcome, rows) for outcome, rows in table.groupby("outcome", sort=False)]
    found = [each for each in found if each]
    known, correlations = facts(folder), votes(context)
    if not found and known is None and correlations is None:
        return None
    return {
        "name": "dyads", "title": "Where the model could be wrong: all other dyads", "outcomes": found, "facts": known,
        "votes": correlations, "draws": folder.draws_done, "focus": bool(folder.scenario.focus),
    }
