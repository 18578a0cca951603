"""Situations with a textbook answer (configs/textbook): where the model gives it, and where it does not and why."""

import math
import re
import shlex

import numpy
import pytest
import scipy.stats

import program
import textbook
from program import rows, waltz, write
from textbook import REPLICATES, RICHARDSON, Sample, TEXTBOOK, clearly, monthly, outcome, run

README = (TEXTBOOK / "README.md").read_text(encoding="utf-8")

# ---- variants, as the scenarios' comments name them ------------------------------------------------------------------

FAR = ("states.EAST.lon=64.75",)
WEAK_REACH = ("parameters.distance_half=167",)
NO_CONCILIATION = ("parameters.engage_cost=100",)
LEAD = ("states.EAST.milex=60",)
BALANCE_OF_POWER = ("parameters.intent_dispute=0", "parameters.intent_cooperation=0")
EQUALS = ("states.WEAK.gdp=450", "states.WEAK.milex=13.5")
NEAR = ("states.STRONG.lat=5.1", "states.STRONG.lon=4.5")
WITH_ALLY = (
    "dyads.ALLY-STRONG.h0=0.6",
    "dyads.ALLY-SMALL.x0_security=0.65",
    "dyads.ALLY-SMALL.x0_political=0.55",
    "dyads.ALLY-SMALL.x0_economic=0.25",
)
NOT_WEAK = ("states.SMALL.gdp=500", "states.SMALL.milex=15")
NO_NEED = tuple(f"dyads.HUB-THIRD.x0_{d}=0.05" for d in ("political", "institutional", "security", "economic"))
SERIAL = "scenario.order=serial"


def enabled(*shocks):
    return tuple(f"shocks.{s}.enabled=true" for s in shocks)


# ---- 1 security dilemma ----------------------------------------------------------------------------------------------


def dilemma(*settings):
    return run("security-dilemma", *settings)


def test_offence_brings_more_arms_than_defence_by_geography_or_technology():
    offence, geography, technology = (textbook.stock_of_the_two(dilemma(*s))[-1] for s in ((), FAR, WEAK_REACH))
    assert offence > 1.05  # the error of a stock is .0006, by the capability of ISLE
    assert 1 < geography < 1.02
    assert abs(technology - geography) < 0.005  # both let 19 % of a state's strength through
    assert offence < 1.25  # P is at most ln 2: arms in 22 % of draws against 9 %
    insecurity = outcome(dilemma(), "insecurity")
    assert clearly(insecurity, ">", outcome(dilemma(*FAR), "insecurity"))
    assert clearly(insecurity, ">", outcome(dilemma(*WEAK_REACH), "insecurity"))
    assert insecurity.values.max() < math.log(2)


@pytest.mark.parametrize("settings", [(), NO_CONCILIATION])
def test_equals_do_not_spiral_since_capability_counts_in_shares(settings):
    """Not the textbook's answer: both arm, but neither is more afraid than before, and the stock levels off."""
    folder = dilemma(*settings)
    stock = textbook.stock_of_the_two(folder)
    decades = numpy.diff([stock[0], stock[120], stock[240], stock[-1]])
    assert 0 < decades[2] < decades[1] / 2 < decades[0] / 4
    later = outcome(folder, "later")
    assert abs(later.mean) < 5 * later.error < 0.002


def test_a_one_sided_lead_frightens_one_side_and_calms_the_other():
    """So arms answer a lead, with a sign that closes it: the reaction is there, the spiral is not."""
    even, lead = dilemma(), dilemma(*LEAD)
    assert clearly(outcome(lead, "insecurity"), ">", outcome(even, "insecurity"))
    west, east = (monthly(lead, "insecurity", i)[240:].mean() for i in ("WEST", "EAST"))
    assert west > outcome(even, "insecurity").mean + 0.03 > east + 0.06


@pytest.mark.parametrize("settings", [(), FAR])
def test_conciliation_calms_dispute_and_insecurity(settings):
    calm, tense = dilemma(*settings), dilemma(*settings, *NO_CONCILIATION)
    assert clearly(outcome(calm, "dispute"), "<", outcome(tense, "dispute"))
    assert clearly(outcome(calm, "insecurity"), "<", outcome(tense, "insecurity"))


