"""Every measure of a single replicate, month by month, computed anew with NumPy from other columns of its table: what
states perceive from the stocks of the month before, and what they did from how the stocks moved."""

import csv
import itertools
import json
import math

import numpy
import pytest

from program import run, waltz, write

# Economy alone is capability, so that its shares are recorded; sanctions go both ways alike, so that the higher of both
# is each of them; and cooperation grows by accepted moves alone.
SCENARIO = """
scenario = { name = "measured"; start = "2010-01"; end = "2012-12"; spinup = 7; moves = "drawn"; };
states = {
  AAA = { lat = 35.7; lon = 51.4; gdp = 487.0; growth = 0.03; milex = 10.6; };
  BBB = { lat = 55.8; lon = 37.6; gdp = 1525.0; growth = -0.02; milex = 58.7; };
  CCC = { lat = 38.9; lon = -77.0; gdp = 3049.0; growth = 0.05; milex = 693.6; };
  DDD = { lat = 42.7; lon = 21.2; gdp = 905.8; milex = 0.1; };
  EEE = { lat = -15.8; lon = -47.9; gdp = 2208.0; growth = 0.01; milex = 34.0; };
  FFF = { lat = 39.9; lon = 116.4; gdp = 2087.0; growth = 0.08; milex = 115.0; };
};
dyads = {
  AAA-BBB = { x0_political = 0.2; x0_security = 0.3; h0 = 0.1; }; AAA-CCC = { h0 = 0.7; };
  BBB-CCC = { h0 = 0.4; x0_institutional = 0.3; }; CCC-DDD = { x0_political = 0.5; x0_security = 0.6; };
  FFF-CCC = { h0 = 0.2; x0_economic = 0.4; }; EEE-AAA = { h0 = 0.05; }; FFF-BBB = { x0_political = 0.4; h0 = 0.1; };
};
sanctions = {
  S1 = { senders = ["CCC"]; target = "AAA"; start = "2005-01-01"; end = "2011-05-01"; class = 3; pillars = "TF"; };
  S2 = { senders = ["AAA"]; target = "CCC"; start = "2005-01-01"; end = "2011-05-01"; class = 3; pillars = "TF"; };
  S3 = { senders = ["BBB"]; target = "CCC"; start = "2010-07-01"; class = 2; };
  S4 = { senders = ["CCC"]; target = "BBB"; start = "2010-07-01"; class = 2; };
};
shocks = { quarrel = { date = "2011-02-10"; effects = {
  a = { on = "dispute"; between = ["BBB", "CCC"]; size = 2.0; };
  b = { on = "dispute"; between = ["DDD", "FFF"]; size = 1.0; }; }; }; };
parameters = { military_weight = 0.0; coercion = 0.0; accommodate_political = 0.0; power_exponent = 0.8;
  initiatives = 12; eta = 0.9; engage_cost = 0.1; };
"""

STATES = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]
GDP = numpy.array([487.0, 1525.0, 3049.0, 905.8, 2208.0, 2087.0])
GROWTH = numpy.array([0.03, 0.0, 0.05, 0.0, 0.01, 0.08])  # falls do not count
PLACES = [(35.7, 51.4), (55.8, 37.6), (38.9, -77.0), (42.7, 21.2), (-15.8, -47.9), (39.9, 116.4)]
BASE = {"AAA-BBB": (0.1, 0.2, 0.05, 0.3, 0.05), "AAA-CCC": (0.7,), "BBB-CCC": (0.4, 0.05, 0.3)}  # h, then x by domain
BASE |= {"CCC-DDD": (0.0, 0.5, 0.05, 0.6), "CCC-FFF": (0.2, 0.05, 0.05, 0.05, 0.4), "AAA-EEE": (0.05,)}
BASE |= {"BBB-FFF": (0.1, 0.4)}
DOMAINS = ["political", "institutional", "security", "economic"]
N, MONTHS, QUARREL = 6, 36, 13  # months before the quarrel
ETA, RHO, RHO_DISPUTE, INITIATIVES = 0.9, 0.055, 0.18, 12


