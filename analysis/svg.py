"""Figures as parts of a page: drawn by matplotlib, coloured and sized by the page's style sheet."""

import io
import logging
import re

import matplotlib
from markupsafe import Markup, escape
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # not a word of its font cache

# name: light, dark. The hues are told apart with any colour vision, and lines also differ in style.
PALETTE = {
    "ink": ("#1b1e23", "#e6e8eb"),
    "muted": ("#5a626c", "#a3abb5"),
    "grid": ("#dfe3e7", "#363c44"),
    "rule": ("#b9c0c8", "#565e68"),
    "paper": ("#ffffff", "#15181c"),
    "blue": ("#0b66a8", "#62b5ee"),
    "red": ("#bf4e0c", "#f59a5f"),
    "green": ("#0d7a5a", "#3fc79b"),
    "purple": ("#8b4689", "#dc9fd8"),
    "ochre": ("#866800", "#dcb84a"),
}
INK, MUTED, GRID, RULE, PAPER, *SERIES = (light for light, _ in PALETTE.values())
BLUE, RED, GREEN, PURPLE, OCHRE = SERIES
DASHES = ["-", (0, (5, 2)), (0, (1.2, 1.4)), (0, (6, 2, 1.2, 2)), (0, (3, 1.2, 1.2, 1.2, 1.2, 1.2))]
WIDE, NARROW = 720, 350  # pixels

matplotlib.rcParams.update({
    "svg.fonttype": "none",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.titlesize": 11,
    "axes.titlecolor": INK,
    "axes.linewidth": 0.8,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "figure.facecolor": "none",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "text.color": INK,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "path.simplify": True,
    "legend.frameon": False,
})


def canvas(width, height, **more):
    """A figure of so many pixels and its axes."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.04, h_pad=0.04)
    return figure, figure.subplots(**more)


def text_of(figure, salt):
    """The figure as SVG text, the same at every run."""
    out = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": salt}):
        FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None})
    return out.getvalue()


def rounded(match):
    return match.group(1) + re.sub(r"-?\d+\.\d+", shorter, match.group(2)) + '"'


def shorter(match):
    text = f"{float(match.group()):.1f}"
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text


def unique(text, prefix):
    """Names of its own, so that figures on one page do not take each other's parts; others go."""
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', text))
    text = re.sub(r' id="([^"]+)"', lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", text)
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}-", text)


def inline(figure, name, words, kind=""):
    """The figure as markup; `words` says what it shows to those who do not see it."""
    text = text_of(figure, name)
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text).groups()
    body = re.search(r"<svg[^>]*>(.*)</svg>", text, re.S).group(1)
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>|<defs>\s*</defs>", "", body, flags=re.S)
    body = unique(body, name)
    body = re.sub(r'( (?:d|points|x|y|width|height|transform)=")([^"]*)"', rounded, body)
    body = re.sub(r"font: (?:bold )?([\d.]+)px [^;\"]*", r"font-size: \1px", body)
    for colour, (light, _) in PALETTE.items():
        body = body.replace(light, f"var(--{colour})")
    body = body.replace("xlink:href", "href")
    body = re.sub(r"<g>\s*</g>", "", re.sub(r">\s+<", "><", body)).strip()
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" class="{kind}" '
    head += f'style="max-width:{float(width):.0f}px" role="img" aria-label="{escape(words)}">'
    return Markup(head + body + "</svg>")


def both(draw, name, words):
    """A figure drawn for a wide and for a narrow page, of which the style sheet shows one."""
    return Markup(
        inline(draw(WIDE), f"{name}-w", words, "wide") + inline(draw(NARROW), f"{name}-n", words, "narrow")
    )
