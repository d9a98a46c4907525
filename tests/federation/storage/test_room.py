"""A folder that takes nothing is named with its cause; whatever tells of something else stays what it is."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from federation.errors import StorageFull
from federation.storage.room import told_of


def system(number: int, name: Path | None = None) -> OSError:
    return OSError(number, os.strerror(number), *([str(name)] if name else []))


@pytest.mark.parametrize(
    ("number", "cause"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "it can only be read"), (errno.EFBIG, "larger than the system")],
)
@pytest.mark.parametrize("grouped", [False, True])
def test_the_folder_and_the_cause_are_named(tmp_path: Path, number: int, cause: str, grouped: bool) -> None:
    met = system(number, tmp_path / "exchange.lock")
    with pytest.raises(StorageFull, match=cause) as told, told_of(tmp_path):
        raise ExceptionGroup("two", [ValueError("x"), met]) if grouped else met
    assert str(tmp_path) in str(told.value)


def test_a_full_database_says_so(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE line (text)")
        connection.exec_driver_sql("PRAGMA max_page_count=2")
        with pytest.raises(StorageFull, match="the disk is full"), told_of(tmp_path):
            connection.exec_driver_sql("INSERT INTO line VALUES (zeroblob(100000))")
    engine.dispose()


def test_a_database_that_can_only_be_read_says_so(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "x.db").close()
    connection = sqlite3.connect(f"file:{tmp_path / 'x.db'}?mode=ro", uri=True)
    with pytest.raises(StorageFull, match="it can only be read"), told_of(tmp_path):
        connection.execute("CREATE TABLE line (text)")
    connection.close()


@pytest.mark.parametrize("error", [system(errno.ENOENT), system(errno.EACCES), ValueError("no"), ConnectionError()])
def test_what_tells_of_something_else_is_not_changed(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)) as kept, told_of(tmp_path):
        raise error
    assert kept.value is error
    with pytest.raises(PermissionError), told_of(tmp_path / "here"):
        raise system(errno.EACCES, tmp_path / "elsewhere" / "file")