class Recorded:
    """The measures of a replicate as arrays, [month], [month, state] or [month, state, state]."""

    def __init__(self, folder):
        self.of = {}
        with open(folder / "summary.csv", newline="", encoding="utf-8") as f:
            for r in csv.DictReader(f):
                m = (int(r["year"]) - 2010) * 12 + int(r["month"]) - 1
                at = tuple(STATES.index(r[c]) for c in ("iso3_1", "iso3_2") if r[c] != "NA")
                v = self.of.setdefault(r["measure"], numpy.full((MONTHS,) + (N,) * len(at), numpy.nan))
                v[(m, *at)] = float(r["mean"])
                if r["level"] == "dyad":
                    v[(m, *reversed(at))] = v[(m, *at)]
        for v in self.of.values():
            if v.ndim == 3:
                v[:, range(N), range(N)] = 0
            assert numpy.isfinite(v).all()

    def __getitem__(self, measure):
        return self.of[measure]


MOVES = ["hold", "arm", "align", "consult", "coordinate", "trade", "engage", "accommodate", "coerce"]


@pytest.fixture(scope="module", name="recorded", params=["drawn", "expected"])
def recorded_fixture(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("measures")
    write(folder, {"measured.cfg": SCENARIO})
    settings = ["--set", f"scenario.moves={request.param}", "--record", "dyads", "--replicate", 4]
    found = Recorded(run("measured.cfg", *settings, cwd=folder))
    found.trace = ["trace", folder / "measured.cfg", *settings[:2], *settings[4:], "--actor", ",".join(STATES), "--json"]
    return found


def proximity():
    pi = numpy.zeros((N, N))
    for i, j in itertools.permutations(range(N), 2):
        (a, b), (c, d) = (map(math.radians, PLACES[k]) for k in (i, j))
        cosine = math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d)
        pi[i, j] = 0.1 + 0.9 / (1 + (round(6371 * math.acos(cosine)) / 2400) ** 2)
    return pi


def base(which):
    """Baselines: of the dispute (0) or of a domain of cooperation (1 to 4)."""
    v = numpy.full((N, N), 0.05 if which else 0.0)
    for dyad, given in BASE.items():
        i, j = (STATES.index(s) for s in dyad.split("-"))
        if which < len(given):
            v[i, j] = v[j, i] = given[which]
    numpy.fill_diagonal(v, 0)
    return v


def dispute_in_force(month):
    h = base(0)
    if month >= QUARREL:
        for (i, j), steps in {(1, 2): 2, (3, 5): 1}.items():
            h[i, j] = h[j, i] = h[i, j] + 0.2 * steps
    return h


class Perceived:
    """What states perceive in a month, from the stocks at the end of the month before."""

    def __init__(self, r, month):
        c, h, s, x = r["capability"][month], *(r[m][month - 1] for m in ("dispute", "sanctions", "cooperation"))
        security = r["cooperation_security"][month - 1]
        other, pi = ~numpy.eye(N, dtype=bool), proximity()
        tau = other * c[None, :] ** 0.8 * pi * numpy.clip(0.13 + 0.72 * h - 0.26 * x, 0, 1)
        self.common = numpy.zeros((N, N))
        for i, j in itertools.permutations(range(N), 2):
            a, b = (numpy.delete(tau[k], [i, j]) for k in (i, j))
            self.common[i, j] = a @ b / (numpy.linalg.norm(a) * numpy.linalg.norm(b))
        self.threat_share = tau / tau.sum(1, keepdims=True)
        resistance = c**0.8 + (security * c[None, :] ** 0.8 * pi * self.common).sum(1)
        self.insecurity = numpy.log1p(tau.sum(1) / resistance)
        self.partners = (other * c[None, :] * (1 - numpy.maximum(h, s))).sum(1) / (1 - c)
        self.access = (c[None, :] * pi * (1 - s)).sum(1) / (c[None, :] * pi).sum(1)
        self.polarisation = (numpy.outer(c, c) * h).sum() / (numpy.outer(c, c) * other).sum()


