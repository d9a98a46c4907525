"""The reference of the rule language: complete against the engine, and every example does what it says."""

from __future__ import annotations

import html
import re
from pathlib import Path

import msgspec
import pytest

from mappings.engine import crosswalk as reader
from mappings.engine.apply import apply
from mappings.engine.chain import compile_chain
from mappings.engine.check import CODES
from mappings.engine.conditions import OPERATORS
from mappings.engine.crosswalk import load
from mappings.engine.inputs import FORMATS
from mappings.engine.library import check_text, compiled, names
from mappings.engine.outcome import Mapped
from mappings.engine.own_tests import minimal_record
from mappings.engine.run_chain import run_chain
from mappings.engine.selectors import CONSTANTS
from mappings.engine.tables import Tables, shipped
from mappings.engine.transforms import REGISTRY
from mappings.engine.values import Item
from mappings.formats.table import Row, payload_of
from tests.mappings.engine.crosswalks import CONTEXT, program, record

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "crosswalks.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def rows(section: str, after: str = "") -> list[tuple[str, ...]]:
    """The cells of a section's table; a bar inside of code parts no cells."""
    text = SECTIONS[section].partition(after)[2] if after else SECTIONS[section]
    table = re.search(r"^\|.*\n\| ---.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert table
    hidden = re.sub(r"`[^`\n]*`", lambda code: code[0].replace("|", "\0"), table[1])
    return [_cells(line) for line in hidden.splitlines()]


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().replace("\0", "|") for cell in line.strip("|").split("|"))


def code(cell: str) -> str:
    return cell.strip("`")


def values(cell: str) -> list[str]:
    return [html.unescape(part).replace("⏎", "\n") for part in cell.split("; ") if part]


# --- complete ---------------------------------------------------------------------------------------------------------


def test_every_base_that_ships_is_named() -> None:
    assert set(re.findall(r"`(base/\w+)`", PAGE)) == set(names())


def test_every_transform_has_an_example_and_every_parameter_and_word_is_named() -> None:
    found = {re.split(r"[:\s]", code(row[0]))[0]: " ".join(row) for row in rows("Transforms")}
    assert set(found) == set(REGISTRY)
    for name, known in REGISTRY.items():
        for parameter in known.parameters:
            assert re.search(rf"\b{parameter.name}\b", found[name]), (name, parameter.name)
            if name != "identifier":
                assert all(word in found[name] for word in parameter.words), (name, parameter.words)


def test_what_every_transform_takes_gives_and_does_with_a_failure_is_told() -> None:
    told = {code(row[0]): (row[1], row[2], row[3], code(row[4])) for row in rows("What transforms take and give")}
    known = {name: (each.takes, each.gives, each.failure, each.code) for name, each in REGISTRY.items()}
    assert told == known


def test_every_condition_has_an_example() -> None:
    named = " ".join(row[0] for row in rows("Conditions"))
    assert all(f"{{{operator}:" in named for operator in (*OPERATORS, "all", "any", "not"))


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("Keys of a crosswalk", reader._TOP),
        ("Keys of a rule", reader._RULE),
        ("Finding aids", reader._SPLIT),
        ("Tables and JSON", reader._INPUT),
    ],
)
def test_every_key_is_explained(section: str, keys: tuple[str, ...]) -> None:
    assert {code(row[0]) for row in rows(section)} == set(keys)


def test_keys_of_members_skips_and_tests_are_explained() -> None:
    text = SECTIONS["Keys of a crosswalk"] + SECTIONS["Keys of a rule"]
    assert all(f"`{key}`" in text for key in (*reader._MEMBER, *reader._SKIP, *reader._TEST))


def test_every_constant_is_named() -> None:
    named = " ".join(row[0] for row in rows("Selectors"))
    assert all(f"{source}:{name}" in named for source, names in CONSTANTS.items() for name in names)


def test_every_code_of_the_check_is_explained() -> None:
    assert {code(row[0]) for row in rows("What the check says")} == set(CODES)


# --- true -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["A whole crosswalk", "Finding aids", "Tables and JSON"])
def test_a_whole_crosswalk_is_sound_and_its_tests_pass(section: str) -> None:
    text = re.search(r"```yaml\n(.*?)```", SECTIONS[section], re.DOTALL)
    assert text
    assert check_text(text[1], file="guide.yaml") == ()
    assert all(rule.id in text[1] for rule in load(text[1], file="guide.yaml").rules)


def _subjects(rule: str, inner: str, head: str = "") -> list[str]:
    found = apply(program(rule, head=head), record(f"<dc:title>T</dc:title>{inner}"), CONTEXT)
    assert isinstance(found, Mapped), found
    return [subject.label.value for subject in found.units[0].record.subjects]


