"""A stored record as a test: it passes now, and fails where a rule makes something else of the record."""

from __future__ import annotations

import pytest

from mappings.engine.editing import with_test
from mappings.engine.library import check_text, compiled
from mappings.engine.pinning import NotPinned, PinnedTest, pinned
from mappings.errors import Fault
from mappings.schema.raw import RawRecord
from tests.mappings.engine.crosswalks import CONTEXT, record

ROWS = '{"cells":{"档号":"A-1","题名":"请示","责任者":"甲","日期":"2003","开放状态":"控制"}}'
MARC = (
    '<record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">7</controlfield>'
    '<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Letters /</subfield></datafield></record>'
)


def raw(payload: str, format_: str) -> RawRecord:
    return RawRecord(
        feed="feed", identifier="x", datestamp="2020-01-01", payload_sha256="", payload=payload, format=format_
    )


def dc(inner: str) -> RawRecord:
    return record(f"<dc:title>Letters</dc:title>{inner}")


def child(base: str, rules: str = "[]") -> str:
    return f"crosswalk: own\n# a word\nextends: {base}@1\nrules: {rules}\n"


def faults(text: str, test: PinnedTest) -> list[Fault]:
    return list(check_text(with_test(text, "n", test.inline, test.expect), file="own"))


@pytest.mark.parametrize(
    ("base", "given"),
    [
        ("base/oai_dc", dc("<dc:rights>Closed until 2040</dc:rights><dc:creator>Dahl, Brita &amp; Co</dc:creator>")),
        ("base/dat22", raw(ROWS, "table")),
        ("base/json", raw('{"id": 7, "title": "Bowl", "tags": ["a \\"b\\""]}', "json")),
        ("base/marc21", raw(f"<record><metadata>{MARC}</metadata></record>", "marc21")),
    ],
)
def test_a_pinned_record_is_a_test_that_passes(base: str, given: RawRecord) -> None:
    test = pinned(compiled(base), given, CONTEXT)
    assert "title.value" in test.expect
    assert faults(child(base), test) == []


def test_a_rule_that_makes_something_else_of_it_fails_the_test() -> None:
    test = pinned(compiled("base/oai_dc"), dc("<dc:rights>Closed until 2040</dc:rights>"), CONTEXT)
    assert (test.expect["access.status"], test.expect["access.until"]) == ("closed", "2040")
    changed = child("base/oai_dc", "\n  - {id: title, const: Other, to: title}")
    assert {fault.code for fault in faults(changed, test)} == {"test_failed"}


def test_what_the_feed_says_is_no_part_of_the_test() -> None:
    test = pinned(compiled("base/oai_dc"), dc(""), CONTEXT)
    assert not any("City Archive" in str(value) or "oai:x:1" in str(value) for value in test.expect.values())


@pytest.mark.parametrize(
    "text",
    [
        child("base/oai_dc"),
        child("base/oai_dc") + "tests: []\n",
        child("base/oai_dc") + "tests:\n  # first\n  - {input: {inline: ''}, expect: {title.value: Test}}\n",
        child("base/oai_dc") + "tests:\n- {input: {inline: ''}, expect: {title.value: Test}}",
        child("base/oai_dc") + "tests: [{input: {inline: ''}, expect: {title.value: Test}}]\n",
        child("base/oai_dc").replace("\n", "\r\n"),
    ],
)
def test_it_is_written_beside_the_others_and_comments_stay(text: str) -> None:
    test = pinned(compiled("base/oai_dc"), dc(""), CONTEXT)
    written = with_test(text, "n", test.inline, test.expect)
    assert "# a word" in written
    assert check_text(written, file="own") == ()
    assert len(compiled(written).crosswalk.tests) == len(compiled(text).crosswalk.tests) + 1
    assert ("# first" in written) == ("# first" in text)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (record("", payload="<record/>"), "not_mapped"),
        (dc(f"<dc:description>{'long ' * 4_000}</dc:description>"), "too_large"),
    ],
)
def test_what_cannot_be_a_test_is_refused(given: RawRecord, reason: str) -> None:
    with pytest.raises(NotPinned) as caught:
        pinned(compiled("base/oai_dc"), given, CONTEXT)
    assert caught.value.reason == reason