def close(found, expected, tolerance=1e-7):
    assert numpy.abs(found - expected).max() < tolerance


def test_all_measures_are_recorded_and_none_is_missing_here(recorded):
    listed = {line.split()[0] for line in waltz("list", "measures").stdout.splitlines()[1:]}
    here = {"cooperation", *(f"cooperation_{d}" for d in DOMAINS), "acts", "dispute", "sanctions", "common_threat"}
    here |= {"capability", "insecurity", "partners", "market_access", "arming"}
    here |= {"polarisation", "effective_poles", "concentration", "mean_cooperation"}
    here |= {f"share_{move}" for move in MOVES}
    here |= {"exchange", "threat_share", "initiatives", "blocs"}
    assert set(recorded.of) == here and listed == here | {"choices", "moves"}  # distributions, for outcomes alone


def test_capability_is_the_share_of_economies_that_grow(recorded):
    for month in range(MONTHS):
        e = GDP * (1 + GROWTH) ** (month / 12)
        close(recorded["capability"][month], e / e.sum(), 3e-9)


def test_poles_and_concentration_follow_from_shares_of_capability(recorded):
    squares = (recorded["capability"] ** 2).sum(1)
    close(recorded["effective_poles"], 1 / squares)
    close(recorded["concentration"], numpy.sqrt((squares - 1 / N) / (1 - 1 / N)))
    assert numpy.ptp(recorded["concentration"]) > 1e-3


def test_cooperation_is_the_mean_of_its_domains_and_of_all_dyads(recorded):
    close(recorded["cooperation"], sum(recorded[f"cooperation_{d}"] for d in DOMAINS) / 4, 3e-9)
    close(recorded["mean_cooperation"], recorded["cooperation"].sum((1, 2)) / (N * (N - 1)), 3e-9)


def test_exchange_is_what_gravity_and_economic_cooperation_allow(recorded):
    for month in range(MONTHS):
        e = GDP * (1 + GROWTH) ** (month / 12)
        gravity = numpy.outer(e, e) / e.sum() * proximity()
        close(recorded["exchange"][month], gravity * recorded["cooperation_economic"][month], 2e-5)
    assert recorded["exchange"].max() > 50


def test_blocs_are_the_signs_of_the_leading_eigenvector(recorded):
    """Cooperation within the two less that between them, weighted by capabilities."""
    for month in range(MONTHS):
        c, x = recorded["capability"][month], recorded["cooperation"][month]
        other = ~numpy.eye(N, dtype=bool)
        mean = (numpy.outer(c, c) * x).sum() / (numpy.outer(c, c) * other).sum()
        _, vectors = numpy.linalg.eigh(numpy.sqrt(numpy.outer(c, c)) * (x - mean) * other)
        side = vectors[:, -1] < 0
        within = (side[:, None] == side) & other
        between = (side[:, None] != side) & other
        inside, across = ((numpy.outer(c, c) * x)[w].sum() / numpy.outer(c, c)[w].sum() for w in (within, between))
        close(recorded["blocs"][month], inside - across)
    assert 0 < side.sum() < N and recorded["blocs"].min() > 0.01


