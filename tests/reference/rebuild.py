#!/usr/bin/env python3
"""The model once more, slow and plain: an independent rebuild.

Together with scenario_file.py, streams.py and months.py it was written from sim/MODEL.md, a scenario and Philox's known
answers alone, without sight of the program's source, and must stay so: where it and the program differ, sim/MODEL.md
decides which of them is wrong. Section numbers in docstrings are those of sim/MODEL.md. Matrices hold row i toward
column j. Sums run in the order of the states (section 6) by way of `total`, since numpy's own sums are pairwise.

    python3 tests/reference/rebuild.py EFFECTIVE.cfg [SEED [REPLICATE]]
"""
import sys

import numpy as np

from months import DOMAINS, ECO, INST, POL, SEC, Structure, month_of_text
from scenario_file import load
from streams import Stream, check_philox

ARM, ALIGN, CONSULT, COORDINATE, TRADE, ENGAGE, ACCOMMODATE, COERCE = range(8)
DEAL_DOMAIN = {ALIGN: SEC, CONSULT: POL, COORDINATE: INST, TRADE: ECO}
# purpose of the random numbers (7.6): moves of the menu in the order of section 3 (7.3)
CHANNELS = {0: [ARM, ALIGN], 1: [CONSULT, COORDINATE, ENGAGE, ACCOMMODATE], 2: [TRADE, COERCE]}
ONE_MENU = {3: list(range(8))}
PURPOSE_ORDER = 4
EARTH_RADIUS = 6371.0


def total(a):
    """Sum over the last axis in the order of the states."""
    return np.cumsum(a, axis=-1)[..., -1]


def ratio(a, b):
    """a/b, 0 where b is 0."""
    return np.divide(a, b, out=np.zeros(np.broadcast(a, b).shape), where=b != 0)


