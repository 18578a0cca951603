"""The tables in sim/MODEL.md are what the program prints; run as a script, this renews them."""

import re

from program import ROOT, waltz

MODEL = ROOT / "sim/MODEL.md"
TABLE = re.compile(r"(<!-- waltz (list \w+ --markdown) -->\n).*?(<!-- end -->)", re.S)


def renewed(text):
    return TABLE.sub(lambda m: m[1] + waltz(*m[2].split()).stdout + m[3], text)


if __name__ == "__main__":
    MODEL.write_text(renewed(MODEL.read_text(encoding="utf-8")), encoding="utf-8")
