#!/usr/bin/python3
"""Code the baselines of the scenarios from the source tables, by one rule for all dyads.

    code_baselines.py            write states.csv, dyads.csv and sanctions.csv beside this file
    code_baselines.py --check    write nothing; exit 1 if a table in place is not what the rule gives
    code_baselines.py --face     print the highest and lowest dyads of each measure [--date YYYY-MM-DD]

Reads source/ (SOURCES.md says where each column comes from). mandates.csv is coded by hand and
only checked here. Standard library only. The baselines hold structure: rivalry, disputes before
the start, alliances, memberships, sanction acts. Behaviour (votes, trade, arms) is not read.
"""
import argparse
import csv
import io
import math
import os
import sys
from calendar import monthrange
from itertools import combinations

HERE = os.path.dirname(os.path.abspath(__file__))

# ---- The rule's constants. None belongs to a state or to a dyad. ---------------------------------
BASE_DATE = "2010-01-01"    # memberships and designations count if in force on this day
GROWTH_YEARS = 9            # from gdp_2010 to gdp_2019

# Dispute h0: mean of four parts (rivalry, militarised disputes, hostile events, no relations).
DISPUTE_YEAR = 2010         # militarised disputes are aged to this year
DISPUTE_HALF_LIFE = 5.0     # a dispute so many years old has half the weight of a new one
HOSTILITY_MAX = 5.0         # top of the COW hostility scale (war)
EVENT_FULL = 0.5            # from this hostile share on, the part is 1
EVENT_SMOOTH = 20.0         # weight, in events, of the share pooled over all dyads

# Alliance a: the highest rung that holds, 0..1. Neutrality and nonaggression count 0.
ALLIANCE_DEFENCE = 1.0      # mean of the two sources, so one source alone gives one half
ALLIANCE_CONSULTATION = 0.15  # consultation (ATOP) or entente (COW)
ALLIANCE_DESIGNATED = 0.4   # an ally by designation, with the state that designated it

# Institutions I: mean of shared organisations (scaled) and of exclusive clubs.
MEMBERSHIP = {"member": 1.0, "associate": 0.25, "candidate": 0.25, "observer": 0.25,
              "dialogue_partner": 0.25, "partner": 0.25}   # other types are no membership: 0
DESIGNATION = "designation"
CLUB_SCALE = 2.0            # scale of the saturation 1 - exp(-sum/scale)

# Cooperation x0 by domain: floor, weight, and the source it rests on (a alliance, I institutions).
COOPERATION = {"political": (0.05, 0.5, "alliance"), "institutional": (0.05, 0.6, "institutions"),
               "security": (0.05, 0.6, "alliance"), "economic": (0.05, 0.2, "institutions")}

# Sanctions: class of an act by scope; a non-binding act counts one class lower, at least 1.
SCOPE_CLASS = {"individual": 1, "diplomatic": 1,
               "arms": 2, "dual-use": 2, "aid": 2, "product": 2, "tariff": 2,
               "sectoral": 3, "financial": 3, "trade": 3}
MANDATE_KIND = "UN-mandated"        # kept apart: mandates.csv
UNKNOWN_START, ONGOING = "1900-01-01", ""

# Level of one sender's acts on one target; the program holds the same rule, here for --face only.
CLASS_LEVEL = {1: 0.05, 2: 0.15, 3: 0.30}
PILLAR_STEP, SECONDARY_STEP = 0.15, 0.25
MAIN_PILLARS = set("TFX")           # T main export or imports, F finance, X exports; S third parties

MANDATE_CELLS = ("dual_use", "arms_exports", "arms_imports", "finance", "main_export", "general_trade")
CELL_VALUES = {"0", "0.5", "1"}     # open, open with the Council's permission, closed
FACE_ROWS = 10
# --------------------------------------------------------------------------------------------------

Row = dict[str, str]


