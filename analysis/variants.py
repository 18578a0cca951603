"""What could have been otherwise in a scenario: a seed, a code, a start value, a date, a state left out.

A variant is a few settings, as of --set, or an edit of a copy of the scenario's text and tables where settings
cannot say it. An edit that changes nothing fails, and so does a scenario that `waltz check` does not take.
"""

import dataclasses
import math
import pathlib
import re
import tempfile

from .files import rows, write_table
from .program import effective, first_error, program
from .stretch import stretch

SEED = 1
SEEDS = range(2, 21)
INITIATIVES, SPINUPS, JITTER = (4, 8, 64), (12, 24, 120), 60
SCALES, LEVELS, STEPS = (0.8, 1.25), (0.75, 1.25), (0.15, 0.25)
STATES = 8  # left out one by one, at most
MOST_STEPS = 5
# Whose codes change alone.
SHOCKS = ("jcpoa", "crimea_2014", "ukraine_2022", "us_exit", "syria_2011", "nuclear_crisis_2011")
CODED_LEVELS = ("listing", "product", "sector", "pillar", "secondary")
TABLE = re.compile(r'^(?P<section>\w+)(?P<before>\s*=\s*\{\s*table\s*=\s*)"(?P<path>[^"]+)"', re.M)
GROUPS = re.compile(r"^groups\s*=\s*\{.*?^\};", re.M | re.S)
LIST = re.compile(r"\[[^\[\]]*\]")
ACTS = re.compile(r"\b(?:starts|ends)\s*=\s*\[[^\[\]]*\]")


class Failed(Exception):
    """Why a variant has no result."""


@dataclasses.dataclass
class Variant:
    """One change; `edit` changes a copy of the scenario where a setting cannot."""

    name: str
    group: str
    what: str
    settings: list = dataclasses.field(default_factory=list)
    edit: object = None
    seed: int = SEED
    replicates: int = 0  # 0: as all
    ticks: float = 1  # a month

    @property
    def by_settings(self):
        """Whether it consists of settings alone, so that none would be a second base."""
        return self.group != "base" and not (self.edit or self.replicates or self.seed != SEED or self.ticks != 1)


# ---- copies of a scenario -------------------------------------------------------------------------


class Copy:
    """A scenario's text and tables, to be changed and written elsewhere."""

    def __init__(self, path):
        path = pathlib.Path(path)
        self.text = path.read_text(encoding="utf-8")
        self.tables = {m["section"]: rows(path.parent / m["path"]) for m in TABLE.finditer(self.text)}

    def table(self, section):
        if not self.tables.get(section):
            raise Failed(f"the scenario has no table of {section}")
        return self.tables[section]

    def substitute(self, pattern, made):
        """Replaces each place where a pattern is found; there has to be one."""
        self.text, count = pattern.subn(made, self.text)
        if not count:
            raise Failed(f"nothing in the scenario matches {pattern.pattern}")

    def write(self, folder):
        """scenario.cfg, and each table beside it."""
        self.substitute(TABLE, lambda m: f'{m["section"]}{m["before"]}"{m["section"]}.csv"')
        for section, table in self.tables.items():
            write_table(folder / f"{section}.csv", table)
        (folder / "scenario.cfg").write_text(self.text, encoding="utf-8")
        return folder / "scenario.cfg"


def changed(table, column, change):
    """Applies a change to a column of a table's rows; some value has to become another."""
    old = [row[column] for row in table]
    for row in table:
        row[column] = change(row[column])
    if old == [row[column] for row in table]:
        raise Failed(f"no value of {column} changes")


def scale_start(prefix, factor):
    """An edit: start values of all dyads times a factor, one rule for all, within 0 .. 1."""

    def edit(copy):
        table = copy.table("dyads")
        columns = [column for column in table[0] if column.startswith(prefix)]
        if not columns:
            raise Failed(f"the table of dyads has no column {prefix}")
        for column in columns:
            changed(table, column, lambda text: f"{min(1.0, max(0.0, float(text) * factor)):.6g}")

    return edit


def shift_classes(by):
    """An edit: the class of every act up or down, within 1 .. 3."""
    return lambda copy: changed(copy.table("sanctions"), "class", lambda text: str(min(3, max(1, int(text) + by))))


