"""The claims over the posterior, over the prior, and in a model without reasons.

What it writes to configs/robustness/<scenario>/ is shipped, so that a report can show it beside a
shorter run. Everything in it but `provenance.json` is the same for the same version, seed and data;
all of it is replaced together at the end.
"""

import json
import pathlib
import shutil
import time

import pandas as pd

from .files import replace_all, rows, write_table
from .folder import FolderError, read_json
from .program import effective, identity, reproduce
from .scenario import Scenario
from .votes import votes

# Tables of the run over the posterior that are kept.
KEPT = ["claims.csv", "conditions.csv", "arms.csv", "draws.csv", "dyads.csv", "searches.csv"]
COLUMNS = ["id", "kind", "shown", "single", "value", "draws", "share", "single_draws"]
FACTS = ["version", "model_version", "commit", "compiler", "gsl", "configuration", "seed", "replicates_planned",
         "draws_done"]
DRAWS = 400  # of the posterior: a share of it is known to four points
NULL, NULL_DRAWS = "parameters.lambda=0", 20  # choices by chance and opportunity alone


def without_lambda(draws, path):
    """The draws without what the null model fixes, which the program refuses to be told twice."""
    fixed, table = NULL.split("=")[0], rows(draws)
    if not table or not {*table[0]} - {fixed}:
        raise FolderError(f"{draws}: has nothing beside {fixed}; allowed: one row or more, of other parameters too")
    write_table(path, [{name: value for name, value in row.items() if name != fixed} for row in table])
    return path


def same_draws(table, draws):
    """The full model's rows on the draws that the null model has, so that like stands beside like."""
    few = draws[1 : 1 + NULL_DRAWS]
    for row in table:
        shown = [draw[f"shown_{row['id']}"] for draw in few]
        judged = bool(few) and "NA" not in shown
        share = f"{sum(value == '1' for value in shown) / len(few):.9g}" if judged else "NA"
        yield row | {"draws": len(few), "share": share, "single_draws": "NA"}


def write_null(full, null, path):
    """Claims of both, one below the other."""
    members = {"full": same_draws(rows(full / "claims.csv"), rows(full / "draws.csv")),
               "null_model": rows(null / "claims.csv")}
    write_table(path, [{"variant": name} | {column: row[column] for column in COLUMNS}
                       for name, table in members.items() for row in table])


def write_votes(facts, kept):
    """The rank correlation with changes of votes, for scenarios that have the facts."""
    if facts.is_file():
        found = votes(pd.read_csv(kept / "dyads.csv", keep_default_na=True), pd.read_csv(facts))
        found.round(4).to_csv(kept / "facts_votes.csv", index=False, lineterminator="\n")


def write_predictions(kept, outcome="dyads_second"):
    """Which dyads move after the second shock, and how surely: to be held against facts."""
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


def run(waltz, scenario, draws, prior, most=DRAWS):
    """Three runs, and what is kept of them."""
    began, scenario = time.time(), pathlib.Path(scenario)
    name = Scenario(effective(waltz, scenario)).name
    work, kept = pathlib.Path("results/robustness") / name, scenario.parent / "robustness" / name
    full, null, made = work / "full", work / "null_model", work / "kept"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    fewer = without_lambda(draws, work / "null_draws.csv")
    commit = identity(waltz)[1]
    runs = {"full": reproduce(waltz, scenario, draws, full, "--max-draws", most),
            "null_model": reproduce(waltz, scenario, fewer, null, "--set", NULL, "--max-draws", NULL_DRAWS),
            "prior": reproduce(waltz, scenario, prior, work / "prior")}
    runs = {name: f"{commit}: {line}" for name, line in runs.items()}
    for table in KEPT:
        shutil.copyfile(full / table, made / table)
    for table in ("claims.csv", "searches.csv"):
        shutil.copyfile(work / "prior" / table, made / f"prior_{table}")
    write_null(full, null, made / "null_model.csv")
    write_predictions(made)
    write_votes(scenario.parent / "data/facts/votes.csv", made)
    manifest = read_json(full / "manifest.json")
    told = {"runs": runs} | {name: manifest[name] for name in FACTS}
    told |= {"date": time.strftime("%Y-%m-%d", time.gmtime()), "minutes": round((time.time() - began) / 60, 1)}
    (made / "provenance.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    replace_all(sorted(made.iterdir()), kept)
    return kept
