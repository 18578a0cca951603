"""Words and numbers as a reader sees them."""

import datetime
import math
import re

from .chance import ENOUGH

# Measures as `waltz list measures` names them: label and unit of an axis.
MEASURES = {
    "cooperation": ("cooperation", "0 to 1"),
    "cooperation_political": ("political cooperation", "0 to 1"),
    "cooperation_institutional": ("institutional cooperation", "0 to 1"),
    "cooperation_security": ("security cooperation", "0 to 1"),
    "cooperation_economic": ("economic cooperation", "0 to 1"),
    "acts": ("cooperative acts", "a month"),
    "dispute": ("dispute", "0 to 1"),
    "sanctions": ("sanctions", "0 to 1"),
    "common_threat": ("common threat", "0 to 1"),
    "exchange": ("economic exchange", "bn USD a year"),
    "threat_share": ("share of all perceived threat", "0 to 1"),
    "initiatives": ("accepted military initiatives", "a month"),
    "capability": ("share of the system's capability", "0 to 1"),
    "insecurity": ("insecurity", "log ratio"),
    "partners": ("partners open to the state", "share of capability"),
    "market_access": ("market access", "0 to 1"),
    "arming": ("arming", "draws a month"),
    "polarisation": ("polarisation", "mean dispute, 0 to 1"),
    "effective_poles": ("effective number of poles", "states"),
    "concentration": ("concentration of capability", "0 to 1"),
    "mean_cooperation": ("mean cooperation of all dyads", "0 to 1"),
    "blocs": ("gap between blocs", "cooperation within less between"),
    "share_hold": ("hold", "share of all choices"),
    "share_arm": ("arm", "share of all choices"),
    "share_align": ("align", "share of all choices"),
    "share_consult": ("consult", "share of all choices"),
    "share_coordinate": ("coordinate", "share of all choices"),
    "share_trade": ("trade", "share of all choices"),
    "share_engage": ("engage", "share of all choices"),
    "share_accommodate": ("accommodate", "share of all choices"),
    "share_coerce": ("coerce", "share of all choices"),
    "choices": ("choices", "chances"),
    "moves": ("choice among moves", "chances"),
}

MOVES = {
    "hold": "does nothing",
    "arm": "builds up its own forces",
    "align": "proposes military cooperation",
    "consult": "proposes political dialogue",
    "coordinate": "proposes to act together in international organisations",
    "trade": "proposes economic exchange",
    "engage": "proposes to settle a dispute",
    "accommodate": "gives way to a threatening state",
    "coerce": "puts pressure or sanctions on a state",
}

# Terms of a utility: if the actor's own, or shared; if the partner's.
TERMS = {
    "room": ("what is left to gain", ""),
    "worth": ("worth of the move", ""),
    "insecurity": ("own insecurity", "partner's insecurity"),
    "heat": ("weight of polarisation", ""),
    "common_threat": ("common threat", ""),
    "need": ("own need of the partner", "partner's need of oneself"),
    "nearness": ("nearness", ""),
    "market": ("partner's market", "own market, to the partner"),
    "mandate": ("UN measures on the partner", "UN measures on oneself"),
    "friends": ("own friends who mind", "partner's friends who mind"),
    "secondary": ("secondary sanctions on oneself", "secondary sanctions on the partner"),
    "dispute": ("dispute with the partner", ""),
    "fixed": ("cost of any deal", ""),
}

# What a basis says of a claim.
BASES = {
    "predicted": "nothing was chosen on it; only such claims put the model to a test",
    "fitted": "the calibration, or the choice of the model that the parameters come from, had seen this",
    "selected": "equations were chosen after this had been seen, so showing it is no test of them",
    "built in": "follows nearly from what was put in, and is reported for completeness",
    "design": "a property of the model itself, or a check of how claims are read",
    "facts": "an observed fact, never an input; the calibration has seen its size",
}

KINDS = {"paper": "the argument", "test": "tests of the reading", "facts": "facts"}

VERDICTS = {
    "reproduced": "reproduced",
    "partly": "partly",
    "not": "not reproduced",
    "none": "no verdict",
    "inside": "inside the range",
    "outside": "outside the range",
    "by_design": "by design",
}

NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
UNKNOWN = "–"


def missing(x):
    return x is None or (isinstance(x, float) and not math.isfinite(x)) or x != x


def signed(text):
    return text.replace("-", "\u2212")