SOURCE = re.search(r"run on `(<.*?)`:", SECTIONS["Selectors"])


@pytest.mark.parametrize(("selector", "expected", "meaning"), rows("Selectors"))
def test_an_xml_selector_reads_what_the_table_says(selector: str, expected: str, meaning: str) -> None:
    assert SOURCE
    text = "crosswalk: t\ninput: {format: oai_dc}\nrules:\n  - {id: t, from: 'dc:title', to: title}\n"
    text += f'  - {{id: s, from: "{code(selector)}", to: "subjects[]"}}\n'
    found = apply(compiled(text), record(SOURCE[1]), CONTEXT)
    assert isinstance(found, Mapped), found
    assert [subject.label.value for subject in found.units[0].record.subjects] == values(expected)


@pytest.mark.parametrize(("selector", "expected", "meaning"), rows("Selectors", after="MARC, run on"))
def test_a_marc_selector_reads_what_the_table_says(selector: str, expected: str, meaning: str) -> None:
    fields = re.findall(r"`(=[^`]*)`", SECTIONS["Selectors"])
    text = "crosswalk: t\ninput: {format: marc21}\nrules:\n  - {id: t, const: T, to: title}\n"
    text += f'  - {{id: s, from: "{code(selector)}", to: "subjects[]"}}\n'
    found = apply(compiled(text), minimal_record(FORMATS["marc21"], "\n".join(fields)), CONTEXT)
    assert isinstance(found, Mapped), found
    assert [subject.label.value for subject in found.units[0].record.subjects] == values(expected)


def _genre(format_: str, selector: str, payload: str) -> list[str]:
    text = f"crosswalk: t\ninput: {{format: {format_}}}\nrules:\n  - {{id: t, const: T, to: title}}\n"
    text += f'  - {{id: s, from: "{code(selector)}", to: "genre[]"}}\n'
    raw = msgspec.structs.replace(minimal_record(FORMATS[format_], "{}"), payload=payload)
    found = apply(compiled(text), raw, CONTEXT)
    assert isinstance(found, Mapped), found
    return [label.label.value for label in found.units[0].record.genre]


@pytest.mark.parametrize(("selector", "expected", "meaning"), rows("Selectors", after="Tables, run on"))
def test_a_column_selector_reads_what_the_table_says(selector: str, expected: str, meaning: str) -> None:
    cells = dict(re.findall(r"`([^`=]+)=([^`]*)`", SECTIONS["Selectors"].partition("Tables, run on")[2]))
    row = Row(cells={name: cells[name] for name in ("题名", "責任者", "备注", "备注#2")}, sheet="件")
    assert _genre("table", selector, payload_of(row).decode()) == values(expected)


@pytest.mark.parametrize(("selector", "expected", "meaning"), rows("Selectors", after="JSON, run on"))
def test_a_json_selector_reads_what_the_table_says(selector: str, expected: str, meaning: str) -> None:
    given = re.search(r"JSON, run on `(\{.*?\})`:", SECTIONS["Selectors"])
    assert given
    assert _genre("json", selector, given[1]) == values(expected)


@pytest.mark.parametrize(("condition", "expected"), rows("Conditions"))
def test_a_condition_keeps_what_the_table_says(condition: str, expected: str) -> None:
    inner = "".join(f"<dc:subject>{value}</dc:subject>" for value in ("Map of Basel", "maps", "1540"))
    head = "tables: {types: dcmi_types@1}\ndefaults: {level: item}"
    rule = f'  - {{id: s, from: dc:subject, when: {code(condition)}, to: "subjects[]"}}'
    assert _subjects(rule, inner, head) == values(expected)


TABLES = Tables(
    {name: shipped(label) for name, label in
     (("types", "dcmi_types"), ("levels", "marc_levels"), ("phrases", "access_phrases"))}
)  # fmt: skip


@pytest.mark.parametrize(("transform", "given", "expected", "meaning"), rows("Transforms"))
def test_a_transform_makes_what_the_table_says(transform: str, given: str, expected: str, meaning: str) -> None:
    text = f"crosswalk: t\nrules:\n  - {{id: r, from: a, do: [{code(transform)}], to: title}}\n"
    chain, faults = compile_chain(load(text, file="guide").rules[0].value.do, TABLES)
    assert not faults
    made = run_chain(chain, [Item(text=value) for value in values(given)]).values
    if not isinstance(made[0], msgspec.Struct) or isinstance(made[0], Item):
        assert [value.text if isinstance(value, Item) else str(value) for value in made] == values(expected)
        return
    for member in re.split(r", (?=[a-z]+ )", expected):
        name, _, value = member.partition(" ")
        found = getattr(made[0], name)
        assert str(getattr(found, "value", found)) == value
