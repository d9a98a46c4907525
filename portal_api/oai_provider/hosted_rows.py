"""A hosted feed as a repository: one institution's own records, under its own identifiers, in the formats it sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from federation.pipeline import hosting
from federation.pipeline.crosswalks import format_of
from federation.pipeline.hosted_identifiers import identifier_of, native_of
from federation.storage import exports, hosted
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.hosted import Item, Stretch
from portal_api.oai_provider import envelope
from portal_api.oai_provider.formats import OAI_DC, OWN, Format
from portal_api.oai_provider.repositories import Row, Shape, View, Window, WithoutSets

_SECOND = timedelta(seconds=1)


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


class HostedView(WithoutSets):
    """One moment of a hosted feed (`repositories.View`)."""

    def __init__(self, connection: sa.Connection, now: str, feed: str, authority: str) -> None:
        self._connection, self._feed, self._authority = connection, feed, authority
        self.response_date = now

    def earliest(self) -> str:
        """The datestamp of the first item ever given out."""
        return hosted.earliest(self._connection, self._feed)

    def rows(self, shape: Shape, window: Window, after: int, limit: int) -> Sequence[Row]:
        """A page of the list."""
        found = hosted.rows(self._connection, self._stretch(window), after=after, limit=limit)
        return [Row(item.seq, self._element(shape, item, window.prefix)) for item in found]

    def newest(self, shape: Shape, window: Window) -> Row | None:
        """The last row of the list."""
        item = hosted.newest(self._connection, self._stretch(window))
        return Row(item.seq, self._element(shape, item, window.prefix)) if item is not None else None

    def count(self, window: Window) -> int:
        """How many rows the list holds."""
        return hosted.count(self._connection, self._stretch(window))

    def record(self, identifier: str, prefix: str) -> str | None:
        """The `<record>` of an item in a format."""
        item = self._item(identifier)
        if item is None or prefix not in item.formats.split():
            return None
        return self._element("records", item, prefix)

    def prefixes_of(self, identifier: str) -> tuple[str, ...]:
        """The formats in which an item stands."""
        item = self._item(identifier)
        return tuple(item.formats.split()) if item is not None else ()

    def _item(self, identifier: str) -> Item | None:
        native = native_of(identifier, self._authority)
        return hosted.get(self._connection, self._feed, native, self.response_date)

    def _stretch(self, window: Window) -> Stretch:
        """`until` is inclusive, the stretch's end is not."""
        before = self.response_date
        if window.until and window.until < before:
            before = exports.second(datetime.fromisoformat(window.until) + _SECOND)
        return Stretch(feed=self._feed, prefix=window.prefix, since=window.since, before=before)

    def _element(self, shape: Shape, item: Item, prefix: str) -> str:
        """A record that went since it was stamped is a tombstone already."""
        wanted = shape == "records" and not item.deleted
        metadata = hosting.body(self._connection, self._feed, item.identifier, prefix) if wanted else ""
        is_gone = item.deleted or (wanted and not metadata)
        name = identifier_of(item.identifier, self._authority)
        header = envelope.header(name, item.datestamp, deleted=is_gone)
        return header if shape == "headers" else envelope.record(header, metadata)
