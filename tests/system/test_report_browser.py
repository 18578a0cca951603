"""report.html in a browser: it loads nothing, fits every screen, and is read in light and in dark."""

import pytest

import browser
from program import SHIPPED, manifest, waltz
from test_analysis import analysis

pytestmark = pytest.mark.slow

WIDTHS = [390, 820, 1280]

# What reaches beyond the right edge of the page without standing in a box that scrolls.
OUTSIDE = """[...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll")
  && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 80))"""

# Of each figure in two sizes, how many are shown.
SHOWN = """[...document.querySelectorAll("svg.wide")].map(wide =>
  [wide, wide.nextElementSibling].filter(svg => getComputedStyle(svg).display != "none").length)"""

# Figures whose text leaves them by more than a letter.
SPILLED = """[...document.querySelectorAll("svg")].filter(svg => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].some(text => {
    const r = text.getBoundingClientRect();
    return r.width > 0 && (r.left < box.left - 8 || r.right > box.right + 8);
  });
}).map(svg => svg.getAttribute("aria-label"))"""

SMALLEST = """Math.min(...[...document.querySelectorAll("svg text")].filter(t => t.getBoundingClientRect().width > 0)
  .map(t => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getBoundingClientRect().width
    / t.ownerSVGElement.viewBox.baseVal.width))"""


@pytest.fixture(scope="module", name="report")
def report_fixture(tmp_path_factory):
    """Of the shipped scenario with a few parameter sets."""
    folder = tmp_path_factory.mktemp("browser") / "out"
    draws = SHIPPED.parent / "draws/prior.csv"
    done = waltz("reproduce", SHIPPED, "-n", 8, "--draws", draws, "--max-draws", 3, "--quiet", "-o", folder,
                 timeout=300)
    assert done.returncode in (0, 4), done.stderr
    assert manifest(folder)["draws_done"] == 3
    made = analysis("report", folder)
    assert (made.returncode, made.stderr) == (0, "")
    return folder / "report.html"


@pytest.fixture(scope="module", name="page")
def page_fixture(tmp_path_factory):
    made = browser.Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


def test_a_report_is_under_two_megabytes(report):
    assert report.stat().st_size < 2_000_000


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_report_loads_quietly_and_fits(report, page, width, dark):
    page.open(report.as_uri(), width, dark)
    said = page.reported("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
    assert said == []
    asked = [event["request"]["url"] for event in page.reported("Network.requestWillBeSent")]
    assert {url for url in asked if not url.startswith("data:")} == {report.as_uri()}
    assert page.value("document.images.length") == 0
    assert page.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.value(OUTSIDE) == []
    assert set(page.value(SHOWN)) == {1}
    assert page.value(SPILLED) == []
    assert page.value(SMALLEST) >= 8


def test_dark_and_light_differ_and_paper_is_light(report, page):
    colours = {}
    for dark in (False, True):
        page.open(report.as_uri(), WIDTHS[0], dark)
        colours[dark] = page.value("[document.body, document.querySelector('svg text')].map(e =>"
                                   " getComputedStyle(e)[e === document.body ? 'backgroundColor' : 'fill'])")
    assert colours[False] != colours[True]
    page.ask("Emulation.setEmulatedMedia", media="print",
             features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert page.value("getComputedStyle(document.body).backgroundColor") == colours[False][0]
    page.ask("Emulation.setEmulatedMedia", media="")


def test_every_entry_of_the_contents_leads_somewhere(report, page):
    page.open(report.as_uri(), WIDTHS[1])
    assert page.value("[...document.querySelectorAll('a[href^=\"#\"]')].filter(a =>"
                      " !document.getElementById(a.hash.slice(1))).map(a => a.hash)") == []
    assert page.value("document.querySelectorAll('nav a').length") >= 10