def test_conciliation_calms_arms_under_offence():
    calm, tense = (textbook.stock_of_the_two(dilemma(*s))[-1] for s in ((), NO_CONCILIATION))
    assert tense - calm > 0.005  # the error of a stock is .0006, by the capability of ISLE


@pytest.mark.parametrize("settings", [(), NO_CONCILIATION])
def test_a_quarrel_is_no_harder_to_settle_under_offence_since_engagement_does_not_see_distance(settings):
    """Not the textbook's answer: an only enemy is all the threat at any distance, and the near accommodate more."""
    offence = outcome(dilemma(*settings), "dispute")
    assert clearly(offence, "<", outcome(dilemma(*FAR, *settings), "dispute"))


# ---- 2 three powers --------------------------------------------------------------------------------------------------


def sides(*settings, name="three-powers", **more):
    folder = run(name, *settings, **more)
    return outcome(folder, "with_weak"), outcome(folder, "with_strong")


@pytest.mark.parametrize("settings", [BALANCE_OF_POWER, ()])
def test_the_third_power_joins_the_weaker_side(settings):
    weak, strong = sides(*settings)
    assert clearly(weak - strong, ">")
    folder = run("three-powers", *settings)
    assert clearly(outcome(folder, "insecurity_weak"), ">", outcome(folder, "insecurity_strong"))


def test_between_equals_the_third_power_has_no_preference():
    weak, strong = sides(*EQUALS)
    difference = weak - strong
    assert abs(difference.mean) < 5 * difference.error < 0.02


def without_alliance():
    """three-powers-threat.cfg, but THIRD starts without an alliance."""
    text = (TEXTBOOK / "three-powers-threat.cfg").read_text(encoding="utf-8")
    changed = re.sub(r"  STRONG-THIRD = \{ x0_.*\n", "", text)
    assert changed != text
    path = textbook.run("three-powers").parent / "no-alliance.cfg"
    path.write_text(changed, encoding="utf-8")
    return path


def test_the_third_power_joins_the_stronger_if_it_has_a_quarrel_with_the_weaker():
    weak, strong = sides(name="three-powers-threat")
    assert clearly(strong - weak, ">")
    weak, strong = sides(name=without_alliance())
    assert clearly(strong - weak, ">")


def test_the_third_power_joins_the_near_of_two_equals_since_in_a_world_of_three_all_threats_are_common():
    """Not the textbook's answer: nothing in the cost of an alliance counts the threat from the partner itself."""
    weak, strong = sides(*EQUALS, *NEAR)
    assert clearly(strong - weak, ">")
    for first, second in (("STRONG", "THIRD"), ("THIRD", "WEAK")):
        assert monthly(run("three-powers", *EQUALS, *NEAR), "common_threat", first, second) == pytest.approx(1)


# ---- 3 a weak neighbour ----------------------------------------------------------------------------------------------


def neighbour(*settings):
    return run("weak-neighbour", *settings)


def trace(*settings):
    """Political less institutional cooperation: what accommodation alone leaves."""
    return outcome(neighbour(*settings), "political") - outcome(neighbour(*settings), "institutional")


def test_a_weak_neighbour_without_allies_accommodates():
    assert clearly(trace(), ">")
    assert clearly(outcome(neighbour(), "dispute"), "<", 0.4)


def test_without_accommodation_there_is_no_trace_of_it():
    left = trace("parameters.accommodate_cost=100")
    assert abs(left.mean) < 5 * left.error < 0.01


def test_a_weak_neighbour_with_an_ally_balances():
    assert clearly(trace(*WITH_ALLY), "<", trace())
    for name, sign in {"alliance": ">", "insecurity": "<"}.items():
        assert clearly(outcome(neighbour(*WITH_ALLY), name), sign, outcome(neighbour(), name))


def test_a_neighbour_that_is_not_weak_accommodates_less():
    assert clearly(trace(*NOT_WEAK), "<", trace())


def with_strong_neighbour():
    measures = ("common_threat", "cooperation_security")
    return [monthly(neighbour(*WITH_ALLY), m, "SMALL", "STRONG") for m in measures]


def test_a_remnant_of_intent_makes_an_alliance_with_the_strong_neighbour_since_common_threat_is_a_cosine():
    """Not the textbook's answer: for one month both look at ALLY alone, however little SMALL fears it; then it is 0."""
    common, security = with_strong_neighbour()
    assert common[0] == pytest.approx(1) and (common[1:] < 0.01).all()
    assert security[0] > 0.5  # from .05; of 200 replicates, whose standard deviation is at most .5
    assert security[-1] < 0.05


