"""Lists of items whose bodies are made when they are asked for, as one moment of a repository.

What an item's identifier and body are is left to each repository; a body that can no longer be made shows the item as
deleted, which the stage that stamps it is about to do. While that stage has changes to take in, a list of headers looks
as closely as a list of records.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from federation.pipeline.disseminating import Made
from federation.storage import hosted
from federation.storage.hosted import Item, Stretch
from portal_api.oai_provider import envelope
from portal_api.oai_provider.repositories import Row, Shape, Window
from portal_api.oai_provider.set_rows import WithSets


class ItemView(WithSets, ABC):
    """One moment of a list of items (`repositories.View`)."""

    def __init__(self, connection: sa.Connection, now: str, list_name: str) -> None:
        self._connection, self._list = connection, list_name
        self.response_date = now

    @abstractmethod
    def _outer(self, name: str) -> str:
        """The OAI identifier of an item."""

    @abstractmethod
    def _inner(self, identifier: str) -> str:
        """The item of an OAI identifier; empty where it can be none."""

    @abstractmethod
    def _made(self, items: Sequence[Item], prefix: str) -> Mapping[str, Made]:
        """The bodies of items as they are now, by item; those that may not be given are absent."""

    @abstractmethod
    def _is_behind(self) -> bool:
        """Whether something changed that the rows do not know of."""

    def earliest(self) -> str:
        """The datestamp of the first item ever given out."""
        return hosted.earliest(self._connection, self._list)

    def rows(self, shape: Shape, window: Window, after: int, limit: int) -> Sequence[Row]:
        """A page of the list."""
        found = hosted.rows(self._connection, self._stretch(window), after=after, limit=limit)
        return self._elements(shape, found, window.prefix)

    def newest(self, shape: Shape, window: Window) -> Row | None:
        """The last row of the list."""
        item = hosted.newest(self._connection, self._stretch(window))
        return self._elements(shape, [item], window.prefix)[0] if item is not None else None

    def count(self, window: Window) -> int:
        """How many rows the list holds."""
        return hosted.count(self._connection, self._stretch(window))

    def record(self, identifier: str, prefix: str) -> str | None:
        """The `<record>` of an item in a format."""
        item = self._item(identifier)
        if item is None or prefix not in item.formats.split():
            return None
        return self._elements("records", [item], prefix)[0].element

    def prefixes_of(self, identifier: str) -> tuple[str, ...]:
        """The formats in which an item stands."""
        item = self._item(identifier)
        return tuple(item.formats.split()) if item is not None else ()

    def _item(self, identifier: str) -> Item | None:
        name = self._inner(identifier)
        return hosted.get(self._connection, self._list, name, self.response_date) if name else None

    def _stretch(self, window: Window) -> Stretch:
        before = window.before(self.response_date)
        return Stretch(
            feed=self._list, prefix=window.prefix, since=window.since, before=before, set_number=window.set_number
        )

    def _elements(self, shape: Shape, items: Sequence[Item], prefix: str) -> list[Row]:
        if shape == "headers" and not self._is_behind():
            return [Row(item.seq, self._header(item, deleted=item.deleted)) for item in items]
        living = [item for item in items if not item.deleted]
        made = self._made(living, prefix) if living else {}
        if shape == "headers":
            return [Row(item.seq, self._header(item, deleted=item.identifier not in made)) for item in items]
        return [Row(item.seq, self._record(item, made.get(item.identifier))) for item in items]

    def _record(self, item: Item, made: Made | None) -> str:
        header = self._header(item, deleted=made is None)
        return envelope.record(header, made.body, made.about) if made else envelope.record(header, "")

    def _header(self, item: Item, *, deleted: bool) -> str:
        return envelope.header(self._outer(item.identifier), item.datestamp, deleted=deleted, sets=item.sets)
