"""The full table of claims: all arms over the posterior, the same claims over the prior, and the null model.

What it writes to configs/robustness/<scenario>/ is shipped, so that a report can show it beside a
shorter run. Everything in it but `provenance.json` is the same for the same version, seed and data.
"""

import json
import pathlib
import shutil
import time

import pandas as pd

from .files import rows, write_table
from .folder import read_json
from .program import call
from .votes import votes

# Tables of the full run that are kept.
KEPT = ["claims.csv", "conditions.csv", "arms.csv", "draws.csv", "dyads.csv", "searches.csv"]
COLUMNS = ["id", "kind", "shown", "single", "value", "draws", "share", "single_draws"]
FACTS = ["version", "model_version", "commit", "compiler", "gsl", "configuration", "seed", "replicates_planned",
         "draws_done"]
PRIOR = "prior_claims.csv"
DRAWS = 100  # of the posterior: as many as a verdict needs
VARIANT_DRAWS = 20


def variants():
    """Name and setting of each: the model as it is, and without reasons. Single terms are in analysis/multiverse.py."""
    return {"full": None, "null_model": "parameters.lambda=0"}


def reproduce(waltz, scenario, draws, folder, *more):
    """One run; its line after the program's commit. Claims that are expected and do not hold (exit code 4) are a
    result here."""
    words = ["reproduce", scenario, "--draws", draws, "-o", folder, "--force", *more, "--quiet", "--no-report"]
    line = call(waltz, *words, allowed=(0, 4))[1]
    return f"{read_json(folder / 'manifest.json')['commit']}: {line}"


def term_rows(variant, setting, folder):
    for row in rows(folder / "claims.csv"):
        yield {
            "variant": variant,
            "setting": setting or "NA",
            **{name: row[name] for name in COLUMNS},
        }


def same_draws(table, draws):
    """The full model's rows on the draws that its variants have, so that like stands beside like."""
    few = draws[1 : 1 + VARIANT_DRAWS]
    for row in table:
        shown = [draw[f"shown_{row['id']}"] for draw in few]
        judged = bool(few) and "NA" not in shown
        share = f"{sum(value == '1' for value in shown) / len(few):.9g}" if judged else "NA"
        yield row | {"draws": len(few), "share": share, "single_draws": "NA"}


def write_votes(facts, kept):
    """The rank correlation with changes of votes, for scenarios that have the facts."""
    if facts.is_file():
        found = votes(pd.read_csv(kept / "dyads.csv", keep_default_na=True), pd.read_csv(facts))
        found.round(4).to_csv(kept / "facts_votes.csv", index=False, lineterminator="\n")


def write_predictions(kept, outcome="dyads_second"):
    """Which dyads move after the second shock, and how surely: to be held against facts that nobody has yet looked at."""
    table = pd.read_csv(kept / "dyads.csv")
    table = table[(table.outcome == outcome) & table.draws_rising.notna()]
    if table.empty:
        return
    table = table.assign(direction=(table.draws_rising >= 0.5).map({True: "up", False: "down"}))
    table["probability"] = table.draws_rising.where(table.direction == "up", 1 - table.draws_rising)
    table["sure"] = -table.probability
    table = table.sort_values(["sure", "iso3_1", "iso3_2"]).assign(rank=range(1, len(table) + 1))
    names = ["rank", "iso3_1", "iso3_2", "ccode1", "ccode2", "focus", "direction", "probability", "draws_low", "draws_high"]
    table[names].to_csv(kept / "predictions.csv", index=False, lineterminator="\n", float_format="%.6g", na_rep="NA")


def without_column(draws, setting, path):
    """The draws without what the setting fixes, which the program refuses to be told twice."""
    table = rows(draws)
    fixed = setting.split("=")[0]
    if fixed not in table[0]:
        return draws
    write_table(path, [{name: value for name, value in row.items() if name != fixed} for row in table])
    return path


def run_variant(waltz, scenario, draws, work, name, setting, most):
    """A run's folder, and its line for the provenance."""
    more = ["--max-draws", most]
    if setting is not None:
        more = ["--set", setting, "--max-draws", VARIANT_DRAWS]
        draws = without_column(draws, setting, work / f"{name}-draws.csv")
    return reproduce(waltz, scenario, draws, work / name, *more)


def read_provenance(kept):
    path = kept / "provenance.json"
    return read_json(path) if path.is_file() else {"runs": {}}


def run_prior(waltz, scenario, prior, work, kept):
    """The claims over draws of the prior, for what the posterior adds to them."""
    line = reproduce(waltz, scenario, prior, work / "prior")
    shutil.copyfile(work / "prior" / "claims.csv", kept / PRIOR)
    return line


def run(waltz, scenario, draws, prior, only=None, most=DRAWS):
    """All variants and the prior, or only those named; then the rows of the others stay as they are."""
    began, scenario = time.time(), pathlib.Path(scenario)
    work = pathlib.Path("results/robustness") / scenario.stem
    kept = scenario.parent / "robustness" / scenario.stem
    wanted = {name: setting for name, setting in variants().items() if not only or name in only}
    told = read_provenance(kept) if only else {"runs": {}}
    table = [row for row in rows(kept / "terms.csv") if row["variant"] not in wanted] if only else []
    for folder in (work, kept):
        folder.mkdir(parents=True, exist_ok=True)
    for name, setting in wanted.items():
        told["runs"][name] = run_variant(waltz, scenario, draws, work, name, setting, most)
        found = list(term_rows(name, setting, work / name))
        table += found if setting else same_draws(found, rows(work / name / "draws.csv"))
    if "full" in wanted:
        for name in KEPT:
            shutil.copyfile(work / "full" / name, kept / name)
        write_predictions(kept)
        write_votes(scenario.parent / "data/facts/votes.csv", kept)
        manifest = read_json(work / "full" / "manifest.json")
        told |= {name: manifest[name] for name in FACTS}
        told |= {"date": time.strftime("%Y-%m-%d", time.gmtime()), "minutes": round((time.time() - began) / 60, 1)}
    if not only or "prior" in only:
        told["runs"]["prior"] = run_prior(waltz, scenario, prior, work, kept)
    order = list(variants())
    write_table(kept / "terms.csv", sorted(table, key=lambda row: order.index(row["variant"])))
    (kept / "provenance.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return kept