def read(*path: str) -> list[Row]:
    with open(os.path.join(HERE, *path), newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def known(text: str) -> "float | None":
    return None if text in ("NA", "") else float(text)


def clip(x: float) -> float:
    return max(0.0, min(1.0, x))


def mean(xs: list[float]) -> float:
    return sum(xs) / len(xs)


# ---- dates: YYYY, YYYY-MM or YYYY-MM-DD ----------------------------------------------------------

def start_day(text: str) -> str:
    """First day that the text can mean."""
    if text == "NA":
        return UNKNOWN_START
    return text + "-01-01"[len(text) - 4:]


def end_day(text: str) -> str:
    """Last day that the text can mean; empty if there is no end."""
    if text in ("NA", "ongoing"):
        return ONGOING
    if len(text) == 4:
        text += "-12"
    if len(text) == 7:
        text += "-%02d" % monthrange(int(text[:4]), int(text[5:]))[1]
    return text


def in_force(start: str, end: str, day: str) -> bool:
    """Whether start <= day < end, for full dates."""
    return start <= day and (end == ONGOING or day < end)


# ---- dispute -------------------------------------------------------------------------------------

def hostile_shares(dyads: list[Row]) -> "list[float | None]":
    """Share of hostile among all events, smoothed; None where a dyad has no event data."""
    counts = []
    for r in dyads:
        c = [known(r["icews_%s_2007_2010" % k]) for k in ("verbcoop", "matlcoop", "verbconf", "matlconf")]
        counts.append(None if None in c else (sum(c), c[2] + c[3]))
    seen = [c for c in counts if c]
    pooled = sum(hostile for _, hostile in seen) / sum(total for total, _ in seen)
    return [(c[1] + EVENT_SMOOTH * pooled) / (c[0] + EVENT_SMOOTH) if c else None for c in counts]


def past_dispute(r: Row, source: str) -> float:
    """Highest hostility of past militarised disputes, fading with the years since the last."""
    last, hostility = (known(r["mid_%s_%s_2001_2010" % (source, k)]) for k in ("last_year", "maxhost"))
    if last is None:
        return 0.0
    return hostility / HOSTILITY_MAX * 2.0 ** (-(DISPUTE_YEAR - last) / DISPUTE_HALF_LIFE)


def disputes(dyads: list[Row]) -> list[float]:
    """h0 of every dyad. Without event data a dyad is taken to be at the median: no event part."""
    shares = hostile_shares(dyads)
    ranked = sorted(s for s in shares if s is not None)
    median = ranked[len(ranked) // 2]
    h0 = []
    for r, share in zip(dyads, shares):
        rivalry = mean([v for v in (known(r["rivalry_tss"]), known(r["rivalry_td"])) if v is not None])
        militarised = mean([past_dispute(r, "gml"), past_dispute(r, "cow")])
        events = 0.0 if share is None else clip((share - median) / (EVENT_FULL - median))
        no_relations = 1.0 - float(r["diplomatic_relations_2010"])
        h0.append(mean([rivalry, militarised, events, no_relations]))
    return h0


# ---- alliances and institutions ------------------------------------------------------------------

def memberships_on(day: str) -> list[Row]:
    return [r for r in read("source", "memberships.csv")
            if in_force(start_day(r["from"]), end_day(r["to"]), day)]


def alliance(r: Row, designated: set[frozenset[str]]) -> float:
    """a: how far the two are allied."""
    defence = (float(r["atop_defence"]) + float(r["cow_defence"])) / 2.0
    consultation = max(float(r["atop_consultation"]), float(r["cow_entente"]))
    by_name = frozenset((r["iso3_a"], r["iso3_b"])) in designated
    return max(ALLIANCE_DEFENCE * defence, ALLIANCE_CONSULTATION * consultation,
               ALLIANCE_DESIGNATED * by_name)


def clubs(members: list[Row]) -> dict[str, dict[str, float]]:
    """Organisation -> state -> weight of its membership."""
    out: dict[str, dict[str, float]] = {}
    for r in members:
        weight = MEMBERSHIP.get(r["type"], 0.0)
        if weight:
            club = out.setdefault(r["organisation"], {})
            club[r["iso3"]] = max(weight, club.get(r["iso3"], 0.0))
    return out


def club_overlap(a: str, b: str, by_club: dict[str, dict[str, float]], n_states: int) -> float:
    """Common clubs, each weighted by its exclusivity: small clubs say more than broad ones."""
    total = 0.0
    for name in sorted(by_club):
        club = by_club[name]
        if a in club and b in club:
            full = sum(1 for w in club.values() if w == 1.0)
            total += club[a] * club[b] * (1.0 - full / n_states)
    return 1.0 - math.exp(-total / CLUB_SCALE)


def ties_on(day: str, dyads: list[Row], n_states: int) -> list[dict[str, float]]:
    """Alliance a and institutions I of every dyad, memberships as in force on the day."""
    members = memberships_on(day)
    by_club = clubs(members)
    designated = {frozenset((r["by"], r["iso3"])) for r in members if r["type"] == DESIGNATION}
    shared = [float(r["igo_shared_2010"]) for r in dyads]
    low, high = min(shared), max(shared)
    ties = []
    for r, n in zip(dyads, shared):
        overlap = club_overlap(r["iso3_a"], r["iso3_b"], by_club, n_states)
        ties.append({"alliance": alliance(r, designated),
                     "institutions": mean([(n - low) / (high - low), overlap])})
    return ties


# ---- sanction acts -------------------------------------------------------------------------------

def act_class(r: Row) -> int:
    highest = max(SCOPE_CLASS[s] for s in r["scope"].split("+"))
    return highest if r["binding"] == "1" else max(1, highest - 1)


def split_by_exit(r: Row, start: str, end: str, exits: list[Row]) -> list[tuple[str, list[str], str]]:
    """(id, senders, end) of an act: a state that leaves the sender is bound to that day only."""
    stay, parts = r["members"].split(";"), []
    for x in exits:
        if x["sender"] == r["sender"] and x["iso3"] in stay and in_force(start, end, x["date"]):
            stay.remove(x["iso3"])
            parts.append((r["id"] + "_" + x["iso3"], [x["iso3"]], x["date"]))
    return [(r["id"], stay, end)] + parts


def sanction_acts() -> list[Row]:
    """The acts that count: against the present state, no mandate, no outcome to be explained."""
    exits = read("source", "exits.csv")
    acts = []
    for r in read("source", "sanctions.csv"):
        if r["kind"] == MANDATE_KIND or r["against_state"] != "1" or r["outcome"] == "1":
            continue
        start, end = start_day(r["start"]), end_day(r["end"])
        for act_id, senders, last in split_by_exit(r, start, end, exits):
            acts.append({"id": act_id, "senders": ";".join(senders), "target": r["target"],
                         "start": start, "end": last, "class": str(act_class(r)),
                         "pillars": r["pillars"], "note": r["act"]})
    return acts


def sanction_levels(day: str) -> dict[tuple[str, str], float]:
    """(sender, target) -> level of the acts in force on the day."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for act in sanction_acts():
        if in_force(act["start"], act["end"], day):
            for sender in act["senders"].split(";"):
                groups.setdefault((sender, act["target"]), []).append(act)
    return {pair: level(acts) for pair, acts in groups.items()}


def level(acts: list[Row]) -> float:
    pillars = set("".join(a["pillars"] for a in acts)) - {"-"}
    n = len(pillars & MAIN_PILLARS)
    if n == 0:
        return CLASS_LEVEL[max(int(a["class"]) for a in acts)]
    return clip(CLASS_LEVEL[3] + PILLAR_STEP * n + SECONDARY_STEP * ("S" in pillars and n >= 2))


# ---- the tables ----------------------------------------------------------------------------------

def states_table() -> list[Row]:
    out = []
    for r in read("source", "states.csv"):
        growth = (float(r["gdp_2019_busd"]) / float(r["gdp_2010_busd"])) ** (1.0 / GROWTH_YEARS) - 1.0
        out.append({"iso3": r["iso3"], "ccode": r["cow_ccode"], "name": r["name"], "lat": r["lat"],
                    "lon": r["lon"], "gdp": r["gdp_2010_busd"], "growth": "%.8f" % growth,
                    "milex": r["milex_2010_busd"]})
    return out


def dyads_table() -> list[Row]:
    dyads, n_states = read("source", "dyads.csv"), len(read("source", "states.csv"))
    out = []
    for r, h0, tie in zip(dyads, disputes(dyads), ties_on(BASE_DATE, dyads, n_states)):
        row = {"iso3_a": r["iso3_a"], "iso3_b": r["iso3_b"], "h0": "%.4f" % h0}
        for domain, (floor, weight, source) in COOPERATION.items():
            row["x0_" + domain] = "%.4f" % (floor + weight * tie[source])
        out.append(row)
    return out


def tables() -> dict[str, list[Row]]:
    return {"states.csv": states_table(), "dyads.csv": dyads_table(), "sanctions.csv": sanction_acts()}


def as_text(rows: list[Row]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def write_tables() -> int:
    for name, rows in tables().items():
        with open(os.path.join(HERE, name), "w", newline="", encoding="utf-8") as f:
            f.write(as_text(rows))
        print("%s: %d rows" % (name, len(rows)))
    return 0


# ---- check ---------------------------------------------------------------------------------------

def stale_tables() -> list[str]:
    """Tables in place that differ from what the rule gives."""
    faults = []
    for name, rows in tables().items():
        path = os.path.join(HERE, name)
        if not os.path.exists(path):
            faults.append("%s: missing" % name)
            continue
        with open(path, newline="", encoding="utf-8") as f:
            if f.read() != as_text(rows):
                faults.append("%s: not what the rule gives; run code_baselines.py" % name)
    return faults


def faulty_ids(acts: list[Row], mandates: list[Row]) -> list[str]:
    seen, faults = set(), []
    for r in acts + mandates:
        if r["id"] in seen:
            faults.append("%s: id used twice" % r["id"])
        seen.add(r["id"])
    return faults


def faulty_acts(acts: list[Row], mandates: list[Row], states: set[str]) -> list[str]:
    """Unknown states, a target among its senders, a span without a day, a cell off the scale."""
    faults = []
    for r in acts + mandates:
        senders = r["senders"].split(";") if "senders" in r else []
        unknown = [s for s in senders + [r["target"]] if s not in states]
        faults += ["%s: unknown state '%s'" % (r["id"], s) for s in unknown]
        if r["target"] in senders:
            faults.append("%s: target %s is among the senders" % (r["id"], r["target"]))
        if r["end"] != ONGOING and r["end"] <= r["start"]:
            faults.append("%s: ends %s, not after its start %s" % (r["id"], r["end"], r["start"]))
    for r in mandates:
        faults += ["%s: %s is '%s', not 0, 0.5 or 1" % (r["id"], c, r[c])
                   for c in MANDATE_CELLS if r[c] not in CELL_VALUES]
        if r["article41"] not in ("0", "1"):
            faults.append("%s: article41 is '%s', not 0 or 1" % (r["id"], r["article41"]))
    return faults


def faulty_dyads(states: set[str]) -> list[str]:
    """Dyads without a row, with two, or of a state that is not in the table of states."""
    seen, faults = set(), []
    for r in read("source", "dyads.csv"):
        pair = frozenset((r["iso3_a"], r["iso3_b"]))
        if pair in seen or len(pair) != 2 or not pair <= states:
            faults.append("dyad %s-%s: repeated or unknown" % (r["iso3_a"], r["iso3_b"]))
        seen.add(pair)
    faults += ["dyad %s-%s: no row" % p for p in combinations(sorted(states), 2) if frozenset(p) not in seen]
    return faults


def check() -> int:
    states = {r["iso3"] for r in read("source", "states.csv")}
    acts, mandates = sanction_acts(), read("mandates.csv")
    faults = stale_tables() + faulty_ids(acts, mandates)
    faults += faulty_acts(acts, mandates, states) + faulty_dyads(states)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


# ---- face validity -------------------------------------------------------------------------------

def show(title: str, values: dict[str, float]) -> None:
    """The ten highest and the ten lowest; ties in alphabetical order, their number given."""
    ranked = sorted(values, key=lambda k: (-values[k], k))
    lowest = sorted(values, key=lambda k: (values[k], k))[:FACE_ROWS]
    print(title)
    for end, names in (("highest", ranked[:FACE_ROWS]), ("lowest", lowest)):
        ties = sum(1 for v in values.values() if v == values[names[0]])
        print("  %-8s %s  (%d at %.2f)" % (end, ", ".join("%s %.2f" % (k, values[k]) for k in names),
                                           ties, values[names[0]]))


def face(day: str) -> int:
    dyads, n_states = read("source", "dyads.csv"), len(read("source", "states.csv"))
    names = ["%s-%s" % (r["iso3_a"], r["iso3_b"]) for r in dyads]
    ties = ties_on(day, dyads, n_states)
    levels = {"%s>%s" % pair: v for pair, v in sanction_levels(day).items()}
    show("Dispute h0 (data to %d)" % DISPUTE_YEAR, dict(zip(names, disputes(dyads))))
    show("Alliance a on " + day, dict(zip(names, [t["alliance"] for t in ties])))
    show("Institutions I on " + day, dict(zip(names, [t["institutions"] for t in ties])))
    show("Sanctions of sender>target on %s: %d pairs with acts in force, the others 0" % (day, len(levels)),
         levels)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Code the baselines from source/ by one rule for all dyads.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="write nothing; exit 1 if a table differs")
    what.add_argument("--face", action="store_true", help="print the highest and lowest dyads")
    parser.add_argument("--date", default=BASE_DATE, help="day for --face (default %(default)s)")
    args = parser.parse_args()
    if args.check:
        return check()
    return face(args.date) if args.face else write_tables()


if __name__ == "__main__":
    sys.exit(main())
