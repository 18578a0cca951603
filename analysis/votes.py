"""The model's changes of cooperation beside changes of votes in the General Assembly."""

import numpy as np
import pandas as pd

VOTES = {"distance_change": -1.0, "agree_change": 1.0}  # closer is more


def spearman(x, y):
    """Rank correlation; unknown if either has one value only."""
    ranks = pd.DataFrame({"x": x, "y": y}).rank()
    return ranks["x"].corr(ranks["y"]) if (ranks.nunique() > 1).all() else np.nan


def by_state(table, states):
    """Rows and columns by state, symmetric, unknown where there is no dyad."""
    matrix = pd.DataFrame(np.nan, index=states, columns=states)
    for (a, b), value in table.items():
        matrix.loc[a, b] = matrix.loc[b, a] = value
    return matrix.to_numpy()


def interval(x, y, resamples, seed):
    """95 %, by resampling states (vertex bootstrap, Snijders & Borgatti 1999), since a state's
    24 dyads move together. A state drawn twice has no dyad with itself."""
    random = np.random.default_rng(seed)
    i, j = np.triu_indices(len(x), 1)
    found = []
    for _ in range(resamples):
        drawn = random.integers(len(x), size=len(x))
        u, v = x[drawn[i], drawn[j]], y[drawn[i], drawn[j]]
        known = ~np.isnan(u + v)
        found.append(spearman(u[known], v[known]))
    return (np.nan, np.nan) if np.isnan(found).all() else np.nanquantile(found, [0.025, 0.975])


def votes(dyads, facts, outcomes=("dyads_institutional_first",), resamples=2000, seed=1):
    """Of dyads.csv of a folder of `reproduce` and configs/data/facts/votes.csv, a row for each
    outcome and measure of votes: n dyads and states, rank correlation, its interval. The focus
    dyads of either table are left out."""
    real = facts[facts["focus"] == 0].set_index(["iso3_a", "iso3_b"])
    rows = []
    for outcome in outcomes:
        model = dyads[(dyads["outcome"] == outcome) & (dyads["focus"] == 0)]
        pairs = [tuple(sorted(p)) for p in zip(model["iso3_1"], model["iso3_2"])]
        mean = pd.Series(model["mean"].to_numpy(), index=pd.MultiIndex.from_tuples(pairs))
        for column, sign in VOTES.items():
            both = pd.DataFrame({"model": mean, "real": sign * real[column]}).dropna()
            states = sorted({s for pair in both.index for s in pair})
            x, y = (by_state(both[c], states) for c in ("model", "real"))
            low, high = interval(x, y, resamples, seed)
            rows.append({"outcome": outcome, "votes": column, "n": len(both), "states": len(states),
                         "correlation": spearman(both["model"], both["real"]), "low": low, "high": high})
    return pd.DataFrame(rows)
