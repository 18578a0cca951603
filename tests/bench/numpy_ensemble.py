#!/usr/bin/python3
"""The reference model (tests/reference) over many replicates at once, as one would write it with NumPy for speed.

    numpy_ensemble.py EFFECTIVE.cfg REPLICATES [BATCH]: one line of JSON
"""
import json
import os
import sys
import time

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))
from months import ECO, INST, POL, SEC, month_of_text  # noqa: E402
from rebuild import (ACCOMMODATE, ARM, CHANNELS, COERCE, DEAL_DOMAIN, ENGAGE, World, ratio, run)  # noqa: E402
from scenario_file import load  # noqa: E402
from streams import HALF, philox  # noqa: E402


def turned(a):
    return a.swapaxes(-1, -2)


class Ensemble(World):
    """World with replicates as the axis before those of the states; drawn moves in concurrent order."""

    def __init__(self, cfg, seed, replicates):
        super().__init__(cfg, seed, int(replicates[0]))
        self.replicates = np.asarray(replicates, np.uint64)
        many = len(replicates)
        self.e, self.m = (np.repeat(v[None], many, 0) for v in (self.e, self.m))
        self.x = np.repeat(self.x[:, None], many, 1)
        self.h, self.s = (np.repeat(v[None], many, 0) for v in (self.h, self.s))

    def perceive(self):
        par, terms, near, off = self.par, self.terms, self.nearness, self.off
        h, s, e, m, mean_x = self.h, self.s, self.e, self.m, self.x.mean(0)
        c = par["military_weight"] * m / m.sum(-1, keepdims=True)
        c += (1 - par["military_weight"]) * e / e.sum(-1, keepdims=True)
        p = c ** par["power_exponent"]
        tau = p[:, None, :] * near * np.clip(par["intent_base"] + par["intent_dispute"] * h - par["intent_cooperation"] * mean_x, 0, 1)
        threat = tau.sum(-1)
        squares = (tau * tau).sum(-1)[:, :, None] - tau * tau
        common = np.where(off, np.minimum(ratio(tau @ turned(tau), np.sqrt(np.maximum(squares * turned(squares), 0))), 1), 0)
        resistance = p + (self.x[SEC] * p[:, None, :] * near * common).sum(-1)
        products = np.where(off, c[:, :, None] * c[:, None, :], 0)
        exponent = par["polarisation_exponent"] if terms["polarisation"] else 0
        pull = ((products * h).sum((1, 2)) / products.sum((1, 2)) / par["polarisation_reference"]) ** exponent
        openness, s_hat = 1 - np.maximum(h, turned(s)), np.maximum(s, turned(s))
        pool = np.maximum(par["omega_floor"], np.where(off, c[:, None, :] * openness, 0).sum(-1) / (1 - c))
        reliance = c[:, None, :] * pool[:, :, None] ** -(par["omega"] if terms["outside_options"] else 0)
        grip = reliance / (reliance + par["market_half"])
        pulls = e[:, None, :] * near
        access = np.maximum(par["omega_floor"], (pulls * (1 - s_hat)).sum(-1) / pulls.sum(-1))
        market = pulls / e.sum(-1)[:, None, None] * (1 - s_hat)
        market *= (access[:, :, None] * access[:, None, :]) ** -(par["omega"] if terms["diversion"] else 0)
        seen = {"c": c, "threat": threat, "resistance": resistance, "insecurity": np.log(1 + threat / resistance), "access": access,
                "share": ratio(tau, threat[:, :, None]), "stake": c[:, None, :] * mean_x * openness}
        ally = seen["insecurity"][:, :, None] * pull[:, None, None] * common * grip
        return seen | {"ally": ally, "gain": par["benefit_economic"] * market / (market + par["market_half"])}

    def weigh(self, seen):
        """Benefits and costs after side payments."""
        par, terms, c = self.par, self.terms, seen["c"]
        others = 1 - c[:, :, None] - c[:, None, :]
        leverage = seen["stake"] @ (0.5 * self.h + 0.5 * self.s) / others * terms["leverage"]
        reach = seen["stake"] @ (self.now["reach"] * self.s) / others * terms["reach"]
        felt = {POL: par["leverage_political"] * leverage, INST: par["leverage_political"] * leverage,
                SEC: par["leverage_security"] * leverage, ECO: reach}
        theta = par["side_payments"] if terms["side_payments"] else 0
        for d in (POL, INST, SEC, ECO):
            benefit = seen["gain"] if d == ECO else seen["ally"] * (np.sqrt(self.nearness) if d == SEC else par["benefit_political"])
            cost = par["cost_mandate"] * self.now["u"][d] + par["cost_leverage"] * felt[d] + par["cost_dispute"] * self.h + par["cost_fixed"]
            yield d, *((1 - theta) * a + theta * turned(a) for a in (benefit, cost))

    def utilities(self, seen):
        """Utilities and chances of consent [8, replicates, n, n]."""
        par, c = self.par, seen["c"]
        u, yes = np.zeros((8, *self.h.shape)), np.ones((8, *self.h.shape))
        moves = {d: move for move, d in DEAL_DOMAIN.items()}
        for d, benefit, cost in self.weigh(seen):
            u[moves[d]] = (1 - self.x[d]) * benefit - cost
            yes[moves[d]] = 1 / (1 + np.exp(-par["lambda"] * turned(benefit - cost)))
        u[ARM] = (par["arm_gain"] * seen["insecurity"] - par["arm_cost"])[:, :, None] * np.eye(self.n)
        u[ENGAGE] = par["engage_gain"] * seen["share"] * self.h - par["engage_cost"]
        yes[ENGAGE] = 1 / (1 + np.exp(-par["lambda"] * turned(u[ENGAGE])))
        weakness = seen["threat"] / (seen["threat"] + seen["resistance"])
        u[ACCOMMODATE] = par["accommodate_gain"] * seen["share"] * weakness[:, :, None] - par["accommodate_cost"]
        strength = c[:, :, None] / (c[:, :, None] + c[:, None, :])
        u[COERCE] = par["coerce_gain"] * self.h * strength - par["coerce_trade"] * self.x[ECO] - par["coerce_cost"]
        u[1:, :, ~self.off] = 0
        return u, yes

    def uniforms(self, tick, purpose):
        """[2][replicates, n, draws]"""
        block = np.arange(self.par["initiatives"], dtype=np.uint64)
        actor = np.arange(self.n, dtype=np.uint64)[:, None] + np.uint64(tick << 16)
        counter = np.broadcast_arrays(block, actor, self.replicates[:, None, None], np.uint64(purpose))
        words = philox(counter, self.stream.key)
        return [((words[k] << HALF | words[k + 1]) >> np.uint64(11)).astype(float) * 2.0 ** -53 for k in (0, 2)]

    def choose(self, seen, tick):
        u, yes = self.utilities(seen)
        met = np.sqrt(seen["c"][:, None, :] * self.nearness)
        chance, self_only = met / met.sum(-1, keepdims=True), np.broadcast_to(np.eye(self.n), met.shape)
        accepted, hold = np.zeros(u.shape), np.ones((*met.shape[:2], 1))
        for purpose, moves in CHANNELS.items():
            base = np.concatenate([hold, *(self_only if m == ARM else chance for m in moves)], -1)
            options = np.concatenate([0 * hold, *u[moves]], -1)
            consent = np.concatenate([hold, *yes[moves]], -1)
            running = np.cumsum(base * np.exp(self.par["lambda"] * (options - options.max(-1, keepdims=True))), -1)
            first, second = self.uniforms(tick, purpose)
            sought = first * running[..., -1:]
            option = (running[:, :, None, :] <= sought[..., None]).sum(-1)
            row = np.arange(option.size // option.shape[-1]).repeat(option.shape[-1])
            said = (second < np.take_along_axis(consent, option, -1)).ravel()
            count = np.bincount(row * running.shape[-1] + option.ravel(), said, running.size).reshape(running.shape)[..., 1:]
            accepted[moves] = np.moveaxis(count.reshape(*count.shape[:2], len(moves), self.n), 2, 0)
        return accepted

    def act(self, k):
        par, each = self.par, self.par["initiatives"]

        def left(rate, count):
            return np.exp(count * np.log(rate))
        self.m = self.m * left(1 + par["arming"] / each, np.diagonal(k[ARM], axis1=1, axis2=2))
        for move, d in DEAL_DOMAIN.items():
            self.x[d] = 1 - (1 - self.x[d]) * np.exp(-(k[move] + turned(k[move])) * par["eta"] / each)
        calm, both = k[ENGAGE] + k[ACCOMMODATE], k[COERCE] + turned(k[COERCE])
        self.h = self.h * left(1 - par["conciliation"] / each, calm + turned(calm))
        yields = k[ACCOMMODATE] + turned(k[ACCOMMODATE])
        self.x[POL] = 1 - (1 - self.x[POL]) * left(1 - par["accommodate_political"] * par["eta"] / each, yields)
        self.s = 1 - (1 - self.s) * left(1 - par["coercion"] / each, k[COERCE])
        self.h = 1 - (1 - self.h) * left(1 - par["coercion"] / each, both)

    def relax(self):
        par = self.par
        ceiling = (1 - np.maximum(self.s, turned(self.s))) ** par["sanctions_power"]
        y = self.x + par["rho"] * (self.x0[:, None] * (1 - self.h) - self.x)
        self.x = np.where(y > ceiling, y - par["sanctions_pull"] * (y - ceiling), y)
        self.h = self.h + par["rho_dispute"] * (self.now["h0"] - self.h)
        self.s = self.s + par["rho_dispute"] * (self.now["s0"] - self.s)
        self.m = self.m + (self.burden * self.e - par["depreciation"] * self.m) / 12
        self.m = self.m * (1 - par["attrition"] * self.now["war"].max(axis=1))


def run_ensemble(cfg, replicates):
    """Cooperation of the first focus pair at the end, and the seconds of stepping."""
    world, access = Ensemble(cfg, 1, replicates), None
    ticks = world.spinup + month_of_text(cfg["scenario"]["end"]) - world.month0 + 1
    began = time.perf_counter()
    for tick in range(ticks):
        world.begin(tick, access)
        seen = world.perceive()
        world.act(world.choose(seen, tick))
        world.relax()
        access = seen["access"]
    names = list(cfg["states"])
    i, j = (names.index(code) for code in cfg["scenario"]["focus"][0].split("-"))
    return world.x[:, :, i, j].mean(0), time.perf_counter() - began, len(names), ticks


def main(path, count, batch="16"):
    cfg, seconds, cooperation = load(path), 0, []
    for first in range(0, int(count), int(batch)):
        found, spent, states, ticks = run_ensemble(cfg, np.arange(first, min(first + int(batch), int(count))))
        cooperation, seconds = cooperation + list(found), seconds + spent
    began = time.perf_counter()
    *_, last = run(path, 1, 0)
    alone = {"replicates": 1, "seconds": time.perf_counter() - began}
    print(json.dumps({"states": states, "ticks": ticks, "numpy_per_replicate": alone, "cooperation": cooperation,
                      "numpy_vectorised": {"replicates": int(count), "seconds": seconds, "batch": int(batch)}}))


if __name__ == "__main__":
    main(*sys.argv[1:])
