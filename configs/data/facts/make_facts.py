#!/usr/bin/python3
"""Derive the facts that the model is held against. Nothing here is an input of the model.

    make_facts.py FOLDER     write all tables but brent.csv from the original tables in FOLDER
    make_facts.py            write changes.csv from the tables in place
    --check                  with either: write nothing; exit 1 if a table in place differs

FOLDER holds trade_facts_to_2019.csv (period, partner_a, partner_b, value, unit, statistics_of,
reported_in), dyads_yearly_2007_2019.csv (year, iso3_a, iso3_b, measure, value) and dyads_2010.csv
(iso3_a, iso3_b and the columns that are read below). SOURCES.md says where these, brent.csv and
../states.csv come from. Standard library only.
"""
import argparse
import csv
import io
import itertools
import math
import os
import random
import re
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterable

HERE = os.path.dirname(os.path.abspath(__file__))

FOCUS = ("IRN", "RUS")      # the dyad that the scenario asks about: marked or left out, never used for choosing
GROUP = {"EU": "eu5"}       # a partner that is no state, and the group that stands for it in the model
MEMBERS = {"eu5": ("DEU", "FRA", "GBR", "ITA", "POL")}
BEFORE, AFTER = range(2011, 2015), range(2017, 2020)    # the years of the scenario's first step
VOTES = {"distance": "un_idealpoint_dist", "agree": "un_agree_same"}

LEAST_CHANGE = 0.05         # less is no direction: rounding, revision, exchange rates
FIRST_MONTH = "2010-01"     # month of the economies in states.csv

SELLERS, OIL_SHARE = ("IRN", "RUS"), 0.5    # of oil, and its assumed share in the value of their trade
HOSTILE = 0.5               # share of hostile events at which contact counts nothing
SMOOTH = 20                 # pseudo-events that pull small samples to the share of all
NORMAL = 1.4826             # standard deviation of a normal distribution by its median absolute deviation
SEED, RESAMPLES = 1, 1000   # of states, for the errors of reliability.csv
BASE = "trade_change"       # row of reliability.csv

Row = dict[str, str]
Pair = tuple[str, str]
Values = dict[Pair, float]
Series = dict[Pair, dict[str, dict[int, float]]]


def read(*path: str) -> list[Row]:
    with open(os.path.join(*path), newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def mean(xs: list[float]) -> float:
    return sum(xs) / len(xs)


def month(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:]) - 1


