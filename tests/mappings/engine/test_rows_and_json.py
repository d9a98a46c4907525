"""Rows of tables and JSON: what their selectors find, which are refused, and what a crosswalk says of files."""

from __future__ import annotations

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.apply import apply
from mappings.engine.compiled import Compiled
from mappings.engine.explain import explain
from mappings.engine.library import check_text, compiled
from mappings.engine.outcome import Mapped, MappedUnit, Rejected
from mappings.engine.payload import read_payload
from mappings.engine.selector_invalid import SelectorInvalid
from mappings.engine.selectors import parse_selector
from mappings.formats.table import Row, payload_of
from mappings.schema.raw import RawRecord
from tests.mappings.engine.crosswalks import CONTEXT, faults


def program(format_: str, selector: str, more: str = "") -> Compiled:
    text = f"crosswalk: t\ninput: {{format: {format_}{more}}}\nrules:\n  - {{id: t, const: T, to: title}}\n"
    return compiled(text + f'  - {{id: s, from: "{selector}", to: "genre[]"}}\n', file="t.yaml")


def raw(payload: str, format_: str) -> RawRecord:
    return RawRecord(
        feed="feed", identifier="1", datestamp="2020-01-01", payload_sha256="", payload=payload, format=format_
    )


def row(cells: dict[str, str], sheet: str = "") -> RawRecord:
    return raw(payload_of(Row(cells=cells, sheet=sheet)).decode(), "table")


def mapped(rules: Compiled, record: RawRecord) -> MappedUnit:
    found = apply(rules, record, CONTEXT)
    assert isinstance(found, Mapped), found
    return found.units[0]


def values(rules: Compiled, record: RawRecord) -> list[str]:
    return [label.label.value for label in mapped(rules, record).record.genre]


CELLS = {"档 号": "A-1", "题名": "关于修建铁路的请示", "备注": "甲", "备注#2": "乙", "Nötes": "n"}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("col:题名", ["关于修建铁路的请示"]),
        ("col:題名", ["关于修建铁路的请示"]),
        ("col:档号", ["A-1"]),
        ("col:备注", ["甲", "乙"]),
        ("col:备注#2", ["乙"]),
        ("col:NOTES", ["n"]),
        ("col:TM | col:题名", ["关于修建铁路的请示"]),
        ("col:TM", []),
        ("row:sheet", ["案卷"]),
    ],
)
def test_what_a_column_selector_finds(selector: str, expected: list[str]) -> None:
    assert values(program("table", selector), row(CELLS, "案卷")) == expected


def test_every_value_of_a_row_knows_the_column_that_it_comes_from() -> None:
    rules = mapped(program("table", "col:档号"), row(CELLS)).rules
    assert rules["/genre/0/label/value"] == (("s", "col:档 号"),)


def test_columns_that_no_rule_reads_are_told() -> None:
    trace = explain(program("table", "col:题名"), row(CELLS), CONTEXT)
    assert trace.unread == ("col:档 号", "col:备注", "col:备注#2", "col:Nötes")


JSON = """{"title": " Job ", "n": 1.50, "big": 12345678901234567890, "on": true, "no": null, "a/b": {"~": "tilde"},
"list": ["x", "y", {"z": 1}], "people": [{"role": "artist", "name": "Blake"}, {"role": "owner", "name": "Butts"}]}"""


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("json:/title", ["Job"]),
        ("json:/n", ["1.50"]),
        ("json:/big", ["12345678901234567890"]),
        ("json:/on", ["true"]),
        ("json:/no", []),
        ("json:/a~1b/~0", ["tilde"]),
        ("json:/list", []),
        ("json:/list/0", ["x"]),
        ("json:/list/*", ["x", "y"]),
        ("json:/list/9", []),
        ("json:/people/*/name", ["Blake", "Butts"]),
        ("json:/people/*[role=artist]/name", ["Blake"]),
        ("json:/people/*[role!='artist']/name", ["Butts"]),
        ("json:/people/*[died]/name | json:/people/*[name]/role", ["artist", "owner"]),
        ("json:/title/x", []),
    ],
)
def test_what_a_json_selector_finds(selector: str, expected: list[str]) -> None:
    assert values(program("json", selector), raw(JSON, "json")) == expected


def test_an_object_is_made_of_each_member_of_an_array() -> None:
    text = """crosswalk: t
input: {format: json}
rules:
  - {id: title, from: json:/title, to: title}
  - id: people
    each: "json:/people/*"
    make: {name: {from: /name}, roles: {from: /role, do: [relator]}}
    to: agents[]
"""
    found = mapped(compiled(text), raw(JSON, "json"))
    assert [(agent.name.value, agent.roles) for agent in found.record.agents] == [
        ("Blake", ("art",)),
        ("Butts", ("own",)),
    ]
    assert found.rules["/agents/1/name/value"] == (("people", "json:/people/1"),)


def _of_parts(selector: str, format_: str) -> str:
    return f"""crosswalk: t
input: {{format: {format_}}}
rules:
  - {{id: title, const: T, to: title}}
  - id: persons
    each: "{selector}"
    do: [squeeze, split: [";"]]
    make: {{label: {{from: "."}}, kind: {{const: person}}}}
    to: subjects[]
"""


