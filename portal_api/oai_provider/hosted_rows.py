"""A hosted feed as a repository: one institution's own records, under its own identifiers, in the formats it sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from federation.pipeline import hosting
from federation.pipeline.crosswalks import format_of
from federation.pipeline.disseminating import Made
from federation.pipeline.hosted_identifiers import identifier_of, native_of
from federation.pipeline.hosting import Asker
from federation.storage import export_lag, exports
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.hosted import Item
from portal_api.oai_provider.formats import Format, hosted_formats
from portal_api.oai_provider.item_rows import ItemView
from portal_api.oai_provider.repositories import View


class HostedRepository:
    """`/oai/hosted/{feed}`, for everybody or for its institution alone."""

    def __init__(self, store: Store, feed: StoredFeed, authority: str, asker: Asker) -> None:
        self._store, self._feed, self._authority, self._asker = store, feed, authority, asker
        self.formats: tuple[Format, ...] = hosted_formats(format_of(feed))

    @contextmanager
    def view(self) -> Iterator[View]:
        """This moment: everything that was stamped before this second."""
        now = exports.horizon(self._store)
        with self._store.reading() as connection:
            yield HostedView(connection, now, self._feed, self._authority, self._asker)


class HostedView(ItemView):
    """One moment of a hosted feed (`repositories.View`)."""

    def __init__(self, connection: sa.Connection, now: str, feed: StoredFeed, authority: str, asker: Asker) -> None:
        super().__init__(connection, now, hosting.list_of(feed.key, asker))
        self._feed, self._authority, self._asker = feed, authority, asker

    def _outer(self, name: str) -> str:
        return identifier_of(name, self._authority)

    def _inner(self, identifier: str) -> str:
        return native_of(identifier, self._authority)

    def _made(self, items: Sequence[Item], prefix: str) -> Mapping[str, Made]:
        names = [each.identifier for each in items]
        found = hosting.bodies(self._connection, self._feed, names, prefix, self._asker)
        return {name: Made(body=body) for name, body in found.items()}

    def _is_behind(self) -> bool:
        return export_lag.hosted_behind(self._connection)