def first_month():
    common, security = with_strong_neighbour()
    return [security[0], common[0], common[1]]


# ---- 4 sanctions -----------------------------------------------------------------------------------------------------


def effect(*shocks, settings=()):
    """Change of trade between TARGET and THIRD by shocks; the runs are alike until these strike."""
    with_shocks, without = (run("sanctions", *settings, *enabled(*s)) for s in (shocks, ()))
    return outcome(with_shocks, "trade") - outcome(without, "trade")


def test_sanctions_with_reach_by_a_power_that_others_need_deter_them():
    assert clearly(effect("hub_embargo", "hub_reach"), "<")


def test_sanctions_by_a_small_power_divert_trade_to_others():
    assert clearly(effect("petty_embargo"), ">")


def test_sanctions_of_a_great_market_without_reach_divert_more():
    assert clearly(effect("hub_embargo") - effect("petty_embargo"), ">")


def test_reach_of_a_small_power_deters_in_proportion_since_cost_has_no_threshold():
    """Not the textbook's answer: what THIRD may lose is little, but the gain by diversion is less."""
    petty, hub = effect("petty_embargo", "petty_reach"), effect("hub_embargo", "hub_reach")
    assert clearly(petty, "<")
    assert 0.05 < petty.mean / hub.mean < 0.1  # PETTY's economy is a tenth of HUB's


def test_reach_deters_those_less_who_do_not_need_the_sender():
    need, no_need = (effect("hub_embargo", "hub_reach", settings=s) for s in ((), NO_NEED))
    assert clearly(no_need - need, ">")


# ---- 5 Richardson ----------------------------------------------------------------------------------------------------


def test_richardsons_data_give_his_slope():
    slope, zero, r2 = textbook.line(RICHARDSON)
    assert (slope, zero, r2) == pytest.approx((0.73, 194.9, 0.999), abs=0.05)


def test_spending_levels_off_at_default_arming():
    """Not Richardson's answer: his four states spent 45 % more in 1913 than in 1909."""
    u, armings = textbook.richardson()
    assert textbook.line(u)[0] < 0
    assert 1 < u[-1] / u[0] < 1.02
    for share in armings.values():
        assert 0.08 < share.min() and share.max() < 0.16
    assert textbook.slope_of_steady_arming(0.16, 0.01) < 0


def test_states_that_do_nothing_but_arm_reach_the_greatest_slope_that_the_equations_allow():
    """2 (Q - 1)/(Q + 1), Q the yearly growth of the stock: .0195 at default arming, where Richardson has .73."""
    u, armings = textbook.richardson(0.01, "parameters.arm_gain=100.0", "parameters.arm_cost=0", arm_cost=0)
    assert min(share.min() for share in armings.values()) > 0.98
    greatest = textbook.slope_of_steady_arming(1, 0.01)
    assert greatest == pytest.approx(0.0195, abs=1e-4)
    assert textbook.line(u)[0] == pytest.approx(greatest, abs=0.001)


def test_richardsons_slope_can_be_fitted_by_arming_but_his_line_cannot():
    """Fitted: arming, the one parameter that can bring his slope. The line is straight, with another zero."""
    fitted = textbook.fitted_arming()
    u, _ = textbook.richardson(fitted)
    slope, zero, r2 = textbook.line(u)
    assert 0.45 < fitted < 0.5  # the default is .01
    assert slope == pytest.approx(0.73, abs=0.001) and r2 > 0.99
    assert zero < 0 < textbook.line(RICHARDSON)[1]
    assert u[0] > 10 * RICHARDSON[0] and u[-1] > 100 * RICHARDSON[-1]


# ---- 6 scheduling ----------------------------------------------------------------------------------------------------

CASE = 50  # replicates of the shipped scenario, in serial order the slowest of all runs here


