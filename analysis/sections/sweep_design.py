"""A sweep's first screen: what was found, what was varied, and what failed."""

from .. import effects, explore, responses, words

STEPS, FAILURES = 6, 20
LOUD = 0.2  # a share of chance in the variance that a reader is told of
DESIGNS = {
    "grid": "full grid: every combination of the factors’ levels",
    "list": "list: cells chosen by hand",
    "latin_hypercube": "Latin hypercube: cells drawn so that each factor’s range is covered evenly",
    "sobol": "Sobol’ sequence: cells that fill the ranges of all factors together evenly",
    "random": "random: cells drawn independently of each other",
}


def of_cells(n):
    return words.count(n, "cell")


def warnings(sweep):
    """What a reader has to know before all else."""
    found, design = [], sweep.design
    if sweep.done + sweep.failed < sweep.planned:
        found.append(f"This sweep is partial: {sweep.done} of {sweep.planned} cells are done. What follows is said of "
                     "those that there are, and may change.")
    if design["shard"] != "1/1":
        found.append(f"This is part {design['shard'].replace('/', ' of ')} of a sweep that was divided; “waltz merge” "
                     "joins the parts.")
    begun = len(effects.cells_of(sweep)) - sweep.done
    if begun > 0:
        found.append(f"{words.capital(of_cells(begun))} {'has' if begun == 1 else 'have'} only some of the runs yet, "
                     "and a larger error.")
    if sweep.failed:
        found.append(f"{words.capital(of_cells(sweep.failed))} failed and {'is' if sweep.failed == 1 else 'are'} left "
                     "out; the causes stand below.")
    return found


def drivers(context, name):
    """Which factors account for the differences, in words."""
    rows = [context.effect(name, factor) for factor in context.ranked]
    if len(rows) < 2:
        return ""
    if context.drowned(name):
        return "the cells differ no more than chance makes them"
    told = sorted((r for r in rows if r["share"] == r["share"] and r.told is not False), key=lambda r: -r["share"])
    if not told:
        return ""
    said = [f"{words.plain(told[0].factor)} alone accounts for {words.percent(told[0]['share'])} of the variance"]
    said += [f"{words.plain(r.factor)} for {words.percent(r['share'])}" for r in told[1:3] if r["share"] >= 0.005]
    chance = f"; {words.percent(rows[0].noise)} of the variance was chance and is taken out"
    return words.listing(said) + (chance if rows[0].noise >= LOUD else "")


def spread(context, name):
    """From where to where an outcome goes over the cells."""
    sweep, spec = context.sweep, explore.spec_of(context.sweep, name)
    rows = effects.values(sweep, name)
    low, high = rows.value.min(), rows.value.max()
    value = words.value(spec, low)
    if high > low:
        value += f" to {words.value(spec, high)}"
    said = [f"mean over {of_cells(len(rows))} {words.value(spec, rows.value.mean())}"] if len(rows) > 1 else []
    if len(rows) == 1 and not words.missing(rows.mcse.iloc[0]):
        said.append(f"± {words.num(effects.Z * rows.mcse.iloc[0])} from the finite number of runs")
    if len(sweep.factors) == 1 and high > low:
        factor = sweep.factor(sweep.factors.name.iloc[0])
        table = effects.curve(sweep, rows, factor)
        said.append(f"{words.plain(factor.name)}: " + explore.extremes(factor, table, lambda x: words.value(spec, x)))
    driven = drivers(context, name)
    return {"name": name, "value": value, "words": explore.described(sweep, name),
            "said": "; ".join(said + ([driven] if driven else [])) + "."}


def claim_said(sweep, claim):
    rows = effects.judged(sweep, claim)
    hits = int(rows.value.sum())
    said = f"is shown in {hits} of {len(rows)} cell{'s' if len(rows) > 1 else ''} ({words.percent(hits / len(rows))})"
    return {"name": claim, "said": said, "text": explore.text_of(sweep, claim)}


