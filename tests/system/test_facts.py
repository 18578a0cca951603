"""Facts that the model is held against (configs/data/facts) and parameter draws (configs/draws)."""

import csv
import itertools
import math
import re
import shutil
import subprocess
import sys

import pytest

from program import ROOT, SHIPPED, WALTZ, rows, waltz, write

sys.path.insert(0, str(ROOT / "tests/reference"))
import scenario_file  # noqa: E402

FACTS = ROOT / "configs/data/facts"
DRAWS = ROOT / "configs/draws"
LAST = "2019-12"
LEAST_CHANGE = 0.05
LEAST_GROWTH = 0.01
DOMAINS = ("political", "security", "economic")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def script(path, *arguments):
    return subprocess.run([sys.executable, path, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def scenario():
    return scenario_file.load(SHIPPED)


@pytest.fixture(scope="module")
def states():
    return {r["iso3"] for r in rows(ROOT / "configs/data/states.csv")}


def months(*columns):
    """The periods in these columns are months, in order, none after LAST."""
    assert all(MONTH.fullmatch(m) and m <= LAST for m in columns), columns
    assert all(a <= b for a, b in zip(columns[::2], columns[1::2])), columns


# ---- shipped tables --------------------------------------------------------------------------------------------------


def test_changes_follow_from_the_trade_figures_by_the_written_rule():
    done = script(FACTS / "make_facts.py", "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_trade_figures_are_of_known_partners_and_not_later_than_2019(states, scenario):
    table = rows(FACTS / "trade.csv")
    for r in table:
        months(r["from"], r["to"])
        partners = {r["partner_a"], r["partner_b"]}
        assert len(partners) == 2 and partners <= states | set(scenario["groups"]), r
        assert float(r["value"]) > 0 and r["unit"] in ("bn USD", "bn EUR")
        assert r["growth"] == "NA" or -1 < float(r["growth"]) < 1
        assert r["statistics_of"] and r["reported_in"]
    keys = [(r["partner_a"], r["partner_b"], r["from"], r["to"]) for r in table]
    assert len(set(keys)) == len(keys)


def test_no_fact_on_trade_is_of_a_focus_dyad(scenario):
    focus = {frozenset(pair.split("-")) for pair in scenario["scenario"]["focus"]}
    for name in ("trade.csv", "changes.csv"):
        assert not any(frozenset((r["partner_a"], r["partner_b"])) in focus for r in rows(FACTS / name))


def test_votes_have_a_row_for_every_dyad_and_mark_the_focus(states, scenario):
    table = rows(FACTS / "votes.csv")
    assert [(r["iso3_a"], r["iso3_b"]) for r in table] == list(itertools.combinations(sorted(states), 2))
    assert [f"{r['iso3_a']}-{r['iso3_b']}" for r in table if r["focus"] == "1"] == scenario["scenario"]["focus"]
    assert {r["focus"] for r in table} == {"0", "1"}


def test_changes_of_votes_are_differences_within_the_scales():
    for r in rows(FACTS / "votes.csv"):
        for name, top in (("distance", 10), ("agree", 1)):
            before, after, change = (r[f"{name}_{c}"] for c in ("before", "after", "change"))
            assert (change == "NA") == ("NA" in (before, after))
            assert all(0 <= float(v) <= top for v in (before, after) if v != "NA")
            if change != "NA":
                assert float(change) == pytest.approx(float(after) - float(before), abs=1.01e-4)


def test_relations_are_ranks_and_no_values_of_all_dyads_but_the_focus(states, scenario):
    table = rows(FACTS / "relations.csv")
    assert [(r["iso3_a"], r["iso3_b"]) for r in table] == list(itertools.combinations(sorted(states), 2))
    assert list(table[0]) == ["iso3_a", "iso3_b", *DOMAINS]
    focus = [r for r in table if f"{r['iso3_a']}-{r['iso3_b']}" in scenario["scenario"]["focus"]]
    assert [r[name] for r in focus for name in DOMAINS] == ["NA"] * 3
    for name in DOMAINS:
        column = [float(r[name]) for r in table if r[name] != "NA"]
        assert len(column) > 270
        assert column == [sum(v < x for v in column) + (column.count(x) + 1) / 2 for x in column], name


def test_only_dyads_without_data_have_no_rank():
    table = [r for r in rows(FACTS / "relations.csv") if (r["iso3_a"], r["iso3_b"]) != ("IRN", "RUS")]
    assert all((r["political"] == "NA") == ("TUR" in (r["iso3_a"], r["iso3_b"])) for r in table)
    assert not any(r["security"] == "NA" for r in table)
    assert sum(r["economic"] == "NA" for r in table) == 2


def test_agreement_of_measures_is_known_with_an_error():
    table = {r["name"]: r for r in rows(FACTS / "reliability.csv")}
    assert list(table) == [*DOMAINS, "trade_change"]
    for name, r in table.items():
        assert 0 < float(r["value"]) < 1 and 0 < float(r["error"]) < 0.2 and 270 < int(r["dyads"]) < 300, name
    assert {table[name]["statistic"] for name in DOMAINS} == {"rank correlation"}


def test_no_values_of_arms_deliveries_are_held():
    for table in FACTS.glob("*.csv"):
        assert not re.search("tiv|arms|sipri", table.read_text(encoding="utf-8"), re.I), table


def mean_price(first, last):
    prices = [float(r["usd_per_barrel"]) for r in rows(FACTS / "brent.csv") if first <= r["month"] <= last]
    return sum(prices) / len(prices)


def test_errors_of_changes_are_the_usual_change_of_as_many_years_and_half_that_of_oil():
    base = next(float(r["value"]) for r in rows(FACTS / "reliability.csv") if r["name"] == "trade_change")
    for fact in rows(FACTS / "changes.csv"):
        assert {"IRN", "RUS"} & {fact["partner_a"], fact["partner_b"]}
        oil = mean_price(fact["from"], fact["to"]) / mean_price(fact["over_from"], fact["over_to"])
        assert float(fact["oil"]) == pytest.approx(oil, abs=5.1e-4)
        years = int(fact["from"][:4]) - int(fact["over_from"][:4])
        assert float(fact["error"]) == pytest.approx(math.hypot(base * years**0.5, math.log(oil) / 2), abs=5.1e-4)


def test_oil_prices_are_of_every_month_from_2014_to_2019():
    table = rows(FACTS / "brent.csv")
    assert [r["month"] for r in table] == [f"{y}-{m:02}" for y in range(2014, 2020) for m in range(1, 13)]
    assert all(20 < float(r["usd_per_barrel"]) < 150 for r in table)


# ---- the scenario's claims -------------------------------------------------------------------------------------------


def test_every_clear_change_of_trade_is_one_claim_that_no_verdict_hangs_on(scenario):
    changes = {r["claim"]: r for r in rows(FACTS / "changes.csv") if r["direction"] != "none"}
    claims = {name: c for name, c in scenario["claims"].items() if c.get("kind") == "facts"}
    assert list(claims) == list(changes)
    for name, claim in claims.items():
        fact, ratio = changes[name], float(changes[name]["ratio"])
        assert not claim.get("expect", False) and "sizes fitted" in claim["basis"]
        assert abs(ratio - 1) >= LEAST_CHANGE
        told = float(re.search(r"([\d.]+) %", claim["text"])[1])
        assert told == pytest.approx(100 * abs(ratio - 1), abs=0.51), name
        outcome = scenario["outcomes"][claim["all"]["direction"]["outcome"]]
        assert outcome == {
            "measure": "exchange",
            "subject": f"{fact['partner_a']}-{fact['partner_b']}",
            "window": f"{fact['from']}..{fact['to']}",
            "over": f"{fact['over_from']}..{fact['over_to']}",
        }


def test_claims_on_trade_ask_for_the_direction_and_for_more_than_growth_gives(scenario):
    for fact in rows(FACTS / "changes.csv"):
        months(*(fact[c] for c in ("over_from", "over_to", "from", "to")))
        if fact["direction"] == "none":
            assert abs(float(fact["ratio"]) - 1) < LEAST_CHANGE and fact["claim"] == "NA"
            continue
        growth = float(fact["growth_alone"])
        same = growth >= 1 + LEAST_GROWTH if fact["direction"] == "above" else growth <= 1 - LEAST_GROWTH
        asked = {name: (c["is"], c["value"]) for name, c in scenario["claims"][fact["claim"]]["all"].items()}
        expected = {"direction": (fact["direction"], 1.0)}
        assert asked == expected | ({"beyond_growth": (fact["direction"], growth)} if same else {})


def test_facts_are_no_input(scenario):
    tables = [s["table"] for name, s in scenario.items()
              if isinstance(s, dict) and isinstance(s.get("table"), str) and name != "observed"]
    assert tables and not any("facts" in table for table in tables)


# ---- the rule, on made-up originals ----------------------------------------------------------------------------------

TRADE = """\
period,partner_a,partner_b,value,unit,statistics_of,reported_in
2015,EU,IRN,8,bn EUR,Office,Paper
2016,EU,IRN,10,bn EUR,Office (rounded),Paper
2018-H1,EU,IRN,6,bn EUR,Office,Paper
2019-H1,EU,IRN,3,bn EUR,Office,Paper
2019-01..09,EU,IRN,4,bn EUR,Office (-40 % on the year before),Paper
2016-04..2017-03,IND,IRN,10,bn USD,Office (2018 = +2 %),Paper
2017-04..2018-03,IND,IRN,10.4,bn USD,Office,Paper
2017,IND,IRN,20,bn USD,Office,Paper
2018,IND,IRN,30,bn USD,Another,Paper
"""


# The focus dyad is far above all others, so that it would show wherever it counted.
DYADS = """\
iso3_a,iso3_b,distance,verbcoop,matlcoop,verbconf,matlconf,arms_ab,arms_ba,trade_ab,trade_ba
CHN,IND,1,90,10,0,0,0,0,10,NA
CHN,IRN,1,10,0,0,0,0,0,NA,NA
CHN,RUS,1,900,100,0,0,0,50,20,20
IND,IRN,1,NA,NA,NA,NA,0,0,5,5
IND,RUS,1,100,0,800,100,70,0,1,2
IRN,RUS,9,9000,0,0,0,999,999,999,999
"""
COLUMNS = {
    "distance": ["un_idealpoint_dist_2007_2010"],
    "arms_ab": ["arms_tiv_ab_2006_2010"],
    "arms_ba": ["arms_tiv_ba_2006_2010"],
    "trade_ab": ["trade_ab_mean_2008_2010_musd", "trade_ab_2010_musd", "trade_baci_ab_2010_musd"],
    "trade_ba": ["trade_ba_mean_2008_2010_musd", "trade_ba_2010_musd", "trade_baci_ba_2010_musd"],
}


def made_up_dyads():
    """DYADS under the names of the originals."""
    header, *table = (line.split(",") for line in DYADS.splitlines())
    columns = {}
    for name, *values in zip(header, *table):
        kind = f"icews_{name}_2007_2010" if name[4:] in ("coop", "conf") else name
        columns |= {to: values for to in COLUMNS.get(name, [kind])}
    return "".join(",".join(line) + "\n" for line in (columns, *zip(*columns.values())))


def made_up_years():
    """Votes of two dyads, one with a year unknown; arms and trade of some."""
    lines = ["year,iso3_a,iso3_b,measure,value"]
    for year in range(2010, 2020):
        lines.append(f"{year},IRN,RUS,un_idealpoint_dist,{'NA' if year == 2018 else 1}")
        lines.append(f"{year},CHN,RUS,un_idealpoint_dist,{(year - 2010) / 4}")
        lines.append(f"{year},CHN,RUS,un_agree_same,0.5")
    for year in range(2007, 2015):
        for way in ("ab", "ba"):
            for pair, slope in (("CHN,IND", -0.1), ("CHN,RUS", 0), ("IND,RUS", 0.1), ("IRN,RUS", 5)):
                lines.append(f"{year},{pair},trade_{way}_musd,{math.exp(slope * (year - 2007))}")
                lines.append(f"{year},{pair},arms_tiv_{way},{slope + 1 if year < 2011 else 9 - slope}")
            lines.append(f"{year},IND,IRN,trade_{way}_musd,{'NA' if way == 'ab' else year}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def made_up(tmp_path):
    """A copy of the script beside what it reads, and originals of six dyads."""
    (tmp_path / "data/facts").mkdir(parents=True)
    shutil.copy(ROOT / "configs/data/states.csv", tmp_path / "data")
    for name in ("make_facts.py", "brent.csv"):
        shutil.copy(FACTS / name, tmp_path / "data/facts")
    originals = {
        "trade_facts_to_2019.csv": TRADE,
        "dyads_yearly_2007_2019.csv": made_up_years(),
        "dyads_2010.csv": made_up_dyads(),
    }
    write(tmp_path, {f"from/{name}": text for name, text in originals.items()})
    done = script(tmp_path / "data/facts/make_facts.py", tmp_path / "from")
    assert (done.returncode, done.stderr) == (0, "")
    return tmp_path / "data/facts"


def test_figures_get_months_groups_growth_and_notes(made_up):
    table = rows(made_up / "trade.csv")
    assert [(r["from"], r["to"], r["partner_a"], r["growth"], r["note"]) for r in table] == [
        ("2015-01", "2015-12", "eu5", "NA", ""),
        ("2016-01", "2016-12", "eu5", "NA", "rounded"),
        ("2018-01", "2018-06", "eu5", "NA", ""),
        ("2019-01", "2019-06", "eu5", "NA", ""),
        ("2019-01", "2019-09", "eu5", "-0.400", ""),
        ("2016-04", "2017-03", "IND", "NA", "growth of 2018 reported as +2 %"),
        ("2017-01", "2017-12", "IND", "NA", ""),
        ("2017-04", "2018-03", "IND", "NA", ""),
        ("2018-01", "2018-12", "IND", "NA", ""),
    ]


def test_changes_compare_like_months_of_one_office_and_the_longer_period_counts(made_up):
    table = rows(made_up / "changes.csv")
    assert [(r["claim"], r["from"], r["to"], r["over_from"], r["ratio"], r["direction"]) for r in table] == [
        ("F01", "2016-01", "2016-12", "2015-01", "1.250", "above"),
        ("F02", "2019-01", "2019-09", "2018-01", "0.600", "below"),
        ("NA", "2017-04", "2018-03", "2016-04", "1.040", "none"),
    ]
    assert [r["oil_says"] for r in table] == ["against", "part", "NA"]


def test_votes_are_means_of_whole_periods_or_unknown(made_up):
    table = {(r["iso3_a"], r["iso3_b"]): r for r in rows(made_up / "votes.csv")}
    chn_rus, irn_rus = table["CHN", "RUS"], table["IRN", "RUS"]
    assert [chn_rus[f"distance_{c}"] for c in ("before", "after", "change")] == ["0.6250", "2.0000", "1.3750"]
    assert [irn_rus[f"distance_{c}"] for c in ("before", "after", "change")] == ["1.0000", "NA", "NA"]
    assert (chn_rus["agree_change"], irn_rus["agree_change"]) == ("0.0000", "NA")
    assert (chn_rus["focus"], irn_rus["focus"]) == ("0", "1")


def test_relations_are_ranked_without_the_focus_and_without_what_is_unknown(made_up):
    assert [tuple(r.values()) for r in rows(made_up / "relations.csv")] == [
        ("CHN", "IND", "3", "2", "2.5"),
        ("CHN", "IRN", "2", "2", "NA"),
        ("CHN", "RUS", "4", "4", "4"),
        ("IND", "IRN", "NA", "2", "2.5"),
        ("IND", "RUS", "1", "5", "1"),
        ("IRN", "RUS", "NA", "NA", "NA"),
    ]


def test_agreement_and_usual_change_leave_the_focus_and_half_known_trade_out(made_up):
    table = {r["name"]: (r["statistic"], r["value"], r["dyads"]) for r in rows(made_up / "reliability.csv")}
    assert table == {
        "political": ("rank correlation", "NA", "4"),
        "security": ("rank correlation", "-1.0000", "3"),
        "economic": ("rank correlation", "1.0000", "4"),
        "trade_change": ("robust standard deviation", "0.1483", "3"),
    }


def test_errors_rest_on_the_usual_change_in_the_folder_and_in_place(made_up):
    text = (made_up / "changes.csv").read_text()
    for fact in rows(made_up / "changes.csv"):
        years = int(fact["from"][:4]) - int(fact["over_from"][:4])
        expected = math.hypot(0.1483 * years**0.5, math.log(float(fact["oil"])) / 2)
        assert float(fact["error"]) == pytest.approx(expected, abs=1.1e-3)
    assert script(made_up / "make_facts.py", "--check").returncode == 0
    reliability = (made_up / "reliability.csv").read_text()
    (made_up / "reliability.csv").write_text(reliability.replace("0.1483", "0.2483"))
    assert script(made_up / "make_facts.py").returncode == 0
    assert (made_up / "changes.csv").read_text() != text


def test_a_table_that_is_not_what_the_rule_gives_is_told(made_up):
    text = (made_up / "votes.csv").read_text()
    (made_up / "votes.csv").write_text(text.replace("1.3750", "1.3751"))
    done = script(made_up / "make_facts.py", made_up.parents[1] / "from", "--check")
    assert done.returncode == 1 and done.stderr.startswith("votes.csv: ") and done.stderr.count("\n") == 1
    assert "1.3751" in (made_up / "votes.csv").read_text()


# ---- draws -----------------------------------------------------------------------------------------------------------


def priors():
    listed = re.findall(r"^(\w+) .*prior ([\d.]+)–([\d.]+)\]$", waltz("list", "parameters").stdout, re.M)
    return {f"parameters.{name}": (float(low), float(high)) for name, low, high in listed}


def test_draws_are_those_that_the_stated_ranges_give(tmp_path):
    shutil.copy(DRAWS / "make_prior.py", tmp_path)
    done = script(tmp_path / "make_prior.py", WALTZ)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "prior.csv").read_bytes() == (DRAWS / "prior.csv").read_bytes()


def test_draws_hit_each_part_of_each_range_once():
    table = rows(DRAWS / "prior.csv")
    assert len(table) == 128 and list(table[0]) == list(priors())
    for column, (low, high) in priors().items():
        values = [float(r[column]) for r in table]
        assert all(low <= v <= high for v in values)
        assert all(len(r[column].replace(".", "").lstrip("0")) <= 6 for r in table)
        places = [v / high if low == 0 else math.log(v / low) / math.log(high / low) for v in values]
        assert sorted(int(p * len(table)) for p in places) == list(range(len(table))), column


def test_the_program_takes_the_draws():
    with open(DRAWS / "prior.csv", newline="", encoding="utf-8") as f:
        header, *table = csv.reader(f)
    for draw in table[::16]:
        settings = [s for path, value in zip(header, draw) for s in ("--set", f"{path}={value}")]
        done = waltz("check", SHIPPED, *settings)
        assert (done.returncode, done.stderr) == (0, "")