def num(x, digits=3, plus=False):
    """A number with a true minus sign; what is unknown is a dash."""
    if missing(x):
        return UNKNOWN
    if abs(x) >= 1000:
        digits = 0
    text = f"{x:+,.{digits}f}" if plus else f"{x:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("+-")
    return signed(text.replace(",", "\u202f"))


def change(x, digits=3):
    return num(x, digits, plus=True)


def percent(share):
    """A share in whole per cent; 0 and 100 only if they are exact, and what is enough only if it is reached."""
    if missing(share):
        return UNKNOWN
    if 0 < share < 0.005:
        return "<\u202f1\u202f%"
    if 0.995 <= share < 1:
        return ">\u202f99\u202f%"
    if ENOUGH - 0.005 <= share < ENOUGH:
        return f"{min(100 * share, 100 * ENOUGH - 0.1):.1f}\u202f%"
    return signed(f"{100 * share:.0f}\u202f%")


def interval(low, high, digits=3):
    return UNKNOWN if missing(low) or missing(high) else f"{num(low, digits)} to {num(high, digits)}"


def count(n, one, many=None):
    """`three claims`, `1 claim` from twelve on in figures."""
    words = NUMBERS[n] if n < len(NUMBERS) else f"{n:,}".replace(",", "\u202f")
    return f"{words} {one if n == 1 else many or one + 's'}"


def listing(items, last=" and "):
    items = list(items)
    return last.join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def capital(text):
    return text[:1].upper() + text[1:]


def label(measure):
    """A measure's name in words."""
    return MEASURES.get(measure, (measure.replace("_", " "), ""))[0]


def axis(measure):
    words, unit = MEASURES.get(measure, (measure.replace("_", " "), ""))
    return f"{capital(words)} ({unit})" if unit else capital(words)


def plain(name):
    """A name of the scenario's as words."""
    return name.replace("_", " ")


def month(year):
    """2022.16667, a time in years, as 2022-03."""
    if missing(year):
        return UNKNOWN
    months = round(year * 12)
    return f"{months // 12}-{months % 12 + 1:02}"


def period(window):
    """2017-01..2019-12 as 2017–2019, other months as they are."""
    if ".." not in window:
        return window
    first, last = window.split("..")
    if first.endswith("-01") and last.endswith("-12"):
        return first[:4] if first[:4] == last[:4] else f"{first[:4]}–{last[:4]}"
    return f"{first} to {last}"


def is_time(outcome):
    return outcome.get("statistic") in ("onset", "change", "when_max")


def outcome(spec):
    """An outcome's definition in words."""
    measure, window = label(spec.get("measure", "")), period(spec.get("window", ""))
    subject = spec.get("subject") or ""
    whom = f" of {subject}" if subject and subject != "system" else ""
    whom = " of every dyad" if subject == "dyads" else whom
    words = {
        "max": f"largest {measure}{whom} in {window}",
        "when_max": f"month of the largest {measure}{whom} in {window}",
        "onset": f"month of the first upward change in {measure}{whom} in {window}",
        "change": f"month of the first change in {measure}{whom} in {window}",
        "share": f"share of the first state in {measure}{whom} in {window}",
        "distance": f"distance between the {measure}{whom} in {window}",
        "rank_correlation": f"rank correlation, over dyads, of {measure} in {window} with what is observed",
    }.get(spec.get("statistic", "mean"), f"mean {measure}{whom} in {window}")
    if spec.get("minus"):
        words += f", less {period(spec['minus'])}"
    if spec.get("over"):
        words += f", divided by that in {period(spec['over'])}"
    if spec.get("arm"):
        words += f"; {plain(spec['arm'])}"
        words += f" against {plain(spec['minus_arm'])}" if spec.get("minus_arm") else ""
    return words


def value(spec, x, digits=3):
    """An outcome's value: times as months."""
    return month(x) if is_time(spec) else num(x, digits)


def term(name, side):
    own, partners = TERMS.get(name, (plain(name), ""))
    return partners if side == "partner" and partners else own


def first_sentence(text):
    match = re.match(r"(.+?)[.;:](?=\s|$)", text)
    return match.group(1) if match else text


def bases(text):
    """Those words of BASES that a basis uses."""
    text = text.replace("never fitted", "")
    return [word for word in BASES if word in text]


def moment(text):
    """2026-11-25T02:30:02Z as 25 November 2026."""
    try:
        day = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except (TypeError, ValueError):
        return text or UNKNOWN
    return f"{day.day} {day:%B %Y}"