def lead(context):
    sweep, outcomes = context.sweep, context.names("outcome")
    n = len(effects.cells_of(sweep))
    if n == 0:
        return "No cell has been run yet, so there is nothing to tell."
    factors = words.listing(words.plain(f) for f in sweep.factors.name)
    many = f"{words.capital(of_cells(n))} {'was' if n == 1 else 'were'} run, which differ in {factors}."
    many = many if n > 1 else f"One cell was run, at one setting of {factors}."
    top = context.ranked[0]
    if n == 1 or len(context.ranked) < 2 or not outcomes or context.effects["share"].isna().all():
        return many
    first = [name for name in outcomes if (row := context.effect(name, top)).told is not False
             and row["share"] == context.effects["share"][context.effects["name"] == name].max()]
    shares = context.effects[context.effects["name"].isin(outcomes)].groupby("name")["share"].max()
    varied = int((shares > 0).sum())  # the others are the same in all cells
    if 2 * len(first) < varied or not first:
        return many
    where = f" in {len(first)} of {varied} outcomes that vary" if len(outcomes) > 1 else f" of {words.plain(first[0])}"
    return f"{many} {words.capital(words.plain(top))} matters most: alone it accounts for more of the variance{where} " \
           "than any other factor."


def found(context):
    sweep = context.sweep
    design, outcomes, claims = sweep.design, context.names("outcome"), context.names("claim")
    several = [o for o in outcomes if effects.arms_of(sweep, o)]
    return {
        "name": "sweep-found", "title": "What was found", "warnings": warnings(sweep), "lead": lead(context),
        "outcomes": [spread(context, name) for name in outcomes[:STEPS]],
        "claims": [claim_said(sweep, name) for name in claims], "replicates": design.get("replicates", words.UNKNOWN),
        "arm": effects.values(sweep, several[0]).arm.iloc[0] if several else "",
        "shared": not design["independent_cells"] and len(sweep.cells) > 1,
    }


def span(sweep, factor):
    """A factor's values in words."""
    if factor.kind == "word":
        levels = factor.levels or list(dict.fromkeys(sweep.cells[factor.name].dropna()))
        return words.listing(levels, " or ")
    column = sweep.cells[factor.name].dropna()
    low, high = factor.low, factor.high
    if words.missing(low) or words.missing(high):
        if column.empty:
            return words.UNKNOWN
        low, high = column.min(), column.max()
    said = f"{responses.level(factor, low)} to {responses.level(factor, high)}"
    levels = len(factor.levels) or (column.nunique() if sweep.design.get("kind") == "grid" else 0)
    said += f", {words.count(levels, 'level')}" if levels else ""
    said += {"log": ", evenly by ratio (log scale)", "normal": ", normally distributed"}.get(factor.scale, "")
    return said + (f"; {factor.unit}" if factor.unit else "")


def design(context):
    sweep = context.sweep
    factors = map(sweep.factor, sweep.factors.name)
    given = sweep.design
    facts = [
        ("Design", DESIGNS.get(given.get("kind"), given.get("kind", words.UNKNOWN))),
        ("Cells", f"{sweep.planned} planned, {sweep.done} done, {sweep.failed} failed"),
        ("Runs a cell", given.get("replicates", words.UNKNOWN)),
        ("Random numbers", f"seed {given.get('seed', words.UNKNOWN)}, "
         + ("each cell has its own" if given["independent_cells"] else "the same in every cell")),
        ("Scenario", (sweep.scenario.title if sweep.scenario else "") or given.get("scenario_file", words.UNKNOWN)),
        ("Model", f"version {given.get('model_version', words.UNKNOWN)}"),
    ]
    if given.get("precision"):
        facts.insert(3, ("Precision", f"a cell ends once the standard error of {given.get('precision_of', 'the outcome')} "
                         f"is {given['precision']}"))
    if given["arms"]:
        facts.insert(-1, ("Arms", words.listing(map(words.plain, given["arms"]))))
    told = [(name, explore.described(sweep, name)) for name in given["outcomes"]] if sweep.scenario else []
    return {"name": "sweep-design", "title": "What was varied", "facts": facts, "outcomes": told,
            "factors": [{"name": words.plain(f.name), "span": span(sweep, f), "paths": f.paths} for f in factors]}


def failures(context):
    sweep = context.sweep
    rows = sweep.cells[sweep.cells.failure.notna()]
    if rows.empty:
        return None
    told = []
    for cause, own in rows.groupby("failure", sort=False):
        first = own.iloc[0]
        at = [f"{words.plain(name)} {responses.level(sweep.factor(name), first[name])}" for name in sweep.factors.name]
        told.append({"cause": cause, "cells": len(own), "cell": first.cell, "at": ", ".join(at)})
    told.sort(key=lambda row: -row["cells"])
    said = f"{words.capital(of_cells(len(rows)))} of {sweep.planned} failed. Figures and tables leave out what failed, so " \
           "where failures gather, they show fewer cells."
    return {"name": "sweep-failures", "title": "What failed", "said": said, "rows": told[:FAILURES],
            "more": max(0, len(told) - FAILURES)}