@pytest.mark.parametrize("watched", [False, True])
def test_each_text_that_do_gives_beside_each_makes_an_object(*, watched: bool) -> None:
    rules, record = compiled(_of_parts("col:人名", "table")), row({"人名": "Lu ; Mao;"})
    outcome = explain(rules, record, CONTEXT).outcome if watched else apply(rules, record, CONTEXT)
    assert isinstance(outcome, Mapped)
    subjects = outcome.units[0].record.subjects
    assert [(each.label.value, each.kind) for each in subjects] == [("Lu", "person"), ("Mao", "person")]
    assert outcome.units[0].rules["/subjects/1/label/value"] == (("persons", "col:人名"),)


def test_do_beside_an_each_that_reads_members_is_refused() -> None:
    text = _of_parts("json:/people/*", "json").replace('from: "."', "from: /name")
    assert ("type_mismatch", "persons") in [(fault.code, fault.rule) for fault in faults(text)]


def test_paths_that_no_rule_reads_are_told_once() -> None:
    unread = explain(program("json", "json:/list/*"), raw(JSON, "json"), CONTEXT).unread
    paths = ("title", "n", "big", "on", "a~1b/~0", "list/*/z", "people/*/role", "people/*/name")
    assert set(unread) == {f"json:/{path}" for path in paths}


def test_a_member_is_read_by_the_name_that_its_selector_escapes() -> None:
    assert "json:/a~1b/~0" not in explain(program("json", "json:/a~1b/~0"), raw(JSON, "json"), CONTEXT).unread


def test_a_list_is_not_read_by_a_selector_of_one_text() -> None:
    assert "json:/list/*" in explain(program("json", "json:/list"), raw(JSON, "json"), CONTEXT).unread


@pytest.mark.parametrize("payload", ["{", '{"cells": 1}', "[" * 100_000])
@pytest.mark.parametrize("format_", ["table", "json"])
def test_a_payload_that_is_no_row_and_no_json_is_rejected_by_name(format_: str, payload: str) -> None:
    if (format_, payload) == ("json", '{"cells": 1}'):
        return
    found = apply(program(format_, "row:sheet" if format_ == "table" else "json:/a"), raw(payload, format_), CONTEXT)
    assert isinstance(found, Rejected)
    assert found.issue.code == "json_broken"


@pytest.mark.parametrize("selector", ["col:", "row:number", "json:title", "json:/a/[b", "json:/*[=x]", "/a/"])
def test_a_selector_that_says_nothing_is_refused(selector: str) -> None:
    with pytest.raises(SelectorInvalid):
        parse_selector(selector, {})


@pytest.mark.parametrize(
    ("format_", "selector"),
    [("table", "json:/a"), ("json", "col:a"), ("oai_dc", "col:a"), ("marc21", "json:/a"), ("json", "/a")],
)
def test_a_selector_of_another_kind_of_payload_is_a_fault(format_: str, selector: str) -> None:
    text = f"crosswalk: t\ninput: {{format: {format_}}}\nrules:\n  - {{id: t, from: '{selector}', to: title}}\n"
    assert [fault.code for fault in faults(text)] == ["selector_invalid"]


def test_inside_of_each_only_paths_of_the_same_kind_are_read() -> None:
    text = "crosswalk: t\ninput: {format: oai_dc}\nrules:\n  - {id: t, from: dc:title, to: title}\n"
    text += "  - {id: a, each: dc:creator, make: {name: {from: /name}}, to: 'agents[]'}\n"
    assert [fault.code for fault in faults(text)] == ["selector_invalid"]


def test_a_crosswalk_says_what_identifies_a_row_and_a_child_takes_it_from_its_parent() -> None:
    text = """crosswalk: t
input: {format: table, key: [档号, [全宗号, 件号]], fill_down: 全宗号}
rules:
  - {id: title, from: "col:题名", to: title}
tests:
  - input: {inline: {题名: 请示, 页数: 12}}
    expect: {title.value: 请示}
"""
    assert check_text(text, file="t.yaml") == ()
    written = compiled(text).crosswalk
    assert (written.key, written.fill_down) == ((("档号",), ("全宗号", "件号")), ("全宗号",))


def test_a_table_of_column_names_that_is_not_there_is_a_fault_at_the_input() -> None:
    text = "crosswalk: t\ninput: {format: table, columns: nothing@1}\nrules:\n  - {id: t, from: 'col:a', to: title}\n"
    assert [(fault.code, fault.line) for fault in faults(text)] == [("table_missing", 2)]


@given(st.text(max_size=40))
def test_any_selector_is_read_or_refused_by_name(text: str) -> None:
    for prefix in ("json:", "json:/", "col:", "/"):
        with suppress(SelectorInvalid):
            assert parse_selector(prefix + text, {})


@given(st.recursive(st.none() | st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=12))  # fmt: skip
def test_any_json_is_read(value: object) -> None:
    rules = program("json", "json:/*/*")
    record = raw(msgspec.json.encode(value).decode(), "json")
    assert rules.walk.unread(read_payload(record, rules.format, [])) is not None
    apply(rules, record, CONTEXT)
