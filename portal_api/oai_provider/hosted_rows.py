"""A hosted feed as a repository: one institution's own records, under its own identifiers, in the formats it sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from federation.pipeline import hosting
from federation.pipeline.crosswalks import format_of
from federation.pipeline.disseminating import Made
from federation.pipeline.hosted_identifiers import identifier_of, native_of
from federation.storage import exports
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.hosted import Item
from portal_api.oai_provider.formats import OAI_DC, OWN, Format
from portal_api.oai_provider.item_rows import ItemView
from portal_api.oai_provider.repositories import View


class HostedRepository:
    """`/oai/hosted/{feed}`."""

    def __init__(self, store: Store, feed: StoredFeed, authority: str) -> None:
        self._store, self._feed, self._authority = store, feed, authority
        own = hosting.OWN_PREFIXES.get(format_of(feed).name, "")
        self.formats: tuple[Format, ...] = tuple(dict.fromkeys((OAI_DC, *((OWN[own],) if own in OWN else ()))))

    @contextmanager
    def view(self) -> Iterator[View]:
        """This moment: everything that was stamped before this second."""
        now = exports.horizon(self._store)
        with self._store.reading() as connection:
            yield HostedView(connection, now, self._feed.key, self._authority)


class HostedView(ItemView):
    """One moment of a hosted feed (`repositories.View`)."""

    def __init__(self, connection: sa.Connection, now: str, feed: str, authority: str) -> None:
        super().__init__(connection, now, feed)
        self._authority = authority

    def _outer(self, name: str) -> str:
        return identifier_of(name, self._authority)

    def _inner(self, identifier: str) -> str:
        return native_of(identifier, self._authority)

    def _made(self, items: Sequence[Item], prefix: str) -> Mapping[str, Made]:
        bodies = {
            each.identifier: hosting.body(self._connection, self._list, each.identifier, prefix) for each in items
        }
        return {name: Made(body=body) for name, body in bodies.items() if body}
