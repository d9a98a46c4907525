"""Selectors over XML and MARC: what they find, and which are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.apply import read_unit
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.own_tests import minimal_record
from mappings.engine.selector_invalid import SelectorInvalid
from mappings.engine.selectors import alternatives, parse_selector
from mappings.engine.unit import Unit
from tests.mappings.engine.crosswalks import CONTEXT, program, record

PREFIXES = {"p": "urn:p", "dc": "http://purl.org/dc/elements/1.1/"}
XML = """<p:a xml:lang="en" type="x">one<p:b q="1">two</p:b><p:b q="2">three<!-- no --></p:b></p:a>
<p:a type="y"><p:b xml:lang="fr">four</p:b><p:c><p:d>deep</p:d></p:c></p:a><p:e> </p:e>"""


def found(selector: str) -> list[str]:
    """Values of `selector` in XML elements of another namespace inside a Dublin Core record."""
    text = 'prefixes: {p: "urn:p"}'
    built = program(f"  - {{id: a, from: \"{selector}\", to: 'genre[]'}}", head=text)
    unit = read_unit(
        built, record(XML.replace("<p:a", '<p:a xmlns:p="urn:p"').replace("<p:e", '<p:e xmlns:p="urn:p"')), CONTEXT
    )
    return [item.text for source in built.programs[1].sources for item in unit.items(source)]


@pytest.mark.parametrize(
    ("selector", "values"),
    [
        ("p:a/p:b", ["two", "three", "four"]),
        ("p:a[1]/p:b[2]", ["three"]),
        ("p:a[@type='y']/p:b", ["four"]),
        ("p:a[@type!='y']/p:b", ["two", "three"]),
        ("p:a[p:b='four']/p:c", ["deep"]),
        ("p:a[p:b!='four']/p:b", ["two", "three"]),
        ("p:a/p:b/@q", ["1", "2"]),
        ("p:a/@type", ["x", "y"]),
        ("p:a[@nothing]", []),
        ("p:a[1](-p:b)", ["one"]),
        ("p:a[1]", ["onetwothree"]),
        ("p:a/*", ["two", "three", "four", "deep"]),
        ("//p:d", ["deep"]),
        ("//p:b[2]", ["three"]),
        ("//p:c/p:d", ["deep"]),
        ("p:a//p:d", ["deep"]),
        ("p:a[2]//p:b", ["four"]),
        ("./p:a//p:b[2]", ["three"]),
        ("p:a//p:b/@q", ["1", "2"]),
        ("p:a//p:c/p:d", ["deep"]),
        ("p:e", []),
        ("p:e | //p:d", ["deep"]),
    ],
)
def test_what_an_xml_selector_finds(selector: str, values: list[str]) -> None:
    assert found(selector) == values


def test_a_text_that_is_found_anywhere_has_the_language_of_its_element() -> None:
    built = program("  - {id: a, from: \"//p:b\", to: 'genre[]'}", head='prefixes: {p: "urn:p"}')
    unit = read_unit(
        built, record(XML.replace("<p:a", '<p:a xmlns:p="urn:p"').replace("<p:e", '<p:e xmlns:p="urn:p"')), CONTEXT
    )
    read = [(item.text, item.lang) for source in built.programs[1].sources for item in unit.items(source)]
    assert read == [("two", "eng"), ("three", "eng"), ("four", "fra")]


def marc(selector: str, inline: str) -> list[tuple[str, str | None, str]]:
    text = "crosswalk: t\ninput: {format: marc21}\nrules:\n  - {id: t, from: 'marc:245$a', to: title}\n"
    built = compiled(text + f"  - {{id: a, from: \"{selector}\", to: 'genre[]'}}\n", file="t.yaml")
    unit: Unit = read_unit(built, minimal_record(FORMATS["marc21"], inline), CONTEXT)
    return [(item.text, item.twin, item.path) for source in built.programs[1].sources for item in unit.items(source)]


FIELDS = """=LDR  00000nam a2200000 a 4500
=008  890101s1988    cc                  eng d
=245  14$aThe title :$brest /$cby whom
=650  \\0$aFloods$xHistory$zTennessee
=650  \\7$aRivers$2fast
=700  1\\$6880-01$aLu, Xun$tNa han
=880  1\\$6700-01/$1$a鲁迅$t呐喊
"""


@pytest.mark.parametrize(
    ("selector", "values"),
    [
        ("marc:245$a$b", [("The title : rest /", None, "marc:245[1]$a$b")]),
        ("marc:245$b$a", [("The title : rest /", None, "marc:245[1]$b$a")]),
        ("marc:LDR/06", [("a", None, "marc:LDR/06")]),
        ("marc:008/35-37", [("eng", None, "marc:008/35-37")]),
        ("marc:6XX$a", [("Floods", None, "marc:650[1]$a"), ("Rivers", None, "marc:650[2]$a")]),
        ("marc:650[ind2=7]$a", [("Rivers", None, "marc:650[2]$a")]),
        ("marc:650[ind2!=7]$a", [("Floods", None, "marc:650[1]$a")]),
        ("marc:650[$2='fast']$a", [("Rivers", None, "marc:650[2]$a")]),
        ("marc:650[$2!='fast']$a", [("Floods", None, "marc:650[1]$a")]),
        ("marc:650[!$2]$a", [("Floods", None, "marc:650[1]$a")]),
        ("marc:650[2]$a", [("Rivers", None, "marc:650[2]$a")]),
        ("marc:650$[xz]", [("History", None, "marc:650[1]$[xz]"), ("Tennessee", None, "marc:650[1]$[xz]")]),
        ("marc:700$a", [("Lu, Xun", "鲁迅", "marc:700[1]$a")]),
        ("marc:700$a$t", [("Lu, Xun Na han", "鲁迅 呐喊", "marc:700[1]$a$t")]),
        ("marc:880(link=700)$a", [("鲁迅", None, "marc:700[1]$a")]),
        ("marc:900$a", []),
    ],
)
def test_what_a_marc_selector_finds(selector: str, values: list[tuple[str, str | None, str]]) -> None:
    assert marc(selector, FIELDS) == values


@pytest.mark.parametrize(
    ("selector", "code"),
    [
        ("", "selector_invalid"),
        ("p:a//p:b//p:c", "selector_invalid"),
        ("p:a//", "selector_invalid"),
        ("p:a//@q", "selector_invalid"),
        ("p:a///p:b", "selector_invalid"),
        ("/p:a//p:b", "selector_invalid"),
        ("//p:a//p:b", "selector_invalid"),
        ("p:a[0]", "selector_invalid"),
        ("p:a[last()]", "selector_invalid"),
        ("p:a/text()", "selector_invalid"),
        ("zz:a", "prefix_unknown"),
        ("marc:24", "selector_invalid"),
        ("marc:245$", "selector_invalid"),
        ("marc:008/9-3", "selector_invalid"),
        ("header:nothing", "selector_invalid"),
        ("feed:", "selector_invalid"),
        ("$", "selector_invalid"),
    ],
)
def test_what_is_no_selector(selector: str, code: str) -> None:
    with pytest.raises(SelectorInvalid) as caught:
        parse_selector(selector, PREFIXES)
    assert caught.value.code == code


def test_a_bar_in_quotes_parts_nothing() -> None:
    assert alternatives("a[@x='b|c'] | d") == ("a[@x='b|c']", "d")


@given(st.text(alphabet="pdc:/@[]*|.='-$0123456789abXmarc()! ", max_size=30))
def test_any_text_is_a_selector_or_refused(text: str) -> None:
    try:
        parse_selector(text, PREFIXES)
    except SelectorInvalid as error:
        refused = error.code
        assert refused in {"selector_invalid", "prefix_unknown"}
