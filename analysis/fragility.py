"""Which claims are fragile, and to what?

Each variant (analysis/variants.py) changes one thing that could have been otherwise and is one sweep over the same
parameter draws; the share of draws that show a claim is its result. fragility.csv and fragility.json in
configs/robustness/<scenario>/ are written anew after every variant, and the sweeps' stores, in
results/robustness/<scenario>/, go on where they were cut off. Sizes that an arm sets by itself (the reconciled arms of
configs/iran-russia.cfg) stay as the arm has them. Ticks of other lengths are the same history on a stretched calendar
(analysis/stretch.py).
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import time

from .chance import ENOUGH, Chance
from .edit import literal
from .files import replace, rows, write_table, write_text
from .folder import FolderError
from .program import answer, effective, first_error, line_of, program
from .scenario import Scenario
from .store import opened
from .stretch import stretched_draws
from .variants import SEED, Failed, scenario_of, variants

POINTS, REPLICATES = 16, 32
SEARCHED = {"onset", "change"}  # statistics that need a penalty


@dataclasses.dataclass
class Plan:
    """What all variants share."""

    waltz: str
    scenario: pathlib.Path
    draws: str
    told: Scenario
    points: list
    replicates: int
    penalty: float
    claims: list
    work: pathlib.Path
    kept: pathlib.Path
    settings: str = ""

    def fingerprint(self, variant):
        """Of all that a variant's row depends on."""
        own = [variant.name, variant.what, variant.settings, variant.seed, variant.replicates or self.replicates]
        return digest([self.settings, *own])


def digest(things):
    return hashlib.sha256(json.dumps(things).encode()).hexdigest()[:16]


# ---- one variant ----------------------------------------------------------------------------------


def first_outcome(plan):
    """An outcome to be kept, which a design needs: the first that the claims read."""
    conditions = plan.told.claims[plan.claims[0]]["all"]
    return next(iter(conditions.values()))["outcome"]


def design(plan, variant, scenario, folder):
    """The text of a variant's design."""
    keys = {
        "name": variant.name,
        "title": variant.what,
        "scenario": os.path.relpath(scenario, folder),
        "kind": "list",
        "points": "points.csv",
        "replicates": variant.replicates or plan.replicates,
        "seed": variant.seed,
        "outcomes": [first_outcome(plan)],
        "claims": plan.claims,
    }
    if plan.penalty:
        keys["penalty"] = float(plan.penalty)
    if variant.settings:
        keys["set"] = variant.settings
    return "sweep = {\n" + "".join(f"  {key} = {literal(value)};\n" for key, value in keys.items()) + "};\n"


def prepare(plan, variant, again):
    """Writes a variant's folder. A store of other settings goes, as does any if it is to be run again."""
    folder, settings = plan.work / variant.name, plan.fingerprint(variant)
    mark = folder / "settings"
    if folder.exists() and (again or not mark.is_file() or mark.read_text(encoding="utf-8") != settings):
        shutil.rmtree(folder)
    if twice := {setting.split("=")[0] for setting in variant.settings} & {*plan.points[0]}:
        raise Failed(f"the draws set {', '.join(sorted(twice))}")
    if variant.by_settings and not variant.settings:
        raise Failed("changes nothing in this scenario")
    folder.mkdir(parents=True, exist_ok=True)
    scenario = scenario_of(plan, variant, folder)
    write_table(folder / "points.csv", stretched_draws(plan.points, variant.ticks) if variant.ticks != 1 else plan.points)
    (folder / "design.cfg").write_text(design(plan, variant, scenario, folder), encoding="utf-8")
    mark.write_text(settings, encoding="utf-8")
    return folder


