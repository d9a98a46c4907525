"""Where the records above others are found while rules are tried: in the store, or among what is brought along."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

import sqlalchemy as sa

from federation.pipeline.former_names import present_name
from federation.storage import raw_records, withheld
from mappings.schema.raw import RawRecord

#: opens a connection that reads
Reading = Callable[[], AbstractContextManager[sa.Connection]]


class ParentSource(Protocol):
    """Raw records by the names that those below them call them by."""

    def named(self, feed: str, native_id: str) -> str:
        """The present native identifier of a record that is called so."""

    def raw(self, feed: str, native_id: str) -> RawRecord | None:
        """The record; None where there is none, or a person withholds it."""

    def withholds(self, feed: str, native_id: str) -> bool:
        """Whether a person withholds the record."""


class StoredParents:
    """What is stored."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def named(self, feed: str, native_id: str) -> str:
        """As it is called since its last rekey or its repository's last change of names."""
        with self._reading() as connection:
            return present_name(connection, feed, native_id)

    def raw(self, feed: str, native_id: str) -> RawRecord | None:
        """As it is stored now."""
        with self._reading() as connection:
            if withheld.among(connection, [(feed, native_id)]):
                return None
            stored = raw_records.get(connection, feed, native_id)
        return stored.raw if stored is not None else None

    def withholds(self, feed: str, native_id: str) -> bool:
        """Whether a person withholds the record now."""
        with self._reading() as connection:
            return bool(withheld.among(connection, [(feed, native_id)]))


class BroughtParents:
    """What is brought along to be tried; what is not among it may be found `behind` it."""

    def __init__(self, records: Iterable[RawRecord], behind: ParentSource | None = None) -> None:
        self._records = {raw.identifier: raw for raw in records}
        self._behind = behind

    def named(self, feed: str, native_id: str) -> str:
        """The name that was asked for, where it is among what was brought."""
        if native_id in self._records or self._behind is None:
            return native_id
        return self._behind.named(feed, native_id)

    def raw(self, feed: str, native_id: str) -> RawRecord | None:
        """The record that was brought goes before the one that is stored, unless a person withholds it."""
        if self._behind is None:
            return self._records.get(native_id)
        if native_id not in self._records:
            return self._behind.raw(feed, native_id)
        return None if self.withholds(feed, native_id) else self._records[native_id]

    def withholds(self, feed: str, native_id: str) -> bool:
        """Whether a person withholds the stored record of that name; nobody does where nothing is stored behind."""
        return self._behind is not None and self._behind.withholds(feed, native_id)
