"""An institution's records as a repository, enriched: `/oai/enriched/{institution}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from federation.pipeline import enriching
from federation.pipeline.disseminating import Made
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.hosted_identifiers import identifier_of, native_of
from federation.storage import export_lag, exports
from federation.storage.engine import Store
from federation.storage.hosted import Item
from portal_api.oai_provider.formats import WRITTEN, Format
from portal_api.oai_provider.item_rows import ItemView
from portal_api.oai_provider.repositories import View


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

    def _outer(self, name: str) -> str:
        return identifier_of(name, self._settings.authority)

    def _inner(self, identifier: str) -> str:
        return native_of(identifier, self._settings.authority)

    def _made(self, items: Sequence[Item], prefix: str) -> Mapping[str, Made]:
        names = [each.identifier for each in items]
        return enriching.made(self._connection, self._institution, names, prefix, self._settings)

    def _is_behind(self) -> bool:
        return export_lag.enriched_behind(self._connection)