def without_secondary(copy):
    """An edit: no act threatens third parties."""
    changed(copy.table("sanctions"), "pillars", lambda text: text.replace("S", "") or "-")


def members_without(names):
    """For a list in a scenario's text: the same without some names."""

    def made(match):
        def one(found):
            members = re.findall(r'"([^"]*)"', found.group())
            kept = ", ".join(f'"{member}"' for member in members if member not in names)
            return f"[{kept}]" if names & {*members} else found.group()

        return LIST.sub(one, match.group())

    return made


def without_acts(copy, state):
    """Takes a state's acts and those on it from the tables, and gives the names of those that are gone."""
    gone = set()
    for section in ("sanctions", "mandates"):
        before = copy.tables.get(section, [])
        for row in before:
            if "senders" in row:
                row["senders"] = ";".join(sender for sender in row["senders"].split(";") if sender != state)
        kept = [row for row in before if row["target"] != state and row.get("senders", "?")]
        gone |= {row["id"] for row in before} - {row["id"] for row in kept}
        if before and not kept:
            raise Failed(f"without {state} there are no {section} left")
        if before:
            copy.tables[section] = kept
    return gone


def without_state(state):
    """An edit: the world without a state."""

    def edit(copy):
        before = copy.table("states")
        copy.tables["states"] = [row for row in before if row["iso3"] != state]
        if len(copy.tables["states"]) != len(before) - 1:
            raise Failed(f"the table of states has no {state}")
        for section in {"dyads", "observed"} & {*copy.tables}:
            kept = [row for row in copy.tables[section] if state not in (row["iso3_a"], row["iso3_b"])]
            if not kept:
                raise Failed(f"without {state} there are no {section} left")
            copy.tables[section] = kept
        gone = without_acts(copy, state)
        copy.text = GROUPS.sub(members_without({state}), copy.text)
        copy.text = ACTS.sub(members_without(gone), copy.text)

    return edit


def scenario_of(plan, variant, folder):
    """The scenario that a variant runs, valid with its settings."""
    path = plan.scenario
    if variant.edit:
        copy = Copy(plan.scenario)
        variant.edit(copy)
        path = copy.write(folder)
    if variant.ticks != 1:
        text = effective(plan.waltz, path)
        path = folder / "scenario.cfg"
        path.write_text(stretch(text, variant.ticks), encoding="utf-8")
    sets = [word for setting in variant.settings for word in ("--set", setting)]
    done = program(plan.waltz, "check", path, *sets)
    if done.returncode != 0:
        raise Failed(first_error(done.stderr))
    return path


def small_states(plan):
    """States that the scenario's text names in groups alone and that can be left out, from the smallest economy on."""
    copy = Copy(plan.scenario)
    text = re.sub(r"#[^\n]*", "", GROUPS.sub("", copy.text))
    by_size = sorted(copy.tables.get("states", []), key=lambda row: float(row["gdp"]))
    unnamed = [row["iso3"] for row in by_size if not re.search(rf"\b{row['iso3']}\b", text)]
    return [state for state in unnamed if can_go(plan, state)][:STATES]


