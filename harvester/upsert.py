"""Which version of a record is its present one."""

from __future__ import annotations

from typing import Literal

from mappings.schema.raw import RawRecord

Word = Literal["new", "changed", "unchanged", "deleted", "older"]


def decide(
    held_datestamp: str | None,
    held_deleted: bool,
    held_content: str | None,
    held_run: int | None,
    arrived: RawRecord,
    content: str,
    run: int,
) -> Word:
    """What `arrived` is to the version held; `None`s where nothing is held.

    Within a run the newest datestamp wins, the live one on a tie, then the later. Between runs the repository's
    present word counts, an older datestamp included.
    """
    if held_datestamp is None:
        return "deleted" if arrived.deleted else "new"
    if held_run == run and _is_older(held_datestamp, held_deleted, arrived):
        return "older"
    if held_deleted == arrived.deleted and held_content == content:
        return "unchanged"
    return "deleted" if arrived.deleted else "changed"


def _is_older(held_datestamp: str, held_deleted: bool, arrived: RawRecord) -> bool:
    if arrived.datestamp == held_datestamp:
        return arrived.deleted and not held_deleted
    return arrived.datestamp < held_datestamp
