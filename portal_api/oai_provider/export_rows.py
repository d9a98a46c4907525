"""The exchange's own repository: published clusters, as the export stage wrote them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from federation.storage import exports
from federation.storage.engine import Store
from federation.storage.exports import Listed, Stretch
from portal_api.oai_provider import envelope
from portal_api.oai_provider.formats import OAI_DC, Format
from portal_api.oai_provider.repositories import Row, Shape, View, Window

_SECOND = timedelta(seconds=1)


class ExportRepository:
    """`/oai`: merged records, for everyone."""

    formats: tuple[Format, ...] = (OAI_DC,)

    def __init__(self, store: Store, authority: str) -> None:
        self._store = store
        self._prefix = f"oai:{authority}:"

    @contextmanager
    def view(self) -> Iterator[View]:
        """This moment: everything that was stamped before this second."""
        now = exports.horizon(self._store)
        with self._store.reading() as connection:
            yield ExportView(connection, now, self._prefix)


class ExportView:
    """One moment of the export rows (`repositories.View`)."""

    def __init__(self, connection: sa.Connection, now: str, prefix: str) -> None:
        self._connection = connection
        self._prefix = envelope.text(prefix)
        self._plain_prefix = prefix
        self.response_date = now

    def earliest(self) -> str:
        """The datestamp of the first item ever given out."""
        return exports.earliest(self._connection)

    def rows(self, shape: Shape, window: Window, after: int, limit: int) -> Sequence[Row]:
        """A page of the list."""
        read = exports.headers if shape == "headers" else exports.rows
        found = read(self._connection, self._stretch(window), after=after, limit=limit)
        element = self._header if shape == "headers" else self._record
        return [Row(row.seq, element(row)) for row in found]

    def newest(self, shape: Shape, window: Window) -> Row | None:
        """The last row of the list."""
        row = exports.newest(self._connection, self._stretch(window))
        if row is None:
            return None
        return Row(row.seq, self._header(row) if shape == "headers" else self._record(row))

    def count(self, window: Window) -> int:
        """How many rows the list holds."""
        return exports.count(self._connection, self._stretch(window))

    def record(self, identifier: str, prefix: str) -> str | None:
        """The `<record>` of an item in a format."""
        row = self._formats(identifier).get(prefix)
        return None if row is None else self._record(row)

    def prefixes_of(self, identifier: str) -> tuple[str, ...]:
        """The formats in which an item stands."""
        return tuple(self._formats(identifier))

    def _formats(self, identifier: str) -> dict[str, Listed]:
        if not identifier.startswith(self._plain_prefix):
            return {}
        item = identifier.removeprefix(self._plain_prefix)
        return exports.formats_of(self._connection, item, self.response_date)

    def _stretch(self, window: Window) -> Stretch:
        """`until` is inclusive, the stretch's end is not."""
        before = self.response_date
        if window.until and window.until < before:
            before = exports.second(datetime.fromisoformat(window.until) + _SECOND)
        return Stretch(format=window.prefix, since=window.since, before=before)

    def _header(self, row: Listed) -> str:
        status = ' status="deleted"' if row.deleted else ""
        return (
            f"<header{status}><identifier>{self._prefix}{row.item}</identifier>"
            f"<datestamp>{row.datestamp}</datestamp></header>"
        )

    def _record(self, row: Listed) -> str:
        return envelope.record(self._header(row), row.body)
