"""Marks of the records that a list names: found by halving or by reading, whatever a stop left behind them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from federation.pipeline import list_names
from federation.pipeline.list_names import (
    REDUCED,
    UNSEEN,
    WHOLE,
    WITHOUT_CONTENT,
    lost,
    marks,
    names_any,
    packed,
    put_in_order,
    shown,
)
from mappings.schema.access import PUBLIC, Access
from mappings.schema.unified import Member

_LEVELS = (Access(line="reduced"), Access(status="closed"), Access(status="open"))


def member(record: str, access: Access) -> Member:
    return Member(
        record=record,
        feed="f",
        institution="a",
        institution_name="A",
        native_id=record,
        level="item",
        title=record,
        access=access,
    )


def marked(folder: Path, *members: Member) -> Path:
    path = folder / "names"
    path.write_bytes(packed(marks(members, PUBLIC)))
    return path


@pytest.mark.parametrize(
    ("access", "own", "level"),
    [*((each, False, level) for level, each in enumerate(_LEVELS, REDUCED)), (Access(line="hidden"), True, WHOLE)],
)
def test_how_much_of_a_record_is_shown(access: Access, own: bool, level: int) -> None:
    assert shown(access, own=own) == level


@pytest.mark.parametrize("written", range(REDUCED, WHOLE + 1))
@pytest.mark.parametrize("now", [UNSEEN, REDUCED, WITHOUT_CONTENT, WHOLE])
def test_a_record_is_lost_to_a_file_where_less_of_it_is_shown_now(tmp_path: Path, written: int, now: int) -> None:
    path = marked(tmp_path, member("m-1", _LEVELS[written - 1]), member("m-2", _LEVELS[2]))
    assert names_any(path, set(lost("m-1", now)), in_order=False) is (now < written)
    assert not names_any(path, set(lost("m-3", UNSEEN)), in_order=False)


def test_marks_in_order_are_found_as_those_that_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_names, "RUN", 70)
    path = marked(tmp_path, *(member(f"m-{number}", _LEVELS[2]) for number in range(200)))
    before = path.read_bytes()
    put_in_order(path)
    assert (path.read_bytes() != before, sorted(path.read_bytes())) == (True, sorted(before))
    for number in range(0, 230, 3):
        (mark,) = lost(f"m-{number}", WITHOUT_CONTENT)
        assert names_any(path, {mark}, in_order=True) is (number < 200)
    many = {mark for number in range(200, 300) for mark in lost(f"m-{number}", UNSEEN)}
    assert not names_any(path, many, in_order=True)
    assert names_any(path, many | set(lost("m-150", UNSEEN)), in_order=True)


def test_half_a_mark_that_a_stop_left_is_passed_over(tmp_path: Path) -> None:
    path = marked(tmp_path, member("m-1", _LEVELS[2]))
    with path.open("ab") as file:
        file.write(b"half")
    assert names_any(path, set(lost("m-1", UNSEEN)), in_order=False)
    assert not names_any(path, set(lost("m-2", UNSEEN)), in_order=False)


def test_marks_in_order_are_on_the_disk_under_their_name_before_anything_rests_on_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = marked(tmp_path, *(member(f"m-{number}", _LEVELS[2]) for number in range(9)))
    settled: list[tuple[int, int]] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        settled.append((os.fstat(descriptor).st_ino, path.stat().st_ino))
        fsync(descriptor)

    before = path.stat().st_ino
    monkeypatch.setattr(os, "fsync", noted)
    put_in_order(path)
    now = path.stat().st_ino
    assert settled == [(now, before), (tmp_path.stat().st_ino, now)]