def can_go(plan, state):
    """Whether the scenario without a state is a valid one."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            scenario_of(plan, Variant("try", "", "", edit=without_state(state)), pathlib.Path(folder))
        except Failed:
            return False
    return True


# ---- variants -------------------------------------------------------------------------------------


def plain(number):
    return f"{number + 0.0:.9g}"


def percent(factor):
    return f"{factor * 100:.0f}"


def dispute_sizes(told, change, only=None):
    """Settings that change the sizes of dispute effects, of all shocks that take place or of one."""
    found = []
    for shock, spec in told.config.get("shocks", {}).items():
        if only not in (None, shock) or not told.takes_place(shock):
            continue
        for name, effect in spec.get("effects", {}).items():
            size = change(effect["size"])
            if effect["on"] == "dispute" and size != effect["size"]:
                found.append(f"shocks.{shock}.effects.{name}.size={plain(size)}")
    return found


def stepped(by):
    """A size one step up or down in magnitude; its sign stays."""
    return lambda size: math.copysign(min(MOST_STEPS, max(0.0, abs(size) + by)), size) + 0.0


def whole(size):
    return math.copysign(math.floor(abs(size)), size) + 0.0


def run_variants(plan):
    """Chance, and what the program is told of how to run."""
    few, many = max(1, plan.replicates // 4), plan.replicates * 4
    yield Variant("base", "base", "nothing is changed")
    for seed in SEEDS:
        yield Variant(f"seed_{seed}", "seeds", f"seed {seed} in place of {SEED}", seed=seed)
    for number in (few, many):
        yield Variant(f"replicates_{number}", "replicates", f"{number} replicates in place of {plan.replicates}",
                      replicates=number)
    default = plan.told.config["parameters"]["initiatives"]
    for number in (n for n in INITIATIVES if n != default):
        what = f"{number} draws a month and channel in place of {default}"
        yield Variant(f"initiatives_{number}", "initiatives", what, [f"parameters.initiatives={number}"])
    for name, ticks, words in (("half", 2, "half a month"), ("double", 0.5, "two months")):
        yield Variant(f"tick_{name}", "tick", f"a tick is {words}, rates and dates alike", ticks=ticks)
    yield Variant("serial", "order", "states decide one after the other", ['scenario.order="serial"'])


def start_variants(plan):
    """Where the world starts."""
    default = plan.told.general["spinup"]
    for months in (m for m in SPINUPS if m != default):
        yield Variant(f"spinup_{months}", "initial values", f"{months} months of spin-up in place of {default}",
                      [f"scenario.spinup={months}"])
    for prefix, words in (("h0", "disputes"), ("x0", "cooperation")):
        for factor in SCALES:
            what = f"baselines of {words} of all dyads × {factor}"
            yield Variant(f"{prefix}_{percent(factor)}", "initial values", what, edit=scale_start(prefix, factor))


def shock_variants(plan):
    """How shocks are coded."""
    group, told = "shock codes", plan.told
    ways = {"up": ("one step more", stepped(1)), "down": ("one step less", stepped(-1))}
    alone = [shock for shock in told.config.get("shocks", {}) if dispute_sizes(told, stepped(1), shock)]
    alone = [shock for shock in SHOCKS if shock in alone] or alone
    for only in [None, *alone]:
        for way, (words, change) in ways.items():
            name = f"steps_{way}" + (f"_{only}" if only else "")
            what = f"dispute steps of {only or 'every shock'}: {words}"
            yield Variant(name, group, what, dispute_sizes(told, change, only))
    yield Variant("steps_whole", group, "dispute steps without the half steps of nearness", dispute_sizes(told, whole))
    default = told.config["parameters"]["dispute_step"]
    for size in STEPS:
        yield Variant(f"dispute_step_{percent(size)}", group, f"a step of a dispute is {size} in place of {default}",
                      [f"parameters.dispute_step={size}"])


def sanction_variants(plan):
    """How sanctions are coded."""
    group, parameters = "sanction codes", plan.told.config["parameters"]
    yield Variant("classes_up", group, "class of every act one more, 3 at most", edit=shift_classes(1))
    yield Variant("classes_down", group, "class of every act one less, 1 at least", edit=shift_classes(-1))
    yield Variant("no_secondary", group, "no act threatens third parties (pillar S)", edit=without_secondary)
    for factor in LEVELS:
        names = [f"sanctions_{level}" for level in CODED_LEVELS]
        settings = [f"parameters.{name}={plain(min(1.0, parameters[name] * factor))}" for name in names]
        yield Variant(f"levels_{percent(factor)}", group, f"levels of all classes and pillars × {factor}", settings)


def other_variants(plan):
    """When shocks strike, and whom the world holds."""
    shocks = [f"shocks.{shock}.jitter_days={JITTER}" for shock in plan.told.config.get("shocks", {})]
    yield Variant(f"jitter_{JITTER}", "onset jitter", f"every shock up to {JITTER} days earlier or later", shocks)
    for state in small_states(plan):
        yield Variant(f"without_{state.lower()}", "states", f"the world without {plan.told.state(state)}",
                      edit=without_state(state))


def variants(plan):
    """All of them, in the order of the table."""
    makers = (run_variants, start_variants, shock_variants, sanction_variants, other_variants)
    return [variant for maker in makers for variant in maker(plan)]
