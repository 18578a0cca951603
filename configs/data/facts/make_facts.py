#!/usr/bin/python3
"""Derive the facts that the model is held against. Nothing here is an input of the model.

    make_facts.py FOLDER     write trade.csv, votes.csv and changes.csv from the original tables in FOLDER
    make_facts.py            write changes.csv from the tables in place
    --check                  with either: write nothing; exit 1 if a table in place differs

FOLDER holds trade_facts_to_2019.csv (period, partner_a, partner_b, value, unit, statistics_of,
reported_in) and dyads_yearly_2007_2019.csv (year, iso3_a, iso3_b, measure, value). SOURCES.md says
where these, brent.csv and ../states.csv come from. Standard library only.
"""
import argparse
import csv
import io
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

FOCUS = ("IRN", "RUS")      # the dyad that the scenario asks about: marked, never used for choosing
GROUP = {"EU": "eu5"}       # a partner that is no state, and the group that stands for it in the model
MEMBERS = {"eu5": ("DEU", "FRA", "GBR", "ITA", "POL")}
BEFORE, AFTER = range(2011, 2015), range(2017, 2020)    # the years of the scenario's first step
VOTES = {"distance": "un_idealpoint_dist", "agree": "un_agree_same"}

LEAST_CHANGE = 0.05         # less is no direction: rounding, revision, exchange rates
FIRST_MONTH = "2010-01"     # month of the economies in states.csv

Row = dict[str, str]


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

def window_mean(series: dict[int, float], years: range) -> "float | None":
    return mean([series[y] for y in years]) if all(y in series for y in years) else None


def votes_table(folder: str) -> list[Row]:
    """Means of both periods and their difference for every dyad; NA if a year is unknown."""
    series: dict[tuple[str, str], dict[str, dict[int, float]]] = {}
    for r in read(folder, "dyads_yearly_2007_2019.csv"):
        dyad = series.setdefault((r["iso3_a"], r["iso3_b"]), {name: {} for name in VOTES})
        for name, measure in VOTES.items():
            if r["measure"] == measure and r["value"] != "NA":
                dyad[name][int(r["year"])] = float(r["value"])
    out = []
    for pair in sorted(series):
        row = {"iso3_a": pair[0], "iso3_b": pair[1], "focus": str(int(pair == FOCUS))}
        for name in VOTES:
            old, new = (window_mean(series[pair][name], years) for years in (BEFORE, AFTER))
            known = old is not None and new is not None
            for column, value in (("before", old), ("after", new), ("change", new - old if known else None)):
                row["%s_%s" % (name, column)] = "NA" if value is None else "%.4f" % value
        out.append(row)
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


def changes_table(trade: list[Row]) -> list[Row]:
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
                        "growth_alone": "%.3f" % growth_alone(states, a, b, tuple(w))})
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
        made = {"trade.csv": as_text(trade_table(folder)), "votes.csv": as_text(votes_table(folder))}
    trade = list(csv.DictReader(io.StringIO(made["trade.csv"]))) if made else read(HERE, "trade.csv")
    return made | {"changes.csv": as_text(changes_table(trade))}


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