def schedules(name, n, *settings, seeds=(1, 2)):
    """Of every outcome that a run knows, without other arms and penalties: samples under both orders."""
    concurrent, serial = run(name, *settings, n=n, seed=seeds[0]), run(name, SERIAL, *settings, n=n, seed=seeds[1])
    both = [r for folder in (concurrent, serial) for r in rows(folder / "outcomes.csv")]
    names = [k for k in both[0] if k not in ("replicate", "status") and all(r[k] != "NA" for r in both)]
    return {k: (outcome(concurrent, k), outcome(serial, k)) for k in names}


def distance(first, second):
    """Kolmogorov and Smirnov's D and its p, and the difference of means in standard errors."""
    ks = scipy.stats.ks_2samp(first.values, second.values)
    return ks.statistic, ks.pvalue, (second.mean - first.mean) / math.hypot(first.error, second.error)


def greatest(found):
    """Of the outcomes' distances, greatest D, least p times the number of outcomes, greatest |z|."""
    d, p, z = zip(*(distance(*pair) for pair in found.values()))
    return max(d), min(p) * len(p), max(map(abs, z))


def test_without_feedback_within_a_month_the_orders_agree_number_by_number():
    """Choice by opportunity alone, which does not change: cooperation is the same to the last digit."""
    still = [f"parameters.{p}=0" for p in ("lambda", "arming", "conciliation", "coercion")]
    found = schedules("three-powers", 50, *still, seeds=(1, 1))
    for name in ("with_weak", "with_strong"):
        concurrent, serial = found[name]
        assert concurrent.values.std() > 0
        assert numpy.array_equal(concurrent.values, serial.values)


def test_numbers_of_the_two_orders_differ():
    for concurrent, serial in schedules("three-powers", 2 * REPLICATES, seeds=(1, 1)).values():
        assert not (concurrent.values == serial.values).any()


def test_distributions_of_the_two_orders_differ_in_a_small_world():
    found = schedules("three-powers-threat", 2 * REPLICATES)
    _, p, z = distance(*found["with_weak"])
    assert p < 5.7e-7 and z < -5
    concurrent, serial = found["with_weak"]
    assert abs(serial.mean / concurrent.mean - 1) < 0.05  # clear, but small


def test_two_seeds_of_one_order_do_not_differ():
    for name in ("three-powers", "three-powers-threat"):
        pair = [run(name, n=2 * REPLICATES, seed=seed) for seed in (1, 2)]
        for k in ("with_weak", "with_strong"):
            _, p, z = distance(*(outcome(f, k) for f in pair))
            assert p > 1e-3 and abs(z) < 4


def test_distributions_of_the_two_orders_are_not_told_apart_in_the_shipped_scenario():
    _, p, z = greatest(schedules(program.SHIPPED, CASE))
    assert p > 0.05 and z < 4


def test_relations_are_the_same_in_both_orders():
    for settings in (BALANCE_OF_POWER, ()):
        weak, strong = sides(SERIAL, *settings)
        assert clearly(weak - strong, ">")
    weak, strong = sides(SERIAL, *EQUALS, *NEAR)
    assert clearly(strong - weak, ">")
    weak, strong = sides(SERIAL, name="three-powers-threat")
    assert clearly(strong - weak, ">")
    for name in ("first_step", "held_2019_2021", "second_step"):
        for sample in schedules(program.SHIPPED, CASE)[name]:
            assert clearly(sample, ">")


# ---- the files and what their README says ----------------------------------------------------------------------------

