"""sim/MODEL.md: its tables are the program's own, and the parameters that it names exist."""

import re

from model_tables import MODEL, TABLE, renewed
from program import waltz


def test_tables_of_the_model_are_those_of_the_program():
    text = MODEL.read_text(encoding="utf-8")
    assert {m[1].split()[1] for m in TABLE.findall(text)} == {"moves", "parameters", "terms", "effects"}
    assert text == renewed(text), "tests/system/model_tables.py renews them"


def test_every_parameter_and_term_stands_in_an_equation_of_the_model():
    prose = TABLE.sub("", MODEL.read_text(encoding="utf-8")) + waltz("list", "moves").stdout
    for kind in ("parameters", "terms"):
        for row in waltz("list", kind).stdout.splitlines()[1:]:
            name = row.split()[0]
            found = re.search(rf"\b{name}\b", prose) or f"`_{name.rpartition('_')[2]}`" in prose
            assert found, name