def read_store(plan, path):
    """Shares by claim, the number of draws that are complete, and what failed; None if the sweep has not ended."""
    with opened(path) as db:
        cells = db.execute("SELECT cause, done FROM cells ORDER BY cell").fetchall()
        replicates = db.execute("SELECT CAST(value AS INTEGER) FROM design WHERE key = 'replicates'").fetchone()[0]
        shown = db.execute("SELECT claim, shown FROM claims JOIN cells USING (cell) WHERE cause IS NULL").fetchall()
        version, commit = db.execute("SELECT version, commit_id FROM runs ORDER BY run DESC").fetchone()
    failed = [cause for cause, _ in cells if cause]
    if len(cells) < len(plan.points) or any(not cause and done < replicates for cause, done in cells):
        return None
    judged = {claim: [value for name, value in shown if name == claim and value is not None] for claim in plan.claims}
    shares = {claim: f"{sum(values) / len(values):.4g}" if values else "NA" for claim, values in judged.items()}
    note = f"{len(failed)} draws failed: {failed[0]}" if failed else "NA"
    return shares, len(cells) - len(failed), note, {"version": version, "commit": commit}


def measure(plan, variant, again):
    """A variant's row, and its line for the provenance."""
    began = time.time()
    row = {"variant": variant.name, "group": variant.group, "what": variant.what, "draws": 0,
           "replicates": variant.replicates or plan.replicates, **dict.fromkeys(plan.claims, "NA"), "note": "NA"}
    told = {"settings": plan.fingerprint(variant)}
    try:
        folder = prepare(plan, variant, again)
        words = ["sweep", folder / "design.cfg", "-o", folder / "sweep.db", "--no-report", "--quiet"]
        told["command"] = line_of(*words)
        print(f"{variant.name}: {told['command']}", flush=True)
        done = program(plan.waltz, *words)
        if done.returncode not in (0, 1):
            raise Failed(first_error(done.stderr)) if done.returncode in (2, 3) else SystemExit(done.stderr)
        found = read_store(plan, folder / "sweep.db")
        if found is None:
            raise SystemExit(done.stderr)
        shares, row["draws"], row["note"], origin = found
        row |= shares
        told |= origin
    except (Failed, FolderError) as error:
        row["note"] = str(error)
    return row, told | {"seconds": round(time.time() - began, 1)}


# ---- all of them ----------------------------------------------------------------------------------


def judged_claims(told):
    """The paper's claims that are judged, else all claims that are; figures that stand beside are not."""
    found = {
        name: claim["kind"]
        for name, claim in told.claims.items()
        if any(condition["is"] != "figure" for condition in claim.get("all", {}).values())
    }
    paper = [name for name, kind in found.items() if kind == "paper"]
    if not found:
        raise FolderError("the scenario has no claims that are judged")
    return paper or list(found)


def known_penalty(kept):
    """That of mean paths, which the full run found; 0 if none is known."""
    path = kept / "searches.csv"
    found = [row["penalty"] for row in rows(path) if row["reading"] == "means"] if path.is_file() else []
    return float(found[0]) if found and found[0] != "NA" else 0.0


def searching_claims(plan):
    """Those judged that read a change point, which without a penalty would be unknown."""
    def reads(claim):
        conditions = plan.told.claims[claim]["all"].values()
        names = {condition.get(key) for condition in conditions for key in ("outcome", "than")}
        return any(plan.told.outcomes.get(name, {}).get("statistic") in SEARCHED for name in names)

    return [claim for claim in plan.claims if reads(claim)]


def check_penalty(plan):
    searching = [] if plan.penalty else searching_claims(plan)
    if searching:
        raise FolderError(f"{plan.kept}/searches.csv: has no penalty of mean paths, without which "
                          f"{', '.join(searching)} would be unknown; allowed: when `make robustness` has written it, or with --penalty")


def made_plan(waltz, scenario, draws, points=POINTS, replicates=REPLICATES, penalty=None, work=None, kept=None):
    """What all variants share, read from the scenario's complete form and from the draws."""
    scenario = pathlib.Path(scenario)
    text = effective(waltz, scenario)
    told = Scenario(text)
    table = rows(draws)[:points]
    if len(table) < points:
        raise FolderError(f"{draws}: has {len(table)} rows; allowed: {points} or more, or a smaller --draws")
    kept = pathlib.Path(kept or scenario.parent / "robustness" / told.name)
    work = pathlib.Path(work or pathlib.Path("results/robustness") / told.name)
    penalty = known_penalty(kept) if penalty is None else penalty
    plan = Plan(str(waltz), scenario, str(draws), told, table, replicates, penalty, judged_claims(told), work, kept)
    version = answer(waltz, "--version").split("commit")[0]
    plan.settings = digest([version, text, table, replicates, penalty, plan.claims])
    return plan