def test_shares_of_moves_and_arming_are_those_of_the_decisions(recorded):
    for month in (2, 20, 35):
        told = json.loads(waltz(*recorded.trace, "--tick", f"{2010 + month // 12}-{month % 12 + 1:02}").stdout)
        made, draws = dict.fromkeys(MOVES, 0), 0
        for d in told["decisions"]:
            own = dict.fromkeys(MOVES, 0)
            for option in d["options"]:
                own[option["move"]] += option["made"]
            own["hold"] = sum(menu["draws"] for menu in d["menus"]) - sum(own.values())
            draws += sum(own.values())
            made = {move: made[move] + own[move] for move in MOVES}
            close(recorded["arming"][month, STATES.index(d["actor"])], own["arm"], 1e-6)
            for option in d["options"]:
                if option["move"] == "align":
                    i, j = STATES.index(d["actor"]), STATES.index(option["target"])
                    close(recorded["initiatives"][month, i, j], option["got"], 1e-6)
        for move in MOVES:
            close(recorded[f"share_{move}"][month], made[move] / draws)
    close(sum(recorded[f"share_{move}"] for move in MOVES), 1)
    assert all(recorded[f"share_{move}"].max() > 0 for move in MOVES)
    initiatives = recorded["initiatives"]
    assert initiatives.sum() > 10 and abs(initiatives - initiatives.transpose(0, 2, 1)).max() > 0.01


def test_what_states_perceive_follows_from_the_month_before(recorded):
    for month in range(1, MONTHS):
        p = Perceived(recorded, month)
        close(recorded["polarisation"][month], p.polarisation)
        close(recorded["common_threat"][month], p.common)
        close(recorded["threat_share"][month], p.threat_share)
        close(recorded["insecurity"][month], p.insecurity)
        close(recorded["partners"][month], p.partners)
        close(recorded["market_access"][month], p.access)
    for measure in ("polarisation", "common_threat", "insecurity", "partners", "market_access"):
        assert numpy.ptp(recorded[measure], axis=0).max() > 1e-3, measure


def test_disputes_only_fall_by_conciliation_on_their_way_to_the_baseline(recorded):
    """Without engagement h ← h + ρ (h⁰ − h); moves can only have taken from it, at most a fifth from either side."""
    for month in range(1, MONTHS):
        before, h, base_now = recorded["dispute"][month - 1], recorded["dispute"][month], dispute_in_force(month)
        middle = (h - RHO_DISPUTE * base_now) / (1 - RHO_DISPUTE)
        assert (middle < before + 1e-8).all() and (middle > before * 0.8**2 - 1e-8).all()


def test_sanctions_go_to_the_level_in_force(recorded):
    """Class 3 with two pillars .3 + 2 · .15 to April 2011, class 2 .15 from July 2010; every month .18 of the way."""
    level = {(0, 2): [0.6 if m < 16 else 0.0 for m in range(MONTHS)], (1, 2): [0.15 * (m >= 6) for m in range(MONTHS)]}
    for i, j in itertools.combinations(range(N), 2):
        s = level[i, j][0] if (i, j) in level else 0.0
        for month in range(MONTHS):
            s += RHO_DISPUTE * (level.get((i, j), [0.0] * MONTHS)[month] - s)
            close(recorded["sanctions"][month, i, j], s, 3e-9)


def test_acts_are_the_moves_that_cooperation_grew_by(recorded):
    """1 − x ← (1 − x) exp(−k η/M), then x ← x + ρ (x⁰ (1 − h) − x), solved for k, over dyads without sanctions."""
    some = 0
    for month in range(1, MONTHS):
        h = (recorded["dispute"][month] - RHO_DISPUTE * dispute_in_force(month)) / (1 - RHO_DISPUTE)
        k = numpy.zeros((N, N))
        for which, domain in enumerate(DOMAINS, 1):
            before, after = (recorded[f"cooperation_{domain}"][m] for m in (month - 1, month))
            grown = (after - RHO * base(which) * (1 - h)) / (1 - RHO)
            k -= numpy.log((1 - grown) / (1 - before)) * INITIATIVES / ETA
        free = (recorded["sanctions"][month] == 0) & ~numpy.eye(N, dtype=bool)
        assert free.sum() >= N * (N - 1) - 4
        close(recorded["acts"][month][free], k[free], 1e-5)
        some += recorded["acts"][month][free].sum()
    assert some > 100
