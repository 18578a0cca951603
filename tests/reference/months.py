"""Structure of a month, sim/MODEL.md, section 7.1: acts, mandates and shocks in force; part of the rebuild."""
import datetime

import numpy as np

DOMAINS = ["political", "institutional", "security", "economic"]
POL, INST, SEC, ECO = range(4)
PURPOSE_DATES = 5
NEVER = 10 ** 9  # a day that does not come


def day_of(text):
    """Number of the day of a date; "ongoing" never comes (6)."""
    return NEVER if text == "ongoing" else datetime.date.fromisoformat(text).toordinal()


def month_of_text(text):
    """Number of the month of YYYY-MM."""
    year, month = text.split("-")[:2]
    return 12 * int(year) + int(month) - 1


def month_of_day(day):
    """Number of the month that a day lies in."""
    date = datetime.date.fromordinal(day)
    return 12 * date.year + date.month - 1


def last_day(month):
    """Number of the last day of a month."""
    return datetime.date((month + 1) // 12, (month + 1) % 12 + 1, 1).toordinal() - 1


class Structure:
    """What the scenario gives for every month; delays of shocks belong to a replicate."""

    def __init__(self, cfg, stream):
        self.par = cfg["parameters"]
        self.groups = cfg["groups"]
        self.index = {name: i for i, name in enumerate(cfg["states"])}
        self.n = len(self.index)
        self.shocks = cfg["shocks"]
        self.shift = {name: self.moved_by(k, shock, stream) for k, (name, shock) in enumerate(self.shocks.items())}
        self.acts = [(*self.in_force(name, act), self.members(act["senders"]), self.index[act["target"]], act["class"],
                      set(act["pillars"]) & set("TFXS")) for name, act in cfg["sanctions"].items()]
        self.mandates = [(*self.in_force(name, act), self.index[act["target"]], act) for name, act in cfg["mandates"].items()]
        self.effects = [self.effect(name, effect) for name, shock in self.shocks.items() if self.counts(name)
                        for effect in shock.get("effects", {}).values()]

    def moved_by(self, k, shock, stream):
        """Days by which shock k is moved: date against happened, and the delay that the replicate draws (7.6)."""
        happened = shock.get("happened", "ongoing")
        moved = 0 if happened == "ongoing" else day_of(shock["date"]) - day_of(happened)
        jitter = shock.get("jitter_days", 0)
        delay = stream.whole_numbers(0, k, PURPOSE_DATES)(2 * jitter + 1) - jitter if jitter else 0
        return {"own": delay, "other": moved + delay}

    def counts(self, name):
        """A shock counts if it is enabled and the one that it requires counts."""
        needed = self.shocks[name].get("requires", "")
        return self.shocks[name].get("enabled", True) and (not needed or self.counts(needed))

    def members(self, names):
        """States of a list, a group standing for its members, each once."""
        found = []
        for name in [names] if isinstance(names, str) else names:
            found += self.members(self.groups[name]) if name in self.groups else [self.index[name]]
        return list(dict.fromkeys(found))

    def in_force(self, name, record):
        """First day in force and first day no longer, as the shocks that own them have it."""
        days = []
        for key, owner in (("start", "starts"), ("end", "ends")):
            day = day_of(record.get(key, "ongoing"))
            for shock, content in self.shocks.items():
                if name in content.get(owner, []) and day != NEVER:
                    day = day + self.shift[shock]["other"] if self.counts(shock) else NEVER
            days.append(day)
        return days

    def effect(self, name, effect):
        """An effect with its month and the states that it concerns (6)."""
        shift, own = self.shift[name], effect.get("date", "ongoing")
        day = day_of(self.shocks[name]["date"]) + shift["own"] if own == "ongoing" else day_of(own) + shift["other"]
        out = {"on": effect["on"], "size": effect.get("size", 1), "shape": effect.get("shape", "step"), "month": month_of_day(day),
               "months": effect.get("months", 12), "domain": effect.get("domain", "all"), "of": self.members(effect.get("of", []))}
        if effect["on"] in ("dispute", "war"):
            a, b = (self.members(side) for side in effect["between"])
            pairs = [(i, j) for i in a for j in b] + [(j, i) for i in a for j in b]
        else:
            pairs = [(i, j) for i in self.members(effect.get("from", [])) for j in self.members(effect.get("to", []))]
        out["pairs"] = [(i, j) for i, j in dict.fromkeys(pairs) if i != j]
        return out

    @staticmethod
    def strength(effect, month):
        """Strength of an effect in a month."""
        a = month - effect["month"]
        if a < 0:
            return 0.0
        return {"step": 1.0, "ramp": min(1.0, (a + 1) / effect["months"]), "pulse": 2.0 ** (-a / effect["months"])}[effect["shape"]]

    def sanctions_of(self, today):
        """s0 and r from the acts in force."""
        par, s0, reach, seen = self.par, np.zeros((self.n, self.n)), np.zeros((self.n, self.n)), {}
        for start, end, senders, j, level, pillars in self.acts:
            for i in senders:
                if start <= today < end and i != j:
                    old_level, old_pillars = seen.get((i, j), (0, set()))
                    seen[i, j] = max(level, old_level), pillars | old_pillars
        classes = {1: par["sanctions_listing"], 2: par["sanctions_product"], 3: par["sanctions_sector"]}
        for (i, j), (level, pillars) in seen.items():
            count = len(pillars & set("TFX"))
            s0[i, j] = classes[level] if count == 0 else par["sanctions_sector"] + count * par["sanctions_pillar"]
            s0[i, j] += par["sanctions_secondary"] if "S" in pillars and count >= 2 else 0.0
            reach[i, j] = 1.0 if "S" in pillars else 0.0
        return np.minimum(s0, 1.0), reach

    def mandates_on(self, today):
        """u by domain from the resolutions in force."""
        u = np.zeros((4, self.n))
        for j in range(self.n):
            force = [record for start, end, target, record in self.mandates if target == j and start <= today < end]

            def closed(*goods):
                return sum(max((float(record[good]) for record in force), default=0.0) for good in goods) / len(goods)
            binding = sum(record["article41"] for record in force)
            stigma = self.par["mandate_first"] + (binding - 1) * self.par["mandate_further"] if binding else 0.0
            u[POL, j] = u[INST, j] = min(1.0, stigma)
            u[SEC, j] = closed("dual_use", "arms_exports", "arms_imports")
            u[ECO, j] = closed("finance", "main_export", "general_trade")
        return u

    def of_month(self, month, baseline):
        """Everything in force in a month as of its last day; baseline is h0 of the table."""
        s0, reach = self.sanctions_of(last_day(month))
        out = {"h0": baseline.copy(), "s0": s0, "reach": reach, "war": np.zeros((self.n, self.n)), "u": self.mandates_on(last_day(month)),
               "growth": np.zeros(self.n)}
        matrix = {"dispute": ("h0", self.par["dispute_step"]), "sanctions": ("s0", self.par["sanctions_step"]),
                  "reach": ("reach", 1.0), "war": ("war", 1.0)}
        for effect in self.effects:
            kind, amount = effect["on"], effect["size"] * self.strength(effect, month)
            if kind in matrix:
                name, step = matrix[kind]
                for i, j in effect["pairs"]:
                    out[name][i, j] += step * amount
            elif kind == "growth":
                out["growth"][effect["of"]] += amount
            elif kind == "mandate":
                for d in range(4) if effect["domain"] == "all" else [DOMAINS.index(effect["domain"])]:
                    out["u"][d, effect["of"]] += amount
        for name in ("h0", "s0", "reach", "war", "u"):
            out[name] = np.clip(out[name], 0.0, 1.0)
        return out

    def capability_factor(self, month, first):
        """Factors on economy and military stock (7.5); before the first month the strength was 0."""
        factor = np.ones(self.n)
        for effect in self.effects:
            if effect["on"] == "capability":
                before = 0.0 if first else self.strength(effect, month - 1)
                factor[effect["of"]] *= (1 + effect["size"] * self.strength(effect, month)) / (1 + effect["size"] * before)
        return factor
