#!/usr/bin/env python3
"""Random scenarios that the program must accept: everything that a scenario can hold, in one file each.

    python3 tests/reference/scenarios.py SEED > random.cfg

The same seed gives the same text on any Python 3. Spin-up and recorded months add up to --ticks (228), whatever the
seed. No effect and no act touches the focus dyads; numbers stay where no economy or stock can vanish or explode.
"""

import argparse
import itertools
import datetime
import random

CODES = ["AFG", "BRA", "CAN", "DNK", "EGY", "FIN", "GHA", "HUN", "IRN", "JPN", "KOR", "LBN", "MEX", "NOR", "RUS", "USA"]
CODES += ["Q1", "XKX2", "ZZTOP99"]
DOMAINS = ["political", "institutional", "security", "economic"]
CLOSED = ["dual_use", "arms_exports", "arms_imports", "finance", "main_export", "general_trade"]
TERMS = ["leverage", "reach", "outside_options", "diversion"]
TERMS += ["channels", "opportunity", "polarisation", "side_payments"]
SHAPES = ["step", "ramp", "pulse"]

# kind of effect: what it is aimed at, smallest and largest size
EFFECTS = {
    "dispute": ("between", -3.0, 4.0),
    "sanctions": ("from_to", -2.0, 4.0),
    "mandate": ("of", -0.5, 1.0),
    "reach": ("from_to", 0.0, 1.0),
    "capability": ("of", -0.5, 1.5),
    "growth": ("of", -0.04, 0.06),
    "war": ("between", 0.0, 1.0),
}

# smallest and largest value; "log": drawn evenly in its logarithm
PARAMETERS = {
    "lambda": (1.0, 25.0, "log"),
    "power_exponent": (0.3, 1.5),
    "military_weight": (0.0, 1.0),
    "intent_base": (0.0, 0.5),
    "intent_dispute": (0.2, 1.5),
    "intent_cooperation": (0.0, 0.8),
    "distance_half": (500.0, 8000.0, "log"),
    "distance_floor": (0.0, 0.5),
    "polarisation_exponent": (0.0, 2.0),
    "polarisation_reference": (0.05, 0.6),
    "omega": (0.0, 2.0),
    "omega_floor": (0.001, 0.2, "log"),
    "market_half": (0.002, 0.2, "log"),
    "benefit_political": (0.2, 2.0),
    "benefit_economic": (0.3, 3.0),
    "cost_mandate": (0.1, 3.0),
    "cost_leverage": (0.5, 20.0, "log"),
    "cost_dispute": (0.1, 1.5),
    "cost_fixed": (0.0, 0.5),
    "leverage_security": (0.0, 2.0),
    "leverage_political": (0.0, 2.0),
    "side_payments": (0.0, 0.5),
    "arm_gain": (0.0, 0.6),
    "arm_cost": (0.0, 0.5),
    "engage_gain": (0.2, 2.0),
    "engage_cost": (0.0, 0.5),
    "accommodate_gain": (0.2, 2.0),
    "accommodate_cost": (0.0, 0.6),
    "coerce_gain": (0.2, 2.0),
    "coerce_trade": (0.0, 1.0),
    "coerce_cost": (0.0, 0.6),
    "eta": (0.1, 4.0, "log"),
    "rho": (0.01, 0.2, "log"),
    "rho_dispute": (0.02, 0.6, "log"),
    "sanctions_pull": (0.02, 1.0),
    "sanctions_power": (0.3, 4.0),
    "conciliation": (0.02, 0.6),
    "accommodate_political": (0.0, 1.0),
    "coercion": (0.02, 0.5),
    "arming": (0.0, 0.05),
    "attrition": (0.0, 0.1),
    "depreciation": (0.03, 0.5),
    "growth_isolation": (0.0, 0.08),
    "dispute_step": (0.05, 0.4),
    "sanctions_step": (0.05, 0.4),
    "sanctions_listing": (0.0, 0.2),
    "sanctions_product": (0.0, 0.4),
    "sanctions_sector": (0.1, 0.5),
    "sanctions_pillar": (0.05, 0.3),
    "sanctions_secondary": (0.05, 0.5),
    "mandate_first": (0.1, 0.8),
    "mandate_further": (0.0, 0.5),
}

