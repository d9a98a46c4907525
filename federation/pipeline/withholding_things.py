"""A takedown by whatever name a person has in hand: a thing's identifier or address stands for all of its records.

Pages, search and lists show the identifier of a thing; only its records can be withheld (`withholding`). What cannot be
is told beside what was, so that nobody takes a thing for gone that is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.pipeline import withholding
from federation.storage import aliases, catalogue_records, withheld
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.linkage import clusters
from federation.storage.transactions import Transaction
from federation.storage.withheld import Withheld
from mappings.schema.access import PUBLIC
from mappings.schema.ids import ALPHABET

_NAME = re.compile(rf"(?<![^\W_])(?:{clusters.PREFIX})?r[{ALPHABET}]{{26}}(?![^\W_])")

#: whether the caller may act for this feed
May = Callable[[StoredFeed], bool]


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the thing that stays as it was."""

    record: str
    #: `part_of_record`, or `not_yours`
    reason: str
    message: str


class Acted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the records that a name stands for."""

    done: tuple[Withheld, ...]
    #: what stays public of them
    left: tuple[Left, ...] = ()


def name_in(typed: str) -> str:
    """The identifier of a record or a thing in what a person typed or copied, such as the address of its page."""
    path = re.split(r"[?#]", typed.strip())[0]
    found = _NAME.findall(path)
    return found[-1] if found else typed.strip()


def withhold(tx: Transaction, typed: str, reason: str, may: May) -> Acted:
    """Withholds the record, or every record of the thing, of which the caller may.

    raises  RequestRefused as `withholding.withhold` does, where that is so of every record
    """
    done, left, refused = [], [], []
    for record in _standing(tx.connection, name_in(typed)):
        try:
            _permit(tx, record, may)
            done.append(withholding.withhold(tx, record, reason))
        except RequestRefused as error:
            refused.append(error)
            left += _left(tx.connection, record, error)
    if not done:
        raise _first(refused)
    return Acted(done=tuple(done), left=tuple(left))


def release(tx: Transaction, store: Store, typed: str, may: May) -> Acted:
    """Releases the record, or every record of the thing that is withheld and of which the caller may.

    raises  RequestRefused as `withholding.release` does, where that is so of every record
    """
    done, refused = [], []
    for record in _kept_out(tx.connection, name_in(typed)):
        try:
            _permit(tx, record, may)
            done.append(withholding.release(tx, store, record))
        except RequestRefused as error:
            refused.append(error)
    if not done:
        raise _first(refused)
    return Acted(done=tuple(done))


def _permit(tx: Transaction, record: str, may: May) -> None:
    if not may(withholding.feed_of(tx, record)):
        raise RequestRefused("not_yours", f"{record} is of a feed that others administer")


def _first(refused: Sequence[RequestRefused]) -> RequestRefused:
    """What tells most; a record of others is as one that is not there."""
    told = [error for error in refused if error.reason != "not_yours"]
    return told[0] if told else RequestRefused("no_such_record", "there is no record of this name")


def _left(connection: sa.Connection, record: str, error: RequestRefused) -> list[Left]:
    """The record where it stays public; of one that is not, nobody else is told."""
    row = catalogue_records.get(connection, record)
    if error.reason not in ("part_of_record", "not_yours") or row is None or not row.alive or row.audience != PUBLIC:
        return []
    return [Left(record=record, reason=error.reason, message=str(error))]


def _standing(connection: sa.Connection, name: str) -> list[str]:
    """The records that a name stands for now; itself where that is a record's, or nothing is known of it."""
    if not name.startswith(clusters.PREFIX):
        return [_as_called_now(connection, name)]
    now, pivot = _thing_now(connection, name), name.removeprefix(clusters.PREFIX)
    known = catalogue_records.get(connection, pivot) is not None
    return clusters.members(connection, [now]).get(now) or [pivot if known else name]


def _kept_out(connection: sa.Connection, name: str) -> list[str]:
    """The records withheld under a name: together with the one that it is made of, or still standing there."""
    if not name.startswith(clusters.PREFIX):
        return [_as_called_now(connection, name)]
    now = _thing_now(connection, name)
    pivots = [each.removeprefix(clusters.PREFIX) for each in dict.fromkeys((name, now))]
    first = [row for each in pivots if (row := withheld.get(connection, each)) is not None]
    together = [row.record_id for each in first for row in withheld.of_one_act(connection, each)]
    standing = [each for each in _standing(connection, name) if withheld.get(connection, each) is not None]
    return list(dict.fromkeys([*together, *standing])) or pivots[:1]


def _as_called_now(connection: sa.Connection, record: str) -> str:
    if catalogue_records.get(connection, record) is not None or withheld.get(connection, record) is not None:
        return record
    return aliases.renamed(connection, record) or record


def _thing_now(connection: sa.Connection, name: str) -> str:
    """The name under which the thing stands, whoever may know of it."""
    pivot = catalogue_records.get(connection, name.removeprefix(clusters.PREFIX))
    match clusters.resolve_name(connection, name, pivot.audience if pivot else PUBLIC):
        case clusters.Moved(to=to):
            return to
        case _:
            return name