def text_of(m: int) -> str:
    return "%04d-%02d" % (m // 12, m % 12 + 1)


# ---- trade ---------------------------------------------------------------------------------------

def period(text: str) -> tuple[str, str]:
    """First and last month of YYYY, YYYY-H1, YYYY-MM..MM or YYYY-MM..YYYY-MM."""
    if len(text) == 4:
        return text + "-01", text + "-12"
    if text.endswith("-H1"):
        return text[:4] + "-01", text[:4] + "-06"
    first, last = text.split("..")
    return first, last if len(last) == 7 else first[:5] + last


def remark(text: str) -> tuple[str, str]:
    """Growth on the same months of the year before (NA without), and what else a remark says."""
    same = re.fullmatch(r"([+-][\d.]+) % on the year before", text)
    other = re.fullmatch(r"(\d{4}) = ([+-][\d.]+ %)", text)
    if same:
        return "%.3f" % (float(same[1]) / 100.0), ""
    return "NA", "growth of %s reported as %s" % (other[1], other[2]) if other else text


def trade_table(folder: str) -> list[Row]:
    out = []
    for r in read(folder, "trade_facts_to_2019.csv"):
        first, last = period(r["period"])
        office, _, bracket = r["statistics_of"].partition(" (")
        growth, note = remark(bracket.rstrip(")"))
        a, b = sorted((GROUP.get(r[k], r[k]) for k in ("partner_a", "partner_b")), key=sort_key)
        out.append({"from": first, "to": last, "partner_a": a, "partner_b": b, "value": r["value"],
                    "unit": r["unit"], "growth": growth, "statistics_of": office,
                    "reported_in": r["reported_in"], "note": note})
    return sorted(out, key=lambda r: (sort_key(r["partner_a"]), r["partner_b"], r["from"], r["to"]))


def sort_key(partner: str) -> tuple[bool, str]:
    """Groups before states."""
    return partner not in MEMBERS, partner


# ---- votes ---------------------------------------------------------------------------------------

def yearly(folder: str) -> Series:
    """Known values of every dyad, by measure and year."""
    series: Series = {}
    for r in read(folder, "dyads_yearly_2007_2019.csv"):
        measures = series.setdefault((r["iso3_a"], r["iso3_b"]), {})
        if r["value"] != "NA":
            measures.setdefault(r["measure"], {})[int(r["year"])] = float(r["value"])
    return series


def window_mean(series: dict[int, float], years: range) -> "float | None":
    return mean([series[y] for y in years]) if all(y in series for y in years) else None


def votes_table(series: Series) -> list[Row]:
    """Means of both periods and their difference for every dyad; NA if a year is unknown."""
    out = []
    for pair in sorted(series):
        row = {"iso3_a": pair[0], "iso3_b": pair[1], "focus": str(int(pair == FOCUS))}
        for name, measure in VOTES.items():
            old, new = (window_mean(series[pair].get(measure, {}), years) for years in (BEFORE, AFTER))
            known = old is not None and new is not None
            for column, value in (("before", old), ("after", new), ("change", new - old if known else None)):
                row["%s_%s" % (name, column)] = "NA" if value is None else "%.4f" % value
        out.append(row)
    return out


# ---- relations of 2007-2010 as ranks, and how far two measures of one behaviour agree --------------

def both_ways(dyads: dict[Pair, Row], column: str) -> Values:
    """Sum of the known directions of a column with %s for ab or ba; no entry if neither is known."""
    out = {}
    for pair, r in dyads.items():
        known = [float(r[column % way]) for way in ("ab", "ba") if r[column % way] != "NA"]
        if known:
            out[pair] = round(sum(known), 6)
    return out


def contact(dyads: dict[Pair, Row]) -> Values:
    """Log number of events against the most, times how far they are from hostile; where events are known."""
    total, hostile = {}, {}
    for pair, r in dyads.items():
        count = [r["icews_%s_2007_2010" % kind] for kind in ("verbcoop", "matlcoop", "verbconf", "matlconf")]
        if "NA" not in count:
            total[pair], hostile[pair] = sum(map(float, count)), sum(map(float, count[2:]))
    most, events = max(total.values(), default=0.0), sum(total.values())
    if not events:
        return {}
    pooled = sum(hostile.values()) / events
    share = {pair: (hostile[pair] + SMOOTH * pooled) / (total[pair] + SMOOTH) for pair in total}
    return {pair: math.log1p(total[pair]) / math.log1p(most) * min(1.0, max(0.0, 1.0 - share[pair] / HOSTILE))
            for pair in total}


def likeness(dyads: dict[Pair, Row]) -> Values:
    """exp(-distance of ideal points / geometric mean of how far the two are from all others)."""
    distance = {pair: float(r["un_idealpoint_dist_2007_2010"]) for pair, r in dyads.items()}
    usual = {s: mean([d for pair, d in distance.items() if s in pair]) for s in set(itertools.chain(*distance))}
    return {(a, b): math.exp(-d / math.sqrt(usual[a] * usual[b])) for (a, b), d in distance.items()}


def ranks(values: Iterable[float]) -> list[float]:
    """1 is least; equal values share the mean of their ranks."""
    values = list(values)
    count, place, below = Counter(values), {}, 0
    for value in sorted(count):
        place[value] = below + (count[value] + 1) / 2.0
        below += count[value]
    return [place[value] for value in values]


def rank_correlation(xs: list[float], ys: list[float]) -> "float | None":
    """None without two different values of each."""
    if len(set(xs)) < 2 or len(set(ys)) < 2:
        return None
    return statistics.correlation(ranks(xs), ranks(ys))


def relations_table(dyads: dict[Pair, Row]) -> list[Row]:
    """Ranks over all dyads but the focus, whose row is NA. Ranks and no values: the terms of the sources."""
    others = {pair: r for pair, r in dyads.items() if pair != FOCUS}
    talk, like = contact(others), likeness(others)
    measures = {"political": {pair: math.sqrt(like[pair] * talk[pair]) for pair in talk},
                "security": both_ways(others, "arms_tiv_%s_2006_2010"),
                "economic": both_ways(others, "trade_%s_mean_2008_2010_musd")}
    found = {name: dict(zip(values, ranks(values.values()))) for name, values in measures.items()}
    return [{"iso3_a": pair[0], "iso3_b": pair[1],
             **{name: "%g" % rank[pair] if pair in rank else "NA" for name, rank in found.items()}}
            for pair in sorted(dyads)]


def window_arms(series: Series, years: range) -> Values:
    """Deliveries both ways; without the focus."""
    out = {}
    for pair, measures in series.items():
        ways = [measures.get("arms_tiv_%s" % way, {}) for way in ("ab", "ba")]
        if pair != FOCUS and all(y in way for way in ways for y in years):
            out[pair] = round(sum(way[y] for way in ways for y in years), 6)
    return out


def trade_changes(series: Series) -> dict[Pair, dict[int, float]]:
    """Change of ln of trade both ways on the year before, where all of it is known; without the focus."""
    out: dict[Pair, dict[int, float]] = {}
    for pair, measures in series.items():
        ways = [measures.get("trade_%s_musd" % way, {}) for way in ("ab", "ba")]
        total = {y: ways[0][y] + ways[1][y] for y in ways[0] if y in ways[1]}
        found = {y: math.log(v / total[y - 1]) for y, v in total.items() if v and total.get(y - 1)}
        if pair != FOCUS and found:
            out[pair] = found
    return out


def usual_change(changes: Iterable[dict[int, float]]) -> "float | None":
    """Robust standard deviation about each year's median."""
    by_year: dict[int, list[float]] = {}
    for change in changes:
        for year, value in change.items():
            by_year.setdefault(year, []).append(value)
    rest = [v - m for values in by_year.values() for m in [statistics.median(values)] for v in values]
    if not rest:
        return None
    middle = statistics.median(rest)
    return NORMAL * statistics.median([abs(v - middle) for v in rest])


def error_by_states(statistic: "Callable[[list[Pair]], float | None]", pairs: list[Pair]) -> "float | None":
    """Standard error by resampling states, not dyads: a state drawn twice counts twice, and none with itself."""
    states, known = sorted(set(itertools.chain(*pairs))), set(pairs)
    generator, found = random.Random(SEED), []
    for _ in range(RESAMPLES):
        drawn = sorted(generator.choices(states, k=len(states))) if states else []
        value = statistic([pair for pair in itertools.combinations(drawn, 2) if pair in known])
        if value is not None:
            found.append(value)
    return statistics.stdev(found) if len(found) > 1 else None


def reliability_table(dyads: dict[Pair, Row], series: Series) -> list[Row]:
    others = {pair: r for pair, r in dyads.items() if pair != FOCUS}
    compared = {
        "political": (contact(others), likeness(others)),
        "security": (window_arms(series, range(2007, 2011)), window_arms(series, range(2011, 2015))),
        "economic": (both_ways(others, "trade_%s_2010_musd"), both_ways(others, "trade_baci_%s_2010_musd"))}
    out = []

    def add(name: str, kind: str, statistic: "Callable[[list[Pair]], float | None]", pairs: list[Pair]) -> None:
        value, error = statistic(pairs), error_by_states(statistic, pairs)
        out.append({"name": name, "statistic": kind, "value": "NA" if value is None else "%.4f" % value,
                    "error": "NA" if error is None else "%.4f" % error, "dyads": str(len(pairs))})

    for name, (x, y) in compared.items():
        add(name, "rank correlation",
            lambda pairs, x=x, y=y: rank_correlation([x[p] for p in pairs], [y[p] for p in pairs]),
            sorted(x.keys() & y.keys()))
    changes = trade_changes(series)
    add(BASE, "robust standard deviation", lambda pairs: usual_change(changes[p] for p in pairs), sorted(changes))
    return out


# ---- changes of trade: what they could owe to the price of oil, and to growth alone ----------------

def windows(rows: list[Row]) -> list[tuple[int, int, int, int, float]]:
    """(from, to, over_from, over_to, ratio) of one pair: figures of the same months of two years, in
    succession, or a figure with its growth on the year before. What lies within a longer one goes."""
    found = {}
    for k, r in enumerate(rows):
        span = month(r["from"]), month(r["to"])
        earlier = [q for q in rows[:k] if q["statistics_of"] == r["statistics_of"]
                   and q["from"][5:] == r["from"][5:] and month(q["to"]) - month(q["from"]) == span[1] - span[0]]
        if earlier:
            over = month(earlier[-1]["from"]), month(earlier[-1]["to"])
            found[span + over] = float(r["value"]) / float(earlier[-1]["value"])
        elif r["growth"] != "NA":
            found[span + (span[0] - 12, span[1] - 12)] = 1.0 + float(r["growth"])
    return [w + (ratio,) for w, ratio in found.items()
            if not any(v != w and v[0] <= w[0] and w[1] <= v[1] and v[2] <= w[2] and w[3] <= v[3] for v in found)]


def economies(states: list[Row], partner: str, m: int) -> float:
    """As the model has them: growth by the month, falls left out."""
    return sum(float(s["gdp"]) * (1.0 + max(0.0, float(s["growth"]))) ** ((m - month(FIRST_MONTH)) / 12.0)
               for s in states if partner in ("all", s["iso3"]) or s["iso3"] in MEMBERS.get(partner, ()))


def growth_alone(states: list[Row], a: str, b: str, w: tuple[int, ...]) -> float:
    """Ratio of the model's exchange if nothing changed but the economies: of e_a e_b / sum of all e."""
    size = [mean([economies(states, a, m) * economies(states, b, m) / economies(states, "all", m)
                  for m in range(first, last + 1)]) for first, last in (w[:2], w[2:])]
    return size[0] / size[1]


def price_says(ratio: float, oil: float) -> str:
    """Whether the oil price moved against the change, as the change but less, or enough for it."""
    if (ratio > 1.0) != (oil > 1.0):
        return "against"
    return "enough" if max(oil, 1.0 / oil) >= max(ratio, 1.0 / ratio) else "part"


def size_error(base: str, years: float, pair: Pair, oil: float) -> str:
    """Standard error of ln(ratio), read as a statement on the model's exchange, which has no prices."""
    if base == "NA":
        return "NA"
    share = OIL_SHARE if set(pair) & set(SELLERS) else 0.0
    return "%.3f" % math.hypot(float(base) * math.sqrt(years), share * math.log(oil))


def changes_table(trade: list[Row], base: str) -> list[Row]:
    brent = {month(r["month"]): float(r["usd_per_barrel"]) for r in read(HERE, "brent.csv")}
    states = read(HERE, os.pardir, "states.csv")
    out: list[Row] = []
    for a, b in dict.fromkeys((r["partner_a"], r["partner_b"]) for r in trade):
        for *w, ratio in windows([r for r in trade if (r["partner_a"], r["partner_b"]) == (a, b)]):
            oil = [mean([brent[m] for m in range(first, last + 1)]) for first, last in (w[:2], w[2:])]
            clear = abs(ratio - 1.0) >= LEAST_CHANGE
            claim = "F%02d" % (1 + sum(r["claim"] != "NA" for r in out)) if clear else "NA"
            out.append({"claim": claim, "partner_a": a, "partner_b": b,
                        **dict(zip(("from", "to", "over_from", "over_to"), map(text_of, w))),
                        "ratio": "%.3f" % ratio,
                        "direction": ("above" if ratio > 1.0 else "below") if clear else "none",
                        "oil": "%.3f" % (oil[0] / oil[1]),
                        "oil_says": price_says(ratio, oil[0] / oil[1]) if clear else "NA",
                        "growth_alone": "%.3f" % growth_alone(states, a, b, tuple(w)),
                        "error": size_error(base, (w[0] - w[2]) / 12.0, (a, b), oil[0] / oil[1])})
    return out


# ---- the tables ----------------------------------------------------------------------------------

def as_text(rows: list[Row]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def tables(folder: "str | None") -> dict[str, str]:
    made = {}
    if folder is not None:
        series = yearly(folder)
        dyads = {(r["iso3_a"], r["iso3_b"]): r for r in read(folder, "dyads_2010.csv")}
        made = {"trade.csv": as_text(trade_table(folder)), "votes.csv": as_text(votes_table(series)),
                "relations.csv": as_text(relations_table(dyads)),
                "reliability.csv": as_text(reliability_table(dyads, series))}
    trade, reliability = (list(csv.DictReader(io.StringIO(made[name]))) if made else read(HERE, name)
                          for name in ("trade.csv", "reliability.csv"))
    base = next(r["value"] for r in reliability if r["name"] == BASE)
    return made | {"changes.csv": as_text(changes_table(trade, base))}


def differs(name: str, text: str) -> bool:
    path = os.path.join(HERE, name)
    if not os.path.exists(path):
        return True
    with open(path, newline="", encoding="utf-8") as f:
        return f.read() != text


def main() -> int:
    parser = argparse.ArgumentParser(description="Derive the facts that the model is held against.")
    parser.add_argument("folder", nargs="?", help="where the original tables are")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a table differs")
    args = parser.parse_args()
    made = tables(args.folder)
    stale = [name for name, text in made.items() if differs(name, text)]
    if args.check:
        for name in stale:
            print("%s: not what the rule gives; run make_facts.py" % name, file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        with open(os.path.join(HERE, name), "w", newline="", encoding="utf-8") as f:
            f.write(made[name])
    for name, text in made.items():
        print("%s: %d rows%s" % (name, text.count("\n") - 1, "" if name in stale else ", as it was"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