OUTCOMES = {
    "dyad": ["cooperation", *(f"cooperation_{d}" for d in DOMAINS), "acts", "dispute", "sanctions", "common_threat"]
    + ["exchange"],
    "directed": ["threat_share", "initiatives"],
    "state": ["capability", "insecurity", "partners", "market_access", "arming"],
    "system": ["polarisation", "effective_poles", "concentration", "mean_cooperation", "blocs"]
    + [f"share_{move}" for move in ["hold", "arm", "align", "consult", "coordinate", "trade"]]
    + ["share_engage", "share_accommodate", "share_coerce"],
}
DISTRIBUTIONS = ["choices", "moves"]
SIGNS = {"dyad": "-", "directed": ">"}


def text(value):
    """A value as it stands in a scenario."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value) if "e" in repr(value) or "." in repr(value) else f"{value!r}.0"
    if isinstance(value, list):
        return "[" + ", ".join(map(text, value)) + "]"
    if isinstance(value, dict):
        return "{ " + " ".join(f"{k} = {text(v)};" for k, v in value.items()) + " }"
    return str(value) if isinstance(value, int) else f'"{value}"'


def section(name, members):
    return f"{name} = {{\n" + "".join(f"  {k} = {text(v)};\n" for k, v in members.items()) + "};\n"


def month(k):
    """Month k since the year 0, 0 being January, as YYYY-MM."""
    return f"{k // 12}-{k % 12 + 1:02}"


class Generator:
    def __init__(self, seed, ticks):
        self.r = random.Random(f"waltz scenario {seed}")
        self.seed = seed
        self.spinup = min(self.r.choice([0, 1, 12, 24, 60, 90]), ticks - 1)
        self.months = ticks - self.spinup
        self.start = self.r.randint(1990 * 12, 2010 * 12)
        self.end = self.start + self.months - 1
        self.states = self.r.sample(CODES, self.r.randint(3, 14))
        self.groups = {}
        self.focus = set()
        self.make_groups()
        self.make_focus()

    # ---- numbers, days, names ------------------------------------------------------------------------------------

    def chance(self, p):
        return self.r.random() < p

    def number(self, low, high, how="even", digits=4):
        r = self.r.random()
        v = low * (high / low) ** r if how == "log" else low + (high - low) * r
        return float(f"{v:.{digits}g}")

    def day(self, before=8 * 365, after=365):
        """Some day from `before` days ahead of the start to `after` days past the end, often at a month's edge."""
        first = datetime.date(self.start // 12, self.start % 12 + 1, 1).toordinal() - before
        last = datetime.date(self.end // 12, self.end % 12 + 1, 28).toordinal() + after
        d = datetime.date.fromordinal(self.r.randint(first, last))
        edge = self.r.random()
        if edge < 0.15:
            return d.replace(day=1)
        if edge < 0.3:
            return d.replace(day=1) - datetime.timedelta(days=1)
        return d

    def expand(self, names):
        """States of a list of states and groups."""
        found = set()
        for name in names:
            found |= self.expand(self.groups[name]) if name in self.groups else {name}
        return found

    def names(self, most=3):
        """A list of some states and groups that are not empty."""
        full = [g for g in self.groups if self.expand([g])]
        some = self.r.sample(self.states, self.r.randint(1, min(most, len(self.states))))
        if full and self.chance(0.35):
            some[self.r.randrange(len(some))] = self.r.choice(full)
        return some

    def is_free(self, senders, targets):
        """Does no pair across two sets of states belong to the focus? And is there any?"""
        pairs = {frozenset((i, j)) for i in senders for j in targets if i != j}
        return bool(pairs) and not pairs & self.focus

    # ---- what stands before the shocks ---------------------------------------------------------------------------

    def make_groups(self):
        for k in range(self.r.randint(0, 4)):
            members = self.r.sample(self.states, self.r.randint(1, min(4, len(self.states) - 1)))
            if self.groups and self.chance(0.4):
                members.append(self.r.choice(list(self.groups)))
            self.groups[f"{'zyxw'[k]}_group{k}"] = members  # a group may stand before its members: see whole()

    def make_focus(self):
        for _ in range(2 if len(self.states) > 5 and self.chance(0.4) else 1):
            self.focus.add(frozenset(self.r.sample(self.states, 2)))

    def general(self):
        r = self.r
        focus = ["-".join(r.sample(sorted(f), 2)) for f in sorted(self.focus, key=sorted)]
        return {
            "name": f"random-{self.seed}",
            "title": f"random scenario {self.seed}",
            "start": month(self.start),
            "end": month(self.end),
            "spinup": self.spinup,
            "focus": focus,
            "moves": r.choice(["drawn", "expected"]),
            "order": "serial" if self.chance(0.3) else "concurrent",
        } | ({"explain": [f"{month(self.start)}..{month(self.end)}"]} if self.months > 1 else {})

    def state(self):
        gdp = self.number(0.5, 20000.0, "log", 7)
        state = {
            "lat": self.number(-65.0, 75.0),
            "lon": self.number(-180.0, 180.0),
            "gdp": gdp,
            "milex": float(f"{gdp * self.number(0.002, 0.12, 'log'):.6g}"),
        }
        if self.chance(0.8):
            state["growth"] = self.number(-0.06, 0.1)
        if self.chance(0.5):
            state["ccode"] = self.r.randint(1, 999)
        return state

    def dyads(self):
        found = {}
        for k, a in enumerate(self.states):
            for b in self.states[:k]:
                if self.chance(0.4):
                    continue
                keys = ["h0", *(f"x0_{d}" for d in DOMAINS)]
                row = {key: self.number(0.0, 0.9, digits=3) for key in keys if self.chance(0.6)}
                if row and self.chance(0.05):
                    row[self.r.choice(list(row))] = self.r.choice([0.0, 1.0])
                found["-".join(self.r.sample([a, b], 2))] = row
        return found

    def period(self):
        """A start, and an end in nine days of ten: in force in the past, now, later, or for a few days alone."""
        start = self.day()
        length = self.r.choice([3, 40, 400, 2000])
        end = start + datetime.timedelta(days=self.r.randint(1, length))
        period = {"start": start.isoformat()}
        return period | ({"end": end.isoformat()} if self.chance(0.7) else {})

    def act(self):
        for _ in range(100):
            senders, target = self.names(4), self.r.choice(self.states)
            if target not in self.expand(senders) and self.is_free(self.expand(senders), {target}):
                break
        else:
            return None
        act = {"senders": senders, "target": target, **self.period(), "class": self.r.randint(1, 3)}
        if self.chance(0.6):
            act["pillars"] = "".join(self.r.sample("TFXS", self.r.randint(1, 4))) if self.chance(0.8) else "-"
        return act

    def mandate(self):
        mandate = {"target": self.r.choice(self.states), **self.period()}
        mandate |= {c: self.r.choice([0.0, 0.5, 0.5, 1.0]) for c in CLOSED if self.chance(0.6)}
        if self.chance(0.5):
            mandate["article41"] = self.r.randint(0, 1)
        return mandate

    # ---- shocks --------------------------------------------------------------------------------------------------

    def target(self, aim):
        for _ in range(100):
            if aim == "of":
                return {"of": self.names()}
            senders, targets = self.names(), self.names()
            if aim == "between":
                senders, targets = senders[:1], targets[:1]
            if self.is_free(self.expand(senders), self.expand(targets)):
                return {"between": senders + targets} if aim == "between" else {"from": senders, "to": targets}
        return None

    def effect(self, on, shape):
        aim, low, high = EFFECTS[on]
        target = self.target(aim)
        if target is None:
            return None
        effect = {"on": on, **target, "size": self.number(low, high, digits=3)}
        if on == "mandate" and self.chance(0.6):
            effect["domain"] = self.r.choice([*DOMAINS, "all"])
        if shape != "step" or self.chance(0.3):
            effect["shape"] = shape
        if shape != "step" and self.chance(0.8):
            effect["months"] = self.r.randint(1, 48)
        if self.chance(0.35):
            effect["date"] = self.day(400, 60).isoformat()
        return effect

    def owned(self, acts, what):
        """Some acts whose start (end) belongs to a shock, and to no other."""
        some = [name for name, act in acts.items() if what in act and self.chance(0.2)]
        for name in some:
            self.taken.add((name, what))
        return some

    def shock(self, earlier, acts):
        date = self.day(400, 60)
        shock = {"date": date.isoformat()}
        if self.chance(0.4):
            shock["happened"] = (date + datetime.timedelta(days=self.r.randint(-500, 500))).isoformat()
        if earlier and self.chance(0.4):
            shock["requires"] = self.r.choice(earlier)
        if self.chance(0.2):
            shock["enabled"] = False
        if self.chance(0.3):
            shock["jitter_days"] = self.r.randint(1, 200)
        for key, what in (("starts", "start"), ("ends", "end")):
            some = self.owned({n: a for n, a in acts.items() if (n, what) not in self.taken}, what)
            if some:
                shock[key] = some
        return shock

    def shocks(self, acts):
        """All kinds of effects and all shapes in every scenario, dealt to two to six shocks."""
        self.taken = set()
        shocks = {}
        for k in range(self.r.randint(2, 6)):
            shocks[f"shock_{k}"] = self.shock(list(shocks), acts)
        kinds = [*EFFECTS, *self.r.choices(list(EFFECTS), k=self.r.randint(0, 6))]
        shapes = [*SHAPES, *self.r.choices(SHAPES, k=len(kinds) - 3)]
        self.r.shuffle(shapes)
        for k, (on, shape) in enumerate(zip(kinds, shapes)):
            effect = self.effect(on, shape)
            if effect is not None:
                self.r.choice(list(shocks.values())).setdefault("effects", {})[f"e{k}_{on}"] = effect
        return shocks

    # ---- parameters, outcomes ------------------------------------------------------------------------------------

    def parameters(self):
        found = {name: self.number(*how) for name, how in PARAMETERS.items() if self.chance(0.5)}
        found["initiatives"] = self.r.choice([1, 3, 4, 7, 16])
        if self.chance(0.5):
            found["growth_falls"] = self.chance(0.7)
        if self.chance(0.06):
            found["lambda"] = self.r.choice([0.0, 200.0])
        return found

    def window(self):
        first, last = sorted(self.r.choices(range(self.start, self.end + 1), k=2))
        return f"{month(first)}..{month(last)}"

    def outcome(self):
        level = self.r.choice(list(OUTCOMES))
        outcome = {"measure": self.r.choice(OUTCOMES[level])}
        if level != "system":
            outcome["subject"] = SIGNS.get(level, "").join(self.r.sample(self.states, 2 if level in SIGNS else 1))
        outcome["window"] = self.window()
        if self.chance(0.5):
            outcome["minus"] = self.window()
        if self.chance(0.5):
            outcome["statistic"] = self.r.choice(["mean", "max", "when_max"])
        return outcome

    # ---- arms, what is read in them, what is claimed -------------------------------------------------------------

    def arms(self, shocks):
        found = {"full": {}}
        for k in range(self.r.randint(1, 3)):
            some = self.r.sample(sorted(shocks), self.r.randint(0, min(2, len(shocks))))
            arm = {"without": some} if some else {}
            if self.chance(0.6) or not some:
                name = self.r.choice(sorted(PARAMETERS))
                arm["set"] = [f"parameters.{name}={self.number(*PARAMETERS[name])}", "terms.reach=false"]
            found[f"arm{k}"] = arm | ({"note": f"arm {k}"} if self.chance(0.5) else {})
        return found

    def subject(self, level):
        """One state or more across from others, as a group or not."""
        full = [g for g in self.groups if len(self.expand([g])) > 1]
        own, other = self.r.sample(self.states, 2)
        if full and self.chance(0.4):
            own = self.r.choice(full)
        return own + SIGNS[level] + other if level in SIGNS else own

    def reading(self, arms):
        """An outcome that needs another arm, a penalty or a second period, or reads groups or every dyad."""
        kind = self.r.choice(["over", "share", "group", "dyads", "moved", "unlike", "onset", "change", "added"])
        level = {"share": "directed", "group": self.r.choice(["dyad", "directed", "state"])}.get(kind, "dyad")
        found = {"measure": self.r.choice(OUTCOMES[level]), "subject": self.subject(level), "window": self.window()}
        if kind == "over":
            found["over"] = self.window()
        elif kind == "share":
            found["statistic"] = "share"
        elif kind == "dyads":
            found["subject"] = "dyads"
        elif kind in ("moved", "unlike"):
            states = self.r.sample(self.states, 1 if kind == "moved" else 2)
            found |= {"measure": self.r.choice(DISTRIBUTIONS), "subject": "-".join(states), "statistic": "distance"}
        elif kind in ("onset", "change"):
            found |= {"statistic": kind, "trend": self.r.choice(sorted(arms))}
            found |= {"alarm": self.window()} if self.chance(0.5) else {}
        if kind in ("moved", "added"):
            found |= {"arm": self.r.choice(sorted(arms)), "minus_arm": self.r.choice(sorted(arms))}
        return found

    def condition(self, outcomes, arms):
        names = sorted(name for name, o in outcomes.items() if o.get("subject") != "dyads")
        name, than = self.r.choice(names), self.r.choice(names)
        found = {"outcome": name} | ({"arm": self.r.choice(sorted(arms))} if self.chance(0.3) else {})
        statistic = outcomes[name].get("statistic")
        if statistic in ("onset", "change", "when_max") and self.chance(0.8):
            is_ = "within" if statistic == "when_max" else self.r.choice(["found", "absent", "within"])
            return found | {"is": is_} | ({"period": self.window()} if is_ == "within" else {})
        if self.chance(0.5):
            found |= {"is": self.r.choice(["above", "below"]), "value": self.number(-1.0, 1.0)}
        else:
            found |= {"is": self.r.choice(["above", "below", "nearer"]), "than": than, "times": self.number(0.3, 3.0)}
            found |= {"than_arm": self.r.choice(sorted(arms))} if self.chance(0.3) else {}
        return found | ({"sign": True} if self.chance(0.5) else {})

    def claim(self, k, outcomes, arms):
        found = {"text": f"Claim {k}.", "expect": self.chance(0.5)}
        found |= {"basis": "predicted", "kind": "random"} if self.chance(0.5) else {}
        names = sorted(name for name, o in outcomes.items() if o.get("subject") != "dyads")
        if self.chance(0.2):
            found["all"] = {"figure": {"outcome": self.r.choice(names), "is": "figure", "value": 1.0}}
        elif self.chance(0.9):
            found["all"] = {f"c{c}": self.condition(outcomes, arms) for c in range(self.r.randint(1, 3))}
        return found

    def whole(self):
        sanctions = {f"S{k}": self.act() for k in range(self.r.randint(0, 12))}
        sanctions = {name: act for name, act in sanctions.items() if act is not None}
        mandates = {f"M{k}": self.mandate() for k in range(self.r.randint(0, 5))}
        groups = list(self.groups.items())
        self.r.shuffle(groups)
        parts = [
            section("scenario", self.general()),
            section("states", {code: self.state() for code in self.states}),
            section("dyads", self.dyads()),
            section("sanctions", sanctions),
            section("mandates", mandates),
            section("groups", dict(groups)),
            section("parameters", self.parameters()),
            section("terms", {term: self.chance(0.6) for term in TERMS if self.chance(0.5)}),
        ]
        shocks = self.shocks(sanctions | mandates)
        outcomes = {f"outcome_{k}": self.outcome() for k in range(self.r.randint(1, 4))}
        arms = self.arms(shocks)
        outcomes |= {f"reading_{k}": self.reading(arms) for k in range(self.r.randint(1, 5))}
        claims = {f"K{k}": self.claim(k, outcomes, arms) for k in range(self.r.randint(1, 4))}
        outcomes["ranks"] = {"measure": self.r.choice(OUTCOMES["dyad"]), "subject": "dyads", "window": self.window(),
                             "statistic": "rank_correlation", "domain": self.r.choice(DOMAINS)}
        parts += [section("shocks", shocks), section("arms", arms), section("outcomes", outcomes)]
        return "\n".join([*parts, section("claims", claims), section("observed", self.observed())])

    def observed(self):
        """Of some pairs, in some domains; each domain has two at least."""
        pairs = list(itertools.combinations(self.states, 2))
        kept = [pair for k, pair in enumerate(pairs) if k < 2 or self.chance(0.7)]
        return {"-".join(pair): {d: self.number(0.0, 300.0) for d in DOMAINS if k < 2 or self.chance(0.8)}
                for k, pair in enumerate(kept)}


def scenario(seed, ticks=228):
    """The text of the scenario of a seed."""
    return Generator(seed, ticks).whole()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("--ticks", type=int, default=228, help="months of spin-up and recorded ones, 2 or more")
    arguments = parser.parse_args()
    print(scenario(arguments.seed, arguments.ticks), end="")


if __name__ == "__main__":
    main()