SCENARIOS = sorted(TEXTBOOK.glob("*.cfg"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: p.stem)
def test_every_textbook_scenario_is_valid(path):
    done = waltz("check", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert path.name in README


COMMANDS = re.findall(r"^    build/(waltz .*)$", README, re.M)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_textbook_readme_works_as_printed(command, tmp_path):
    words = shlex.split(command)[1:]
    if words[0] == "run":
        words += ["-n", 2, "-o", tmp_path / "out"]
    files = [sorted(program.ROOT.glob(w)) if "*" in str(w) else [w] for w in words]
    assert waltz(*(w for group in files for w in group)).returncode == 0


def test_textbook_readme_shows_a_command_for_every_scenario():
    assert {f"configs/textbook/{p.name}" for p in SCENARIOS} <= {w for c in COMMANDS for w in c.split()}


def stocks(*variants):
    return [textbook.stock_of_the_two(dilemma(*v))[-1] for v in variants]


def means(folder, *names):
    return [outcome(folder, k).mean for k in names]


def decades():
    stock = textbook.stock_of_the_two(dilemma())
    return [*numpy.diff([stock[0], stock[120], stock[240], stock[-1]]), *means(dilemma(), "insecurity", "later")]


def lead():
    return [monthly(dilemma(*LEAD), "insecurity", i)[240:].mean() for i in ("WEST", "EAST")]


def conciliation():
    calm, tense = (dilemma(*s) for s in ((), NO_CONCILIATION))
    pairs = [[outcome(f, k).mean for f in (calm, tense)] for k in ("dispute", "insecurity")]
    return [*pairs[0], *pairs[1], *stocks((), NO_CONCILIATION)]


def joined(*settings, **more):
    return [s.mean for s in sides(*settings, **more)]


def richardson_default():
    u, _ = textbook.richardson()
    return [u[0], u[-1], textbook.line(u)[0], textbook.slope_of_steady_arming(1, 0.01)]


def richardson_fitted():
    u, _ = textbook.richardson(textbook.fitted_arming())
    return [textbook.fitted_arming(), *textbook.line(u), u[0], u[-1]]


def orders(name, n, *outcomes):
    found = schedules(name, n)
    d, _, z = zip(*(distance(*found[k]) for k in outcomes))
    return [v for pair in zip(d, z) for v in pair]


# What the column "found" of each row says, in its order.
ROWS = {
    "1a": lambda: stocks((), FAR, WEAK_REACH),
    "1b": decades,
    "1c": lead,
    "1d": conciliation,
    "1e": lambda: [outcome(dilemma(*s), "dispute").mean for s in ((), FAR)],
    "2a": lambda: joined(*BALANCE_OF_POWER),
    "2b": joined,
    "2c": lambda: joined(name="three-powers-threat") + joined(name=without_alliance()),
    "2d": lambda: joined(*EQUALS, *NEAR),
    "3a": lambda: [trace().mean, *means(neighbour(), "dispute")],
    "3b": lambda: [
        trace(*WITH_ALLY).mean,
        *(outcome(neighbour(*s), k).mean for k in ("alliance", "insecurity") for s in ((), WITH_ALLY)),
    ],
    "3c": lambda: [trace(*NOT_WEAK).mean],
    "3d": first_month,
    "4a": lambda: [effect("hub_embargo", "hub_reach").mean],
    "4b": lambda: [effect("petty_embargo").mean],
    "4c": lambda: [effect("hub_embargo").mean],
    "4d": lambda: [effect("petty_embargo", "petty_reach").mean],
    "4e": lambda: [effect("hub_embargo", "hub_reach", settings=NO_NEED).mean],
    "5a": richardson_default,
    "5b": richardson_fitted,
    "6a": lambda: [],
    "6b": lambda: orders("three-powers", 400, "with_weak") + orders("three-powers-threat", 400, "with_weak"),
    "6c": lambda: orders(program.SHIPPED, CASE, "first_step", "second_step"),
    "6d": lambda: [],
}
TABLE = {m[1]: m[2] for m in re.finditer(r"^\| (\d[a-z]) \|(?:[^|]*\|){3}([^|]*)\|", README, re.M)}


def test_table_of_the_textbook_readme_has_all_rows():
    assert list(TABLE) == list(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_numbers_of_the_textbook_readme_are_the_programs(row):
    shown = re.findall(r"−?(?<![\w.])\d+(?:\.\d+)?", TABLE[row])
    found = ROWS[row]()
    assert len(shown) == len(found), (shown, found)
    for text, value in zip(shown, found):
        digits = len(text.partition(".")[2])
        assert abs(float(text.replace("−", "-")) - value) <= 0.501 * 10**-digits, (text, value)


def test_standard_errors_are_what_the_textbook_readme_says():
    samples = [trace(), trace(*WITH_ALLY), trace(*NOT_WEAK)]
    samples += [s for v in ((), BALANCE_OF_POWER, (*EQUALS, *NEAR)) for s in sides(*v)]
    samples += [effect(*s) for s in (("hub_embargo", "hub_reach"), ("hub_embargo",), ("petty_embargo",))]
    samples += [outcome(dilemma(*s), k) for s in ((), FAR) for k in ("dispute", "insecurity")]
    assert all(isinstance(s, Sample) for s in samples)
    assert max(s.error for s in samples) < 0.002
    assert "standard errors below .002" in README
