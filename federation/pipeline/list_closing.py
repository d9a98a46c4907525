"""What is withheld, hidden or deleted ends the files that name it; the others are given as before (decision 0030).

Read from the records as they change, in the order of commits, before each step of a list: a file that was begun before
something was closed is found by what it named by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from federation.linkage.member_records import own_audience
from federation.pipeline.list_names import UNSEEN, WHOLE, lost, names_any, shown
from federation.storage import catalogue_records, closed_records, cursors, list_files
from federation.storage.closed_records import Closed
from federation.storage.engine import Store
from federation.storage.list_files import ListFile

CURSOR = "list"
#: file of a list's marks
NAMES = "names"
#: changed records of one reading
BATCH = 10_000


def behind(connection: sa.Connection) -> bool:
    """Whether records changed since files that may name them were looked through."""
    return catalogue_records.last_changed(connection) > cursors.get(connection, CURSOR) and bool(
        list_files.with_names(connection)
    )


def look_through(store: Store, folder: Path) -> None:
    """Ends every file that names what its reader may see no more, or not as much of."""
    while _step(store, folder):
        pass


def _step(store: Store, folder: Path) -> bool:
    """One reading of changed records; whether there may be more."""
    with store.reading() as connection:
        after, last = cursors.get(connection, CURSOR), catalogue_records.last_changed(connection)
        made = list_files.with_names(connection)
        closed, reached = _closed(connection, after, last) if made else ([], last)
    named = [each for each in made if _names(folder, each, closed)]
    others = [each for each in made if each not in named] if reached >= last else []
    if reached > after or any(each.state == "checking" for each in others):
        with store.transaction() as tx:
            list_files.looked_through(tx, named, others)
            cursors.advance(tx, CURSOR, reached)
    return reached < last


def _closed(connection: sa.Connection, after: int, last: int) -> tuple[Sequence[Closed], int]:
    if last <= after:
        return (), last
    return closed_records.closed_since(connection, after, last, BATCH)


def _names(folder: Path, made: ListFile, closed: Sequence[Closed]) -> bool:
    """Whether a list names one of these records, as more than it is shown to its reader now."""
    audience = own_audience(made.acting_for)
    # also of other institutions than the list counts: a record may have changed its own since
    sought = {mark for each in closed for mark in lost(each.id, _seen_now(each, audience))}
    try:
        return bool(sought) and names_any(folder / made.id / NAMES, sought, in_order=made.state != "running")
    except FileNotFoundError:
        # which records it names cannot be known
        return any(made.may_name(each.institution) for each in closed if _is_less(each, audience))


def _is_less(record: Closed, audience: str) -> bool:
    """Whether not all of a record is shown now."""
    return _seen_now(record, audience) < WHOLE


def _seen_now(record: Closed, audience: str) -> int:
    own = audience == own_audience(record.institution)
    if not record.alive or (record.access.line == "hidden" and not own):
        return UNSEEN
    return shown(record.access, own=own)
