"""The same scenario with shorter or longer ticks: the calendar is stretched and rates per tick fall in proportion.

With factor 2 every historical month takes two ticks (a tick is half a month), with .5 two months share one. The text is
that of `waltz check --effective`, one key a line. What happens in a stretch of history stays as it was: the same number
of initiatives, the same rates, the same growth; only decisions are taken more often, or less. Change points keep their
least segment of six ticks.
"""

import calendar
import re

DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
WINDOW = re.compile(r"\b(\d{4})-(\d\d)\.\.(\d{4})-(\d\d)\b")
WORDS = ("note", "source", "text", "title", "name", "basis")  # keys whose dates are words
PER_TICK = ("eta", "conciliation", "coercion", "arming", "depreciation", "growth_isolation", "milex")
LEFT_AFTER_A_TICK = ("rho", "rho_dispute", "sanctions_pull", "attrition")
COUNTS = ("spinup", "jitter_days", "months")


def month_of(year, month):
    return int(year) * 12 + int(month) - 1


def month_text(index):
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def first(month, start, factor):
    """The first tick of a month."""
    return start + int((month - start) * factor // 1)


def last(month, start, factor):
    """The last tick of a month."""
    return start + max(int(-(-(month + 1 - start) * factor // 1)) - 1, 0)


def move_day(match, start, factor):
    """A day's place in the stretched calendar."""
    year, month, day = map(int, match.groups())
    place = (month_of(year, month) - start + (day - 1) / calendar.monthrange(year, month)[1]) * factor
    index = start + int(place // 1)
    days = calendar.monthrange(index // 12, index % 12 + 1)[1]
    return f"{month_text(index)}-{1 + int((place - place // 1) * days):02d}"


def move_window(match, start, factor):
    a, b = month_of(*match.group(1, 2)), month_of(*match.group(3, 4))
    return f"{month_text(first(a, start, factor))}..{month_text(last(b, start, factor))}"


def rescaled(key, value, factor):
    """A number as it is for one of the new ticks; None if it stays."""
    if key in PER_TICK:
        return value / factor
    if key in LEFT_AFTER_A_TICK:
        return 1 - (1 - value) ** (1 / factor)
    if key == "growth":
        return (1 + value) ** (1 / factor) - 1
    if key in COUNTS:
        return round(value * factor)
    return round(value / factor) if key == "initiatives" else None


def stretched_draws(table, factor):
    """Rows of parameter draws, `parameters.eta` and so on, as they are for the new ticks."""

    def value(column, text):
        number = rescaled(column.removeprefix("parameters."), float(text), factor)
        return text if number is None else repr(number)

    return [{column: value(column, text) for column, text in row.items()} for row in table]


def stretched_line(line, start, factor):
    found = re.fullmatch(r'(\s*)(\w+) = (.*);', line)
    if not found or found[2] in WORDS:
        return line
    indent, key, value = found.groups()
    if re.fullmatch(r"-?[\d.]+(e-?\d+)?", value):
        number = rescaled(key, float(value), factor)
        return line if number is None else f"{indent}{key} = {number!r};"
    if re.fullmatch(r'"\d{4}-\d\d"', value):  # the scenario's own first and last month
        month = month_of(*value.strip('"').split("-"))
        return f'{indent}{key} = "{month_text(last(month, start, factor) if key == "end" else month)}";'
    value = WINDOW.sub(lambda m: move_window(m, start, factor), value)
    return f"{indent}{key} = {DAY.sub(lambda m: move_day(m, start, factor), value)};"


def stretch(text, factor):
    """The text of a scenario whose ticks are shorter by a factor."""
    year, month = re.search(r'^  start = "(\d{4})-(\d\d)";$', text, re.M).groups()
    start = month_of(year, month)
    return "\n".join(stretched_line(line, start, factor) for line in text.split("\n"))
