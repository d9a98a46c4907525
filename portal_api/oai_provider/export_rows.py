"""The exchange's own repository: published clusters, as the export stage offers them.

A body that is not stored is made when it is asked for, and so is every body while the export stage has changes to take
in. Where that is no longer possible the row is shown as deleted, its header alone too: the stage is about to stamp it
so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

import msgspec
import sqlalchemy as sa

from federation.pipeline import disseminating
from federation.pipeline.disseminating import Made
from federation.pipeline.export_settings import ExportSettings
from federation.storage import export_lag, export_lists, exports
from federation.storage.engine import Store
from federation.storage.export_lists import Listed, Stretch
from portal_api.oai_provider import envelope
from portal_api.oai_provider.formats import WRITTEN, Format
from portal_api.oai_provider.repositories import Row, Shape, View, Window
from portal_api.oai_provider.set_rows import WithSets


class ExportRepository:
    """`/oai`: merged records, for everyone."""

    formats: tuple[Format, ...] = tuple(WRITTEN.values())

    def __init__(self, store: Store, settings: ExportSettings) -> None:
        self._store = store
        self._settings = settings

    @contextmanager
    def view(self) -> Iterator[View]:
        """This moment: everything that was stamped before this second."""
        now = exports.horizon(self._store)
        with self._store.reading() as connection:
            yield ExportView(connection, now, self._settings)


class ExportView(WithSets):
    """One moment of the export rows (`repositories.View`)."""

    def __init__(self, connection: sa.Connection, now: str, settings: ExportSettings) -> None:
        self._connection, self._list = connection, exports.LIST
        self._settings = settings
        self._plain_prefix = f"oai:{settings.authority}:"
        self._prefix = envelope.text(self._plain_prefix)
        self.response_date = now

    @cached_property
    def _is_behind(self) -> bool:
        """Whether something changed that the stored bodies do not know of."""
        return export_lag.is_behind(self._connection)

    def earliest(self) -> str:
        """The datestamp of the first item ever given out."""
        return export_lists.earliest(self._connection)

    def rows(self, shape: Shape, window: Window, after: int, limit: int) -> Sequence[Row]:
        """A page of the list."""
        read = export_lists.headers if shape == "headers" else export_lists.rows
        found = read(self._connection, self._stretch(window), after=after, limit=limit)
        return self._elements(shape, window.prefix, found)

    def newest(self, shape: Shape, window: Window) -> Row | None:
        """The last row of the list."""
        found = export_lists.newest(self._connection, self._stretch(window))
        return self._elements(shape, window.prefix, [found])[0] if found else None

    def _elements(self, shape: Shape, prefix: str, found: Sequence[Listed]) -> list[Row]:
        if shape == "headers":
            shown = self._whole(prefix, found) if self._is_behind else found
            return [Row(row.seq, self._header(row)) for row in shown]
        return [Row(row.seq, self._record(row)) for row in self._whole(prefix, found)]

    def _whole(self, prefix: str, found: Sequence[Listed]) -> Sequence[Listed]:
        """Rows with their bodies, those that are not stored made now."""
        is_behind = self._is_behind
        wanted = {row.item for row in found if not row.deleted and (is_behind or not row.body)}
        if not wanted:
            return found
        made = disseminating.made(self._connection, sorted(wanted), prefix, self._settings)
        return [_made(row, made.get(row.item)) if row.item in wanted else row for row in found]

    def count(self, window: Window) -> int:
        """How many rows the list holds."""
        return export_lists.count(self._connection, self._stretch(window))

    def record(self, identifier: str, prefix: str) -> str | None:
        """The `<record>` of an item in a format."""
        row = self._formats(identifier).get(prefix)
        return None if row is None else self._record(self._whole(prefix, [row])[0])

    def row(self, item: str, prefix: str) -> Listed | None:
        """An item in a format, with its body as it may be given now; a tombstone has none."""
        row = export_lists.formats_of(self._connection, item, self.response_date).get(prefix)
        return None if row is None else self._whole(prefix, [row])[0]

    def prefixes_of(self, identifier: str) -> tuple[str, ...]:
        """The formats in which an item stands."""
        return tuple(self._formats(identifier))

    def _formats(self, identifier: str) -> dict[str, Listed]:
        if not identifier.startswith(self._plain_prefix):
            return {}
        item = identifier.removeprefix(self._plain_prefix)
        return export_lists.formats_of(self._connection, item, self.response_date)

    def _stretch(self, window: Window) -> Stretch:
        before = window.before(self.response_date)
        return Stretch(format=window.prefix, since=window.since, before=before, set_number=window.set_number)

    def _header(self, row: Listed) -> str:
        status = ' status="deleted"' if row.deleted else ""
        return (
            f"<header{status}><identifier>{self._prefix}{row.item}</identifier>"
            f"<datestamp>{row.datestamp}</datestamp>{envelope.set_specs(row.sets)}</header>"
        )

    def _record(self, row: Listed) -> str:
        return envelope.record(self._header(row), row.body, row.about)


def _made(row: Listed, made: Made | None) -> Listed:
    """The row as it was made now; shown as deleted where that is not possible any more."""
    if made is None:
        return msgspec.structs.replace(row, deleted=True, body="", about="")
    return msgspec.structs.replace(row, body=made.body, about=made.about)