class World:
    """State variables and what happens to them in a tick."""

    def __init__(self, cfg, seed, replicate):
        self.cfg, self.par, self.terms = cfg, cfg["parameters"], cfg["terms"]
        self.stream = Stream(seed, replicate)
        self.structure = Structure(cfg, self.stream)
        states = cfg["states"].values()
        self.n = n = len(cfg["states"])
        self.off = ~np.eye(n, dtype=bool)  # off the diagonal
        column = {key: np.array([float(state[key]) for state in states]) for key in ("lat", "lon", "gdp", "growth", "milex")}
        self.e, self.m = column["gdp"].copy(), column["milex"] / self.par["depreciation"]
        self.burden, self.growth = column["milex"] / column["gdp"], column["growth"]
        self.nearness = self.proximity(column["lat"], column["lon"])
        self.x0, self.baseline = self.dyads()
        self.month0, self.spinup = month_of_text(cfg["scenario"]["start"]), cfg["scenario"]["spinup"]
        self.now = self.structure.of_month(self.month0, self.baseline)
        self.x, self.h, self.s = self.x0.copy(), self.now["h0"].copy(), self.now["s0"].copy()

    def proximity(self, lat, lon):
        """Nearness pi (section 2)."""
        lat, lon = np.radians(lat), np.radians(lon)
        half = np.sin((lat[:, None] - lat) / 2) ** 2 + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
        km = np.rint(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(half, 1.0))))
        floor = self.par["distance_floor"]
        return np.where(self.off, floor + (1 - floor) / (1 + (km / self.par["distance_half"]) ** 2), 0.0)

    def dyads(self):
        """Baselines of cooperation and dispute; a dyad without a row has .05 and 0 (section 6)."""
        x0, h0 = np.where(self.off, 0.05, 0.0) * np.ones((4, 1, 1)), np.zeros((self.n, self.n))
        for name, record in self.cfg["dyads"].items():
            i, j = (self.structure.index[code] for code in name.split("-"))
            h0[i, j] = h0[j, i] = record["h0"]
            for d, domain in enumerate(DOMAINS):
                x0[d, i, j] = x0[d, j, i] = record["x0_" + domain]
        return x0, h0

    def begin(self, tick, access):
        """Step 1: structure of the month, capability effects, growth (7.1, 7.5); access is A of the tick before."""
        month = self.month0 + max(0, tick - self.spinup)
        self.now = self.structure.of_month(month, self.baseline)
        if tick == 0 or tick > self.spinup:
            factor = self.structure.capability_factor(month, tick == 0)
            self.e, self.m = self.e * factor, self.m * factor
        if tick > self.spinup:
            own = self.growth if self.par["growth_falls"] else np.maximum(0.0, self.growth)
            rate = own + self.now["growth"] - self.par["growth_isolation"] * (1 - access)
            self.e = self.e * (1 + rate) ** (1 / 12)

    def perceive(self):
        """Step 2: perceived quantities, benefits and costs (7.2)."""
        par, terms, n, off, near = self.par, self.terms, self.n, self.off, self.nearness
        x, h, s, e, m = self.x, self.h, self.s, self.e, self.m
        mean_x = (x[0] + x[1] + x[2] + x[3]) / 4
        weight = par["military_weight"]
        c = weight * m / total(m) + (1 - weight) * e / total(e)
        p = c ** par["power_exponent"]
        intent = np.clip(par["intent_base"] + par["intent_dispute"] * h - par["intent_cooperation"] * mean_x, 0.0, 1.0)
        tau = p * near * intent
        threat = total(tau)
        common = self.common_threat(tau)
        resistance = p + total(x[SEC] * p * near * common)
        insecurity = np.log(1 + threat / resistance)
        products = np.where(off, c[:, None] * c, 0.0)
        polarisation = total((products * h).ravel()) / total(products.ravel())
        pull = (polarisation / par["polarisation_reference"]) ** (par["polarisation_exponent"] if terms["polarisation"] else 0.0)

        openness = 1 - np.maximum(h, s.T)  # of k (column) for i (row)
        spare = np.maximum(1 - c, 1e-9)
        pool = np.maximum(par["omega_floor"], total(np.where(off, c * openness, 0.0)) / spare)
        pool = np.where(1 - c < 1e-9, par["omega_floor"], pool)
        omega_grip = par["omega"] if terms["outside_options"] else 0.0
        omega_market = par["omega"] if terms["diversion"] else 0.0
        reliance = c * pool[:, None] ** -omega_grip
        grip = reliance / (reliance + par["market_half"])
        s_hat = np.maximum(s, s.T)
        access = np.maximum(par["omega_floor"], total(e * near * (1 - s_hat)) / total(e * near))
        market = e / total(e) * near * (1 - s_hat) * (access[:, None] * access) ** -omega_market

        stake = c * mean_x * openness
        others = 1 - c[:, None] - c
        leverage = self.over_others(stake, 0.5 * h + 0.5 * s, others)
        reach = self.over_others(stake, self.now["reach"] * s, others)

        benefit, cost = np.zeros((4, n, n)), np.zeros((4, n, n))
        benefit[SEC] = insecurity[:, None] * pull * common * grip * np.sqrt(near)
        benefit[POL] = benefit[INST] = par["benefit_political"] * insecurity[:, None] * pull * common * grip
        benefit[ECO] = par["benefit_economic"] * market / (market + par["market_half"])
        weights = {POL: par["leverage_political"], INST: par["leverage_political"], SEC: par["leverage_security"], ECO: 1.0}
        for d, v in weights.items():
            felt = reach * terms["reach"] if d == ECO else leverage * terms["leverage"]
            cost[d] = par["cost_mandate"] * self.now["u"][d] + par["cost_leverage"] * v * felt + par["cost_dispute"] * h + par["cost_fixed"]
        theta = par["side_payments"] if terms["side_payments"] else 0.0
        benefit, cost = ((1 - theta) * a + theta * a.transpose(0, 2, 1) for a in (benefit, cost))

        met = np.sqrt(c * near)
        chance = met / total(met)[:, None] if terms["opportunity"] else np.where(off, 1 / (n - 1), 0.0)
        seen = {"capability": c, "insecurity": insecurity, "common_threat": common, "polarisation": polarisation, "access": access,
                "threat": threat, "share": ratio(tau, threat[:, None]), "resistance": resistance, "balance": benefit - cost,
                "chance": chance}
        seen["utility"] = self.utilities(seen, benefit, cost)
        seen["consent"] = self.consents(seen)
        return seen

    def common_threat(self, tau):
        """o: cosine of the threats to i and j by third states."""
        third = self.off[:, None, :] & self.off[None, :, :]  # k is neither i nor j
        product = total(np.where(third, tau[:, None, :] * tau[None, :, :], 0.0))
        square = total(np.where(third, (tau * tau)[:, None, :], 0.0))  # of i without j
        return np.where(self.off, ratio(product, np.sqrt(square * square.T)), 0.0)

    @staticmethod
    def over_others(stake, against, others):
        """Sum over k of stake_ik times against_kj, over the capability of the others; 0 if there is none."""
        sums = total(stake[:, None, :] * against.T[None, :, :])
        return np.where(others < 1e-9, 0.0, sums / np.where(others < 1e-9, 1.0, others))

    def utilities(self, seen, benefit, cost):
        """Utility of every move of i toward j, arm on the diagonal alone (7.3)."""
        par, u = self.par, np.zeros((8, self.n, self.n))
        c, threat, resistance = seen["capability"], seen["threat"], seen["resistance"]
        np.fill_diagonal(u[ARM], par["arm_gain"] * seen["insecurity"] - par["arm_cost"])
        for move, d in DEAL_DOMAIN.items():
            u[move] = (1 - self.x[d]) * benefit[d] - cost[d]
        u[ENGAGE] = par["engage_gain"] * seen["share"] * self.h - par["engage_cost"]
        weakness = threat / (threat + resistance)
        u[ACCOMMODATE] = par["accommodate_gain"] * seen["share"] * weakness[:, None] - par["accommodate_cost"]
        strength = c[:, None] / (c[:, None] + c)
        u[COERCE] = par["coerce_gain"] * self.h * strength - par["coerce_trade"] * self.x[ECO] - par["coerce_cost"]
        u[1:, ~self.off] = 0.0  # no move toward oneself but arming: weight 0 below
        return u

    def consents(self, seen):
        """Chance that j says yes to a move of i; 1 if it is not asked (7.3)."""
        yes = np.ones((8, self.n, self.n))
        answers = {move: seen["balance"][d].T for move, d in DEAL_DOMAIN.items()}
        answers[ENGAGE] = seen["utility"][ENGAGE].T
        with np.errstate(over="ignore"):  # exp may reach infinity: chance 0
            for move, answer in answers.items():
                yes[move] = 1 / (1 + np.exp(-self.par["lambda"] * answer))
        return yes

    def choose(self, seen, actors, tick):
        """Step 3 for some actors: accepted moves [8, n, n], drawn or expected (7.3, 7.6)."""
        accepted, n = np.zeros((8, self.n, self.n)), self.n
        draws = self.par["initiatives"] * (1 if self.terms["channels"] else 3)
        for purpose, moves in (CHANNELS if self.terms["channels"] else ONE_MENU).items():
            # options: hold, then moves x targets; those that do not exist have weight 0
            base = np.stack([np.eye(n) if move == ARM else seen["chance"] for move in moves], axis=1).reshape(n, -1)
            u = np.concatenate([np.zeros((n, 1)), seen["utility"][moves].transpose(1, 0, 2).reshape(n, -1)], axis=1)
            base, u = np.concatenate([np.ones((n, 1)), base], axis=1)[actors], u[actors]
            yes = seen["consent"][moves].transpose(1, 0, 2).reshape(n, -1)[actors]
            weight = base * np.exp(self.par["lambda"] * (u - u.max(axis=1, keepdims=True)))
            running = np.cumsum(weight, axis=1)
            if self.cfg["scenario"]["moves"] == "expected":
                count = draws * (weight / running[:, -1:])[:, 1:] * yes
            else:
                first, second = self.stream.uniform_pairs(np.arange(draws), tick, np.array(actors)[:, None], purpose)
                option = (running[:, None, :] <= (first * running[:, -1:])[:, :, None]).sum(axis=2)
                said_yes = second < np.concatenate([np.ones((len(actors), 1)), yes], axis=1)[np.arange(len(actors))[:, None], option]
                count = np.zeros(weight.shape)
                np.add.at(count, (np.arange(len(actors))[:, None], option), said_yes)
                count = count[:, 1:]
            accepted[np.array(moves)[:, None], np.array(actors)] = count.reshape(len(actors), len(moves), n).transpose(1, 0, 2)
        return accepted

    def act(self, k):
        """Step 4: consequences of k accepted moves, in the order of the moves (7.4)."""
        par, each = self.par, self.par["initiatives"]

        def power(base, count):
            return np.where(count > 0, np.exp(count * np.log(base)) if base > 0 else 0.0, 1.0)

        def fall(a, factor):  # both directions act on a symmetric quantity
            return a * (factor * factor.T)

        def rise(a, factor):  # 1 - a falls; untouched where nothing happened
            return np.where(factor == 1.0, a, 1 - (1 - a) * factor)
        self.m = self.m * power(1 + par["arming"] / each, np.diag(k[ARM]))
        for move, d in DEAL_DOMAIN.items():
            factor = np.exp(-k[move] * par["eta"] / each)
            self.x[d] = rise(self.x[d], factor * factor.T)
        self.h = fall(self.h, power(1 - par["conciliation"] / each, k[ENGAGE]))
        self.h = fall(self.h, power(1 - par["conciliation"] / each, k[ACCOMMODATE]))
        factor = power(1 - min(1.0, par["accommodate_political"] * par["eta"] / each), k[ACCOMMODATE])
        self.x[POL] = rise(self.x[POL], factor * factor.T)
        factor = power(1 - par["coercion"] / each, k[COERCE])
        self.s = rise(self.s, factor)
        self.h = rise(self.h, factor * factor.T)

    def relax(self):
        """Step 5 (7.5): cooperation, then disputes and sanctions, then military stocks."""
        par = self.par
        ceiling = (1 - np.maximum(self.s, self.s.T)) ** par["sanctions_power"]
        y = self.x + par["rho"] * (self.x0 * (1 - self.h) - self.x)
        self.x = np.where(y > ceiling, y - par["sanctions_pull"] * (y - ceiling), y)
        self.h = self.h + par["rho_dispute"] * (self.now["h0"] - self.h)
        self.s = self.s + par["rho_dispute"] * (self.now["s0"] - self.s)
        self.m = self.m + (self.burden * self.e - par["depreciation"] * self.m) / 12
        self.m = self.m * (1 - par["attrition"] * self.now["war"].max(axis=1))

    def shuffled(self, tick):
        """Order of a serial schedule (7.6): gsl_ran_shuffle."""
        order, below = list(range(self.n)), self.stream.whole_numbers(tick, 0, PURPOSE_ORDER)
        for i in range(self.n - 1, 0, -1):
            j = below(i + 1)
            order[i], order[j] = order[j], order[i]
        return order

    def tick(self, tick, access):
        """One tick (section 3); returns what was perceived last and the accepted moves."""
        self.begin(tick, access)
        serial = self.cfg["scenario"]["order"] == "serial"
        accepted = np.zeros((8, self.n, self.n))
        for actors in [[i] for i in self.shuffled(tick)] if serial else [list(range(self.n))]:
            seen = self.perceive()
            moves = self.choose(seen, actors, tick)
            self.act(moves)
            accepted += moves
        self.relax()
        return seen, accepted


