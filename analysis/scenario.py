"""Reads effective.cfg, the configuration in force, as the program prints it (a subset of libconfig)."""

import re

TOKEN = re.compile(
    r"""\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<number>[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)L{0,2})
    |(?P<name>[A-Za-z*][-A-Za-z0-9_*]*)
    |(?P<mark>[={}\[\]();:,])""",
    re.X | re.S,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


def tokens(text):
    """The tokens in reverse, so that the next one is popped."""
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"line {text.count(chr(10), 0, at) + 1}: cannot read {text[at:at + 20]!r}")
        if match.lastgroup:
            found.append((match.lastgroup, match.group()))
        at = match.end()
    return found[::-1]


def unescape(text):
    def one(match):
        code = match.group(1)
        return chr(int(code[1:], 16)) if len(code) == 3 else ESCAPES.get(code, code)

    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)", one, text[1:-1], flags=re.S)


def number(text):
    text = text.rstrip("L")
    if text.lower().startswith("0x"):
        return int(text, 16)
    return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)


def value(items):
    kind, text = items.pop()
    if kind == "string":
        words = unescape(text)
        while items and items[-1][0] == "string":  # neighbouring strings are one
            words += unescape(items.pop()[1])
        return words
    if kind == "number":
        return number(text)
    if kind == "name":
        return text.lower() == "true"
    if text == "{":
        return group(items, "}")
    members = []
    while items[-1][1] not in "])":
        members.append(value(items))
        if items[-1][1] == ",":
            items.pop()
    items.pop()
    return members


def group(items, closing=None):
    members = {}
    while items and items[-1][1] != closing:
        name = items.pop()[1]
        items.pop()
        members[name] = value(items)
        while items and items[-1][1] in ";,":
            items.pop()
    if closing:
        items.pop()
    return members


def read(text):
    """Nested dicts in the order of the file. ValueError if it is none of ours."""
    try:
        return group(tokens(text))
    except IndexError:
        raise ValueError("ends too early") from None


class Scenario:
    """What a report needs to know of a configuration."""

    def __init__(self, text):
        self.config = read(text)
        self.general = self.config.get("scenario", {})
        self.name = self.general.get("name", "")
        self.title = self.general.get("title") or self.name
        self.focus = [tuple(pair.split("-", 1)) for pair in self.general.get("focus", [])]
        self.arms = self.config.get("arms", {})
        self.outcomes = self.config.get("outcomes", {})
        self.claims = self.config.get("claims", {})

    def state(self, code):
        """A state's name, or its code if it has none."""
        return self.config.get("states", {}).get(code, {}).get("name") or code

    def pair(self, first, second, joined=" and "):
        return self.state(first) + joined + self.state(second)

    def takes_place(self, name):
        """Is a shock enabled, and all that it requires?"""
        shock = self.config.get("shocks", {}).get(name)
        if shock is None or not shock.get("enabled", True):
            return False
        return not shock.get("requires") or self.takes_place(shock["requires"])

    def shocks(self):
        """(name, date, note) of those that take place within the recorded months, by date."""
        start, end = self.general.get("start", ""), self.general.get("end", "9999")
        found = [
            (name, shock["date"], shock.get("note", ""))
            for name, shock in self.config.get("shocks", {}).items()
            if self.takes_place(name) and start <= shock["date"][:7] <= end
        ]
        return sorted(found, key=lambda shock: shock[1])

    def removing_arms(self):
        """Arms that take shocks away and set nothing else."""
        return [name for name, arm in self.arms.items() if arm.get("without") and not arm.get("set")]

    def named_shocks(self):
        """Shocks that some arm takes away alone or with few others: those that the scenario asks about."""
        few = max(2, len(self.shocks()) // 2)
        sets = [self.arms[arm]["without"] for arm in self.removing_arms()]
        return {shock for without in sets if len(without) <= few for shock in without}

    def arms_of_claims(self, kind):
        """Arms that claims of a kind compare, through their conditions or their outcomes."""
        found = []
        for claim in self.claims.values():
            if claim.get("kind") != kind:
                continue
            for condition in claim.get("all", {}).values():
                outcomes = [self.outcomes.get(condition.get(key), {}) for key in ("outcome", "than")]
                found += [condition.get("arm"), condition.get("than_arm")]
                found += [outcome.get(key) for outcome in outcomes for key in ("arm", "minus_arm")]
        return [arm for arm in dict.fromkeys(found) if arm]

    def steps(self):
        """Outcomes that tell how far a focus dyad's cooperation moved from one period to another."""
        focus = {frozenset(pair) for pair in self.focus}
        return [
            name
            for name, o in self.outcomes.items()
            if o.get("measure") == "cooperation" and o.get("minus") and not o.get("arm") and not o.get("minus_arm")
            and o.get("statistic", "mean") == "mean" and frozenset(o.get("subject", "").split("-")) in focus
        ]
