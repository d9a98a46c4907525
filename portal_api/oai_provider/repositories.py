"""What the verbs ask of a repository: rows in one order that only grows, each ready to be given out.

Rows are numbered. A record that changes gets a new number behind all others, so a list that goes on after a number
misses nothing, however long it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Literal, Protocol

import msgspec

from federation.storage import exports
from portal_api.oai_provider.formats import Format

Shape = Literal["headers", "records"]
_SECOND = timedelta(seconds=1)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows a list holds: datestamps from `since` to `until`, both inclusive, empty = open."""

    prefix: str
    since: str = ""
    until: str = ""
    #: number of the set; 0 = whatever set they stand in
    set_number: int = 0

    def before(self, now: str) -> str:
        """The datestamp at which the list ends, itself exclusive: no later than `now`, a second that is not over."""
        if not self.until or self.until >= now:
            return now
        return exports.second(datetime.fromisoformat(self.until) + _SECOND)


class Row(msgspec.Struct, frozen=True):
    """One row of a list: its number and its `<header>` or `<record>` element."""

    number: int
    element: str


class SetRow(msgspec.Struct, frozen=True):
    """A set: its number, its setSpec and what it is called."""

    number: int
    spec: str
    name: str


class View(Protocol):
    """One moment of a repository; everything it says belongs together."""

    @property
    def response_date(self) -> str:
        """This moment. Rows stamped in this second or later are not shown yet, so `from` = this date misses nothing."""

    def earliest(self) -> str:
        """The oldest datestamp; empty where nothing was ever given out."""

    def rows(self, shape: Shape, window: Window, after: int, limit: int) -> Sequence[Row]:
        """At most `limit` rows of `window` with numbers above `after`, ascending."""

    def newest(self, shape: Shape, window: Window) -> Row | None:
        """The last row of `window`."""

    def count(self, window: Window) -> int:
        """How many rows `window` holds."""

    def record(self, identifier: str, prefix: str) -> str | None:
        """The `<record>` element of an item in a format; None where there is none."""

    def prefixes_of(self, identifier: str) -> tuple[str, ...]:
        """The formats that an item stands in; empty where there is no such item."""

    def sets(self, after: int, limit: int) -> Sequence[SetRow]:
        """At most `limit` sets with numbers above `after`, ascending; none at all where there is no hierarchy."""

    def count_sets(self) -> int:
        """How many sets there are."""

    def set_number(self, spec: str) -> int | None:
        """The number of a set, from 1; None where there is no such set."""


class WithoutSets:
    """A view of a repository that has no sets."""

    def sets(self, after: int, limit: int) -> Sequence[SetRow]:
        """None."""
        return []

    def count_sets(self) -> int:
        """None."""
        return 0

    def set_number(self, spec: str) -> int | None:
        """None."""
        return None


class Repository(Protocol):
    """A repository as the verbs need it."""

    @property
    def formats(self) -> tuple[Format, ...]:
        """Offered formats, in an order that never changes (tokens name a format by its place)."""

    def view(self) -> AbstractContextManager[View]:
        """This moment of the repository."""
