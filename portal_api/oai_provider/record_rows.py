"""Every institution's records as a repository, each alone: `/oai/records`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from federation.pipeline import record_export
from federation.pipeline.disseminating import Made
from federation.pipeline.export_settings import ExportSettings
from federation.storage import export_lag, exports
from federation.storage.engine import Store
from federation.storage.hosted import Item
from portal_api.oai_provider.formats import WRITTEN, Format
from portal_api.oai_provider.item_rows import ItemView
from portal_api.oai_provider.repositories import View


class RecordRepository:
    """`/oai/records`: unmerged records, for everyone."""

    formats: tuple[Format, ...] = tuple(WRITTEN.values())

    def __init__(self, store: Store, settings: ExportSettings) -> None:
        self._store, self._settings = store, settings

    @contextmanager
    def view(self) -> Iterator[View]:
        """This moment: everything that was stamped before this second."""
        now = exports.horizon(self._store)
        with self._store.reading() as connection:
            yield RecordView(connection, now, self._settings)


class RecordView(ItemView):
    """One moment of the records (`repositories.View`)."""

    def __init__(self, connection: sa.Connection, now: str, settings: ExportSettings) -> None:
        super().__init__(connection, now, record_export.LIST)
        self._settings = settings
        self._prefix = f"oai:{settings.authority}:"

    def _outer(self, name: str) -> str:
        return f"{self._prefix}{name}"

    def _inner(self, identifier: str) -> str:
        return identifier.removeprefix(self._prefix) if identifier.startswith(self._prefix) else ""

    def _made(self, items: Sequence[Item], prefix: str) -> Mapping[str, Made]:
        names = [each.identifier for each in items]
        return record_export.made(self._connection, names, prefix, self._settings)

    def _is_behind(self) -> bool:
        return export_lag.records_behind(self._connection)
