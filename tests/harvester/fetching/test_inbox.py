"""Which file of a folder is taken next."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.fetching.inbox import SETTLED_SECONDS, Lying, next_file, whole_files
from harvester.fetching.pieces import Memory

#: far behind the time at which any file of a test is made
NOW = 4_000_000_000.0


def names(folder: Path, now: float = NOW) -> list[str]:
    return [file.name for file in whole_files(folder, now)]


def put(folder: Path, name: str, *, age: float) -> None:
    (folder / name).write_text("x", encoding="utf-8")
    os.utime(folder / name, (NOW - age, NOW - age))


def lying(name: str, folder: Path) -> Lying:
    put(folder, name, age=1_000)
    (folder / f"{name}.done").touch()
    return next(file for file in whole_files(folder, NOW) if file.name == name)


def test_a_file_is_whole_once_nobody_touched_it_for_a_minute_or_its_mark_lies_there(tmp_path: Path) -> None:
    put(tmp_path, "old.xml", age=SETTLED_SECONDS + 1)
    put(tmp_path, "marked.xml", age=0)
    (tmp_path / "marked.xml.done").touch()
    put(tmp_path, "growing.xml", age=0)
    assert names(tmp_path) == ["marked.xml", "old.xml"]
    assert names(tmp_path, NOW + SETTLED_SECONDS) == ["growing.xml", "marked.xml", "old.xml"]


def test_what_a_program_still_writes_or_hides_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in (".hidden.xml", "a.xml.part", "b.tmp", "c.filepart", "Thumbs.db", "readme.txt"):
        put(tmp_path, name, age=1_000)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "is_full"),
    [
        ("catalogue.xml", True),
        ("full-20261126.mrc", True),
        ("delta_2026-11-26.xml", False),
        ("updates.2026-11-26.zip", False),
        ("目录增量20261126.xlsx", False),
        ("address-book.csv", True),
        ("additions-2026.csv", False),
    ],
)
def test_a_name_says_whether_a_file_is_the_whole_feed(tmp_path: Path, name: str, is_full: bool) -> None:
    assert lying(name, tmp_path).is_full is is_full


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("x-2026-11-26.xml", "20261126999999"),
        ("x20261126T0915.xml", "20261126091599"),
        ("x.2026_11_26.gz", "20261126999999"),
    ],
)
def test_a_date_in_the_name_outranks_the_last_change(tmp_path: Path, name: str, date: str) -> None:
    assert lying(name, tmp_path).date == date


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 28)), max_size=12))
def test_files_are_taken_once_each_in_order_behind_the_newest_full_one(files: list[tuple[bool, int]]) -> None:
    there = [
        Lying(name=f"{number}", date=f"202601{day:02}000000", size=1, is_full=is_full, mark=f"{number}")
        for number, (is_full, day) in enumerate(files)
    ]
    memory, taken = Memory(), []
    while (found := next_file(there, memory)) is not None:
        taken.append(found)
        newest = f"{found.date} {found.name}" if found.is_full else memory.newest_full
        memory = Memory(taken=(found.mark, *memory.taken), newest_full=newest)
    order = [(file.date, file.name) for file in taken]
    assert order == sorted(set(order))
    assert sum(file.is_full for file in taken) == any(is_full for is_full, _ in files)
    last_full = max(((file.date, file.name) for file in there if file.is_full), default=("", ""))
    later = [(file.date, file.name) for file in there if not file.is_full and (file.date, file.name) > last_full]
    assert [each for each in order if each != last_full] == sorted(later)
