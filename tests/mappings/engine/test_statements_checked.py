"""Statements of access, each read by hand: what they say is frozen, and none opens by ignorance.

`tests/samples/access/statements.jsonl` holds every statement that differs in the finding aids and the MARC records of
the sample data (their README names sources and licences), and such as archives in English and Chinese use besides.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from mappings.engine.access_statements import phrase_table, read_statement
from mappings.schema.access import AccessStatement, settle

CHECKED = Path(__file__).parents[2] / "samples" / "access" / "statements.jsonl"
#: statements that open nothing, whatever words they have: negated, conditional, of a part, of the past or the future
NOT_OPEN = (CHECKED.parent / "not_open.txt").read_text(encoding="utf-8").splitlines()
LINES = [json.loads(line) for line in CHECKED.read_text(encoding="utf-8").splitlines()]


def said(text: str) -> dict[str, object]:
    read = read_statement(text, phrase_table())
    if read is None:
        return {"unread": True}
    return {name: value for name, value in json.loads(msgspec.json.encode(read)).items() if value}


@pytest.mark.parametrize("line", LINES, ids=[str(number) for number in range(len(LINES))])
def test_a_checked_statement_says_what_it_said(line: dict[str, object]) -> None:
    assert {name: value for name, value in said(str(line["text"])).items() if name != "conditions_of_access"} == line[
        "says"
    ]


def level(text: str) -> str:
    """The status that a root unit with this statement alone has."""
    return settle(read_statement(text, phrase_table()) or AccessStatement(unread=True)).status


def test_hundreds_of_statements_come_to_the_level_that_a_person_gave_them() -> None:
    judged = {str(line["text"]): line["level"] for line in LINES}
    assert len(judged) >= 240
    assert {text: level(text) for text in judged} == judged


def test_hundreds_of_statements_that_nearly_open_do_not() -> None:
    assert len(NOT_OPEN) >= 300
    assert [text for text in NOT_OPEN if level(text) == "open"] == []


def test_a_statement_that_was_not_understood_to_its_end_is_not_open() -> None:
    unread = [line for line in LINES if line["says"].get("unread")]
    assert len(unread) >= 40
    assert "open" not in {line["level"] for line in unread}


def test_what_closes_seals_or_restricts_is_never_read_as_open() -> None:
    closing = [str(line["text"]) for line in LINES if " sealed " in line["text"] or " closed " in line["text"]]
    assert closing
    for text in closing:
        read = read_statement(text, phrase_table())
        assert read is not None
        assert settle(read).status == "closed"
