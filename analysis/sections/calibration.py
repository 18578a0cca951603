"""What was fitted: from a prior to a posterior, which weighs by what is known, and whether to trust them."""

from .. import fits, svg, words
from .. import folder as folder_of
from . import robustness, targets
from .lift import lift

RARE = 0.05  # a chance below it is told


def made(facts, parameters, posterior):
    """How the posterior came about, in one paragraph."""
    said = []
    if "cells" in facts:
        over = f" over {words.count(len(parameters), 'parameter')}" if parameters is not None else ""
        left = facts.get("cells_left_out") or 0
        missing = f"; {words.num(left, 0)} that failed or do not know all targets are left out" if left else ""
        said.append(f"{words.num(facts['cells'], 0)} parameter sets were drawn from the prior{over} and run{missing}.")
    if "targets" in facts:
        said.append(f"Each weighs by the likelihood of {words.count(facts['targets'], 'target')}, that is, figures "
                    "known beforehand, given what it simulates, with Gaussian errors.")
    if facts.get("discrepancy"):
        said.append(f"A target’s error counts {short(facts['discrepancy'])} times, for what the model leaves out.")
    if facts.get("nearest") is not None:
        said.append(f"The nearest set misses the targets by {words.num(facts['nearest'], 2)} such errors "
                    "(root mean square).")
    if "effective_sample_size" in facts:
        worth = words.num(facts["effective_sample_size"], 0)
        said.append(f"By their weights all are worth {worth} of equal weight (effective sample size).")
    if "draws" in facts:
        unlike = 0 if posterior is None else len(posterior.drop_duplicates())
        own = f", {words.num(unlike, 0)} of them different" if 0 < unlike < facts["draws"] else ""
        said.append(f"By weight {words.num(facts['draws'], 0)} sets are drawn from them{own}: the posterior.")
    return " ".join(said)


def inside(cover, name):
    """Of pseudo-observations, the share whose truth lies in the posterior's middle 90 %."""
    return float(cover[name].between(0.05, 0.95).mean())


def parameter_rows(table):
    rows = []
    for row in table.sort_values("contraction", ascending=False).itertuples():
        rows.append({
            "name": row.parameter, "prior": f"{short(row.low)} to {short(row.high)}", "median": short(row.median),
            "range": f"{short(row.q05)} to {short(row.q95)}", "contraction": words.num(row.contraction, 2),
            "informed": row.informed == "yes",
        })
    return rows


def short(x):
    """A parameter's value to three figures."""
    return words.UNKNOWN if words.missing(x) else words.signed(f"{x:.3g}")


def informed(rows):
    """What the data do and do not tell of parameters."""
    told, rest = [r for r in rows if r["informed"]], [r for r in rows if not r["informed"]]
    said = f"The targets inform {words.count(len(told), 'of', 'of')} {words.count(len(rows), 'parameter')}"
    said += f", {told[0]['name']} most (contraction {told[0]['contraction']})." if told else "."
    if rest:
        named = words.listing(f"{r['name']} ({r['contraction']})" for r in rest)
        said += f" They do not inform {named}: what is drawn of {'this' if len(rest) == 1 else 'these'} is the prior."
    return said


def covered(table, cover):
    """A panel a parameter: where the truth lies in the posterior of pseudo-observations."""
    if cover is None or table is None:
        return None
    panels, out = [], []
    for row in table.itertuples():
        if row.parameter not in cover:
            continue
        uneven = row.coverage < RARE
        said = [f"chance {words.num(row.coverage, 3)}",
                f"middle 90\u202f% hold {words.percent(inside(cover, row.parameter))}"]
        where = "leaves" if uneven else "stays in"
        heard = f"Coverage of {row.parameter}: {', '.join(said)}; the line {where} the band."
        figure = fits.uniform(cover[row.parameter], uneven)
        panels.append({"name": row.parameter, "said": said, "uneven": uneven,
                       "figure": svg.inline(figure, f"coverage{len(panels)}", heard)})
        out += [f"{row.parameter} ({verdict(cover[row.parameter])})"] if uneven else []
    return {"panels": panels, "n": len(cover), "said": outside(out, len(panels))} if panels else None


def verdict(weights):
    """In which way a posterior is wrong, by the weight below the truth."""
    off = float(weights.mean()) - 0.5
    if abs(off) > 1.96 / (12 * len(weights)) ** 0.5:
        return "too low" if off > 0 else "too high"
    return "too narrow" if weights.var() > 1 / 12 else "too wide"


def outside(names, n):
    usual = f"of {words.count(n, 'parameter')} chance alone makes {words.num(RARE * n, 1)} leave it"
    if not names:
        return f"No line leaves it; {usual}."
    lines = words.capital(words.count(len(names), "line leaves", "lines leave"))
    return f"{lines} it: {words.listing(names)}; {usual}."


def origin(place):
    """How it was made: commands apart, since they are long."""
    told = folder_of.stored_facts(place, "provenance.json")
    rows = [(words.capital(words.plain(str(key))), robustness.flat(value)) for key, value in told.items()
            if key != "commands"]
    return rows, [str(line) for line in told.get("commands") or []]


def section(context):
    place = context.calibration
    facts = folder_of.stored_facts(place, "manifest.json")
    table, cover = (folder_of.stored(place, f"{name}.csv") for name in ("parameters", "coverage"))
    rows = [] if table is None else parameter_rows(table)
    paragraph = made(facts, table, folder_of.stored(place, "posterior.csv"))
    reached, agrees, lifted = targets.reached(context), targets.agreement(context), lift(context)
    if not (paragraph or rows or reached or agrees or lifted):
        return None
    facts_of, commands = origin(place)
    return {
        "name": "calibration", "title": "What was fitted", "made": paragraph, "rows": rows, "targets": reached,
        "informed": informed(rows) if rows else "", "coverage": covered(table, cover), "agreement": agrees,
        "lift": lifted, "origin": facts_of, "commands": commands,
    }
