"""An institution's records as a repository, enriched: `/oai/enriched/{institution}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from federation.pipeline import enriching
from federation.pipeline.disseminating import Made
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.hosted_identifiers import identifier_of, native_of
from federation.storage import catalogue_records, exports, feeds, hosted
from federation.storage.engine import Store
from federation.storage.hosted import Item
from portal_api.oai_provider.formats import WRITTEN, Format
from portal_api.oai_provider.item_rows import ItemView
from portal_api.oai_provider.repositories import Row, Shape, View


class EnrichedRepository:
    """One institution's records, for it alone."""

    formats: tuple[Format, ...] = tuple(WRITTEN.values())

    def __init__(self, store: Store, institution: str, settings: ExportSettings) -> None:
        self._store, self._institution, self._settings = store, institution, settings

    @contextmanager
    def view(self) -> Iterator[View]:
        """This moment: everything that was stamped before this second."""
        now = exports.horizon(self._store)
        with self._store.reading() as connection:
            yield EnrichedView(connection, now, self._institution, self._settings)


class EnrichedView(ItemView):
    """One moment of an institution's records (`repositories.View`)."""

    def __init__(self, connection: sa.Connection, now: str, institution: str, settings: ExportSettings) -> None:
        super().__init__(connection, now, enriching.list_of(institution))
        self._institution, self._settings = institution, settings
        #: record id -> the institution's own identifier
        self._native: dict[str, str] = {}

    def _elements(self, shape: Shape, items: Sequence[Item], prefix: str) -> list[Row]:
        self._native = catalogue_records.native_ids(self._connection, [item.identifier for item in items])
        return super()._elements(shape, items, prefix)

    def _outer(self, name: str) -> str:
        return identifier_of(self._native[name], self._settings.authority)

    def _inner(self, identifier: str) -> str:
        """Of several feeds that use the identifier, the first in which it stands."""
        native = native_of(identifier, self._settings.authority)
        keys = [each.key for each in feeds.everyone(self._connection)]
        found = (known.id for key in keys for known in catalogue_records.known_of(self._connection, key, native))
        return next((name for name in found if self._stands(name)), "")

    def _stands(self, name: str) -> bool:
        return hosted.get(self._connection, self._list, name, self.response_date) is not None

    def _made(self, items: Sequence[Item], prefix: str) -> Mapping[str, Made]:
        names = [each.identifier for each in items]
        return enriching.made(self._connection, self._institution, names, prefix, self._settings)
