"""What was asked and how it came out, on one screen."""

from .. import words
from . import claims as claims_of
from . import method


def by_basis(claims):
    """Claims by what their basis is worth, tests of the model first."""
    order = list(words.BASES)

    def worth(basis):
        found = words.bases(basis)
        return max(map(order.index, found)) if found else len(order)

    bases = sorted(dict.fromkeys(c["basis"] for c in claims), key=worth)
    return [(basis, [c for c in claims if c["basis"] == basis]) for basis in bases]


def shown_sentence(kind, claims):
    """What the scenario's own parameters show, whatever the verdict."""
    judged = [c for c in claims if c["judged"]]
    if not judged:
        return ""
    missed = [c["id"] for c in judged if c["shown"] != "yes"]
    many = {"paper": "claims of the argument", "test": "tests of the reading", "facts": "facts"}.get(kind, "claims")
    lead = f"The scenario’s own parameters show {len(judged) - len(missed)} of {len(judged)} {many}"
    return f"{lead}; not {words.listing(missed)}." if missed else lead + "."


def verdict_sentence(claims, draws):
    judged = [c for c in claims if c["judged"]]
    if not judged or all(c["status"] not in words.VERDICTS for c in judged):
        return ""
    parts = []
    for verdict in ("reproduced", "partly", "not"):
        ids = [c["id"] for c in judged if c["status"] == verdict]
        if ids:
            parts.append(f"{words.VERDICTS[verdict]} {len(ids)} ({', '.join(ids)})")
    return f"Over {draws} parameter sets: " + "; ".join(parts) + "."


def test_sentence(claims):
    """Only claims that nothing was chosen on put the model to a test: how do these fare?"""
    tests = [c for c in claims if c["judged"] and words.bases(c["basis"]) == ["predicted"]]
    if not tests or len(tests) == len(claims):
        return ""
    missed = [f"{c['id']} ({c['said']})" for c in tests if c["class"] != "good"]
    said = f"Of the {len(tests)} whose basis is “predicted”, the only test among them, {len(tests) - len(missed)} hold"
    verb = "does" if len(missed) == 1 else "do"
    return f"{said}; {words.listing(missed)} {verb} not." if missed else said + "."


def draws_sentence(draws):
    if draws == 0:
        return (
            "No other parameter sets were tried, so there are no verdicts: what follows is said of one documented "
            "set of parameters. A verdict needs at least 100 sets."
        )
    if draws < claims_of.VERDICT_DRAWS:
        return (
            f"Only {words.count(draws, 'other parameter set')} {'was' if draws == 1 else 'were'} tried, fewer than the "
            "100 that a verdict needs, so shares are reported and no verdicts."
        )
    return ""


def steps(folder):
    """How far the focus dyads moved, in the first arm."""
    table, found = folder.table("arms"), []
    values = method.from_replicates(folder) if table is None else method.from_arms(folder)
    for name in folder.scenario.steps():
        value, deviation, n = values.get(name, (None, None, 0))
        if words.missing(value):
            continue
        draws = words.UNKNOWN
        if table is not None:
            row = table[(table.arm == folder.base) & (table.outcome == name)].iloc[0]
            draws = words.interval(row.draws_low, row.draws_high)
        found.append({
            "name": name, "words": words.outcome(folder.scenario.outcomes[name]), "value": words.change(value),
            "error": words.UNKNOWN if words.missing(deviation) else words.num(1.96 * deviation / n**0.5), "draws": draws,
        })
    return found


def warnings(folder, claims):
    """What a reader has to know before all else."""
    m, found = folder.manifest, []
    if m.get("status") not in (None, "complete"):
        found.append(f"This run was {m['status']}: {m.get('replicates_done')} of {m.get('replicates_planned')} "
                     f"runs, {folder.draws_done} of {m.get('draws_planned') or 0} parameter sets.")
    if m.get("replicates_failed"):
        found.append(f"{words.capital(words.count(m['replicates_failed'], 'run'))} of {m['replicates_planned']} "
                     "failed and are left out; outcomes.csv has the causes.")
    missed = [c["id"] for c in claims if c["expected"] and c["class"] == "bad"]
    if missed:
        found.append(f"The scenario expects {words.listing(missed)} to hold, and that is not so here.")
    return found


def section(context):
    folder = context.folder
    claims = claims_of.views(folder)
    groups = []
    for kind, title, members in claims_of.kinds(claims):
        groups.append({
            "title": title, "bases": by_basis(members),
            "shown": shown_sentence(kind, members), "test": test_sentence(members),
            "verdicts": verdict_sentence(members, folder.draws_done),
        })
    return {
        "name": "headline", "title": "What was found", "groups": groups, "steps": steps(folder),
        "draws": draws_sentence(folder.draws_done) if claims else "", "warnings": warnings(folder, claims),
        "meanings": claims_of.meanings(claims), "runs": folder.manifest.get("replicates_done"),
    }
