"""The administrators' guide has every verb of mapping rules with its three doors, and each of these is really there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_api.http.doors import Door
from portal_api.http.routes import ROUTES
from tests.docs.test_guides import COMMANDS, missing

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "administrators.md"
HEADING = "### Every verb and its doors"
#: the verbs of the mapping chapter, 5, as words of the table
VERBS = (
    *("states", "history", "dry run", "gates", "confirm", "approve", "canary", "activate", "roll back", "rekey", "pin"),
    *("CSV, XLSX, SSSOM", "rise of a base", "find in stored records", "quality score", "explain", "coverage"),
    *("compare", "apply", "check", "preview", "add a value", "copy from a feed", "make a rule"),
)
#: parts of an address that are named in capitals in the guide
_NAMED = re.compile(r"{\w+(?::[^}]*)?}")
_MAPPING = re.compile(r"/api/v1/(crosswalks|tables|bases)\b|/api/v1/feeds/{key}/(find|misses|coverage|explain|{list)")
_PAGES = re.compile(r"/admin/(crosswalks|tables|bases)\b")


def rows() -> list[list[str]]:
    """The cells of the table without its heading."""
    part = GUIDE.read_text(encoding="utf-8").split(HEADING)[1].split("\n#")[0]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return lines[2:]


def coded(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def opened(cell: str) -> Iterator[Door]:
    """The doors that a cell names."""
    for code in coded(cell):
        method, _, path = code.rpartition(" ")
        found = [each for each in ROUTES if each.method == (method or "GET") and matches(each.path, path)]
        assert found, code
        # the one with the most literal parts is the one that answers
        yield min(found, key=lambda each: len(_NAMED.findall(each.path)))


def matches(pattern: str, path: str) -> bool:
    parts = _NAMED.split(pattern)
    named = [name.strip("{}").partition(":")[2] or "[^/]+?" for name in _NAMED.findall(pattern)]
    expression = "".join(re.escape(part) + f"({name})" for part, name in zip(parts, [*named, ""], strict=True))
    return re.fullmatch(expression, path) is not None


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_each_verb_has_a_door_for_programs_a_command_and_a_page(row: list[str]) -> None:
    _, programs, command, page = row
    assert all(each.path.startswith("/api/v1/") for each in opened(programs))
    assert [missing(each) for each in coded(command)] == [""] * len(coded(command))
    assert list(opened(page))
    assert coded(programs)
    assert coded(command)


def test_no_verb_of_the_chapter_is_left_out() -> None:
    said = " ".join(row[0] for row in rows()) + " ".join(code for row in rows() for code in coded(row[2]))
    assert [verb for verb in VERBS if verb not in said] == []


def test_every_door_of_the_mapping_rules_is_in_the_table() -> None:
    programs = {each.path for row in rows() for each in opened(row[1])}
    pages = {each.path for row in rows() for each in opened(row[3])}
    known = {each.path for each in ROUTES}
    assert {path for path in known if _MAPPING.match(path)} - programs == set()
    assert {path for path in known if _PAGES.match(path)} - pages == set()


def test_every_command_of_the_mapping_rules_is_in_the_table() -> None:
    named = {code for row in rows() for code in coded(row[2])}
    groups = {"crosswalk": COMMANDS.commands["crosswalk"], "table": COMMANDS.commands["table"]}
    groups["crosswalk base"] = groups["crosswalk"].commands["base"]
    there = {f"{group} {verb}" for group, commands in groups.items() for verb in commands.commands if verb != "base"}
    assert there - named == set()