def present(plan):
    """Rows that are there, and what is told of them; a row counts only with both, and with a result."""
    table, told = plan.kept / "fragility.csv", plan.kept / "fragility.json"
    if not (table.is_file() and told.is_file()):
        return {}, {"settings": plan.settings, "variants": {}}
    provenance = json.loads(told.read_text(encoding="utf-8"))
    kept = [row for row in rows(table) if row["variant"] in provenance["variants"] and row["draws"] != "0"]
    return {row["variant"]: row for row in kept}, provenance


def write_all(plan, order, found, lines):
    """Provenance last: a row without it does not count."""
    names = [name for name in order if name in found]
    told = {"scenario": str(plan.scenario), "draws": plan.draws, "points": len(plan.points),
            "replicates": plan.replicates, "seed": SEED, "penalty": plan.penalty, "settings": plan.settings,
            "seconds": round(sum(lines[name]["seconds"] for name in names), 1),
            "variants": {name: lines[name] for name in names}}
    text = json.dumps(told, indent=2) + "\n"
    plan.kept.mkdir(parents=True, exist_ok=True)
    replace(plan.kept / "fragility.csv", write_table, [found[name] for name in names])
    replace(plan.kept / "fragility.json", write_text, text)


def still_good(plan, planned, only, force):
    """Rows that stay, with what is told of them, and the names of those that are to be run afresh."""
    found, provenance = present(plan)
    same = {v.name for v in planned if provenance["variants"].get(v.name, {}).get("settings") == plan.fingerprint(v)}
    if found and only and not force and provenance["settings"] != plan.settings:
        raise FolderError(f"{plan.kept}/fragility.csv: has rows of other settings, which would go; allowed: --force")
    found = {name: row for name, row in found.items() if name in same}
    afresh = {*found} & set(only or (found if force else ()))
    return found, dict(provenance["variants"]), afresh


def overview(claims, table):
    """Claims by groups: the range of shares; * where one is beyond all seeds, on the other side of what is enough."""
    groups = {}
    for row in table:
        groups.setdefault("seeds" if row["group"] == "base" else row["group"], []).append(row)
    lines = [f"{'claim':12}" + "".join(f"{group:>16}" for group in groups)]
    for claim in claims:
        shares = {group: [float(row[claim]) for row in members if row[claim] != "NA"] for group, members in groups.items()}
        chance = Chance(shares["seeds"]) if shares.get("seeds") else None
        lines.append(f"{claim:12}" + "".join(f"{span(values, chance):>16}" for values in shares.values()))
    return "\n".join([*lines, f"* crosses {ENOUGH} of the draws, further than any seed"])


def span(shares, chance):
    """From the least to the greatest."""
    if not shares:
        return "NA"
    turned = chance is not None and any(map(chance.turns, shares))
    return f"{min(shares):.2f}..{max(shares):.2f}" + ("*" if turned else " ")


def run(waltz, scenario, draws, only=None, force=False, **more):
    """All variants, or only those named, which are run again; rows that are there with the same settings stay."""
    plan = made_plan(waltz, scenario, draws, **more)
    check_penalty(plan)
    planned = variants(plan)
    order = [variant.name for variant in planned]
    if unknown := {*(only or ())} - {*order}:
        raise FolderError(f"no variant {', '.join(sorted(unknown))}; allowed: {', '.join(order)}")
    found, lines, afresh = still_good(plan, planned, only, force)
    for variant in planned:
        again = variant.name in afresh
        if (variant.name in found and not again) or (only and variant.name not in only):
            continue
        found[variant.name], lines[variant.name] = measure(plan, variant, again)
        write_all(plan, order, found, lines)
    print(overview(plan.claims, [found[name] for name in order if name in found]))
    return plan.kept / "fragility.csv"