def run(path, seed, replicate):
    """Yield the record of every tick, spin-up included, as it stands at the end of the tick."""
    cfg = load(path)
    world, access = World(cfg, seed, replicate), None
    months = month_of_text(cfg["scenario"]["end"]) - world.month0 + 1
    for tick in range(world.spinup + months):
        seen, accepted = world.tick(tick, access)
        access = seen["access"]
        record = {"economy": world.e, "military": world.m, "dispute": world.h, "sanctions": world.s, "capability": seen["capability"],
                  "insecurity": seen["insecurity"], "common_threat": seen["common_threat"], "accepted": accepted}
        record.update({domain: world.x[d] for d, domain in enumerate(DOMAINS)})
        yield {name: np.array(array, dtype=np.float64) for name, array in record.items()}


def main(argv):
    """rebuild.py SCENARIO [SEED [REPLICATE]]: run and print a few numbers of the first and last month and each year."""
    if len(argv) < 2:
        sys.exit(main.__doc__)
    seed, replicate = (int(argv[k]) if len(argv) > k else k - 1 for k in (2, 3))
    print(f"philox: {check_philox()} known answers right")
    cfg = load(argv[1])
    names, spinup = list(cfg["states"]), cfg["scenario"]["spinup"]
    i, j = (names.index(code) for code in cfg["scenario"]["focus"][0].split("-")) if cfg["scenario"]["focus"] else (0, 1)
    print(f"tick; {names[i]}-{names[j]}: cooperation, " + ", ".join(DOMAINS) + f", dispute, insecurity of both; moves accepted by all")
    for tick, record in enumerate(run(argv[1], seed, replicate)):
        if tick >= spinup and (tick - spinup) % 12 == 0:
            x = [record[domain][i, j] for domain in DOMAINS]
            shown = [sum(x) / 4, *x, record["dispute"][i, j], record["insecurity"][i], record["insecurity"][j]]
            print(f"{tick:4d} " + " ".join(f"{v:.6f}" for v in shown) + f" {record['accepted'].sum():.3f}")


if __name__ == "__main__":
    main(sys.argv)
