"""Bases as administrators see them: which feeds build on each, and how far a rise to a newer version has come."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.pipeline.base_rise import Rising, newest, rising
from federation.pipeline.dry_run_report import DryRun, report_of
from federation.storage import accounts, feeds
from mappings.engine.library import names
from portal_api.errors import NotFound
from portal_api.reader import Reader
from portal_api.views.crosswalks import sees
from portal_api.views.feeds import administers


class FeedBehind(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that lives by an earlier version of a base."""

    key: str
    name: str
    lives_by: str


class BaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A base in the list, with its newest version and the reader's feeds that build on it."""

    name: str
    newest: str
    feeds: int
    #: how many of them live by an earlier version
    behind: int
    #: those, by name
    behind_feeds: tuple[FeedBehind, ...]


class RiseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that builds on a base, with the dry run of its rise."""

    key: str
    name: str
    institution: str
    lives_by: str
    is_risen: bool
    #: number and state of the version that raises it; 0 and empty while nobody asked
    number: int
    state: str
    #: account of the second person, by name; empty = nobody
    confirmed_by: str
    report: DryRun | None


class BaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One base with the reader's feeds that build on it."""

    name: str
    newest: str
    lines: tuple[RiseLine, ...]
    may_write: bool

    @property
    def states(self) -> frozenset[str]:
        """The states in which rises stand."""
        return frozenset(line.state for line in self.lines)

    @property
    def ready(self) -> bool:
        """Some rise may go live as far as its own gates go."""
        return not self.states.isdisjoint(("tried", "confirmed"))

    @property
    def behind(self) -> bool:
        """Some feed lives by an earlier version."""
        return any(not line.is_risen for line in self.lines)


def run_feeds(connection: sa.Connection, reader: Reader) -> tuple[feeds.StoredFeed, ...]:
    """The feeds that the reader runs."""
    return tuple(feed for feed in feeds.everyone(connection) if administers(reader, feed.institution))


def seen_feeds(connection: sa.Connection, reader: Reader) -> tuple[feeds.StoredFeed, ...]:
    """The feeds whose rules the reader may read: they run them, or decide for their institution."""
    return tuple(feed for feed in feeds.everyone(connection) if sees(reader, feed))


def bases_view(connection: sa.Connection, reader: Reader) -> tuple[BaseLine, ...]:
    """Every base that a feed of the reader's builds on, by name."""
    seen = seen_feeds(connection, reader)
    found = ((base, rising(connection, base, seen)) for base in names())
    return tuple(
        BaseLine(name=base, newest=newest(base), feeds=len(on), behind=len(behind), behind_feeds=behind)
        for base, on in found
        for behind in [_behind(on)]
        if on
    )


def _behind(on: Iterable[Rising]) -> tuple[FeedBehind, ...]:
    late = (each for each in on if not each.is_risen)
    return tuple(FeedBehind(key=each.feed.key, name=each.feed.name, lives_by=each.lives_by) for each in late)


def base_view(connection: sa.Connection, reader: Reader, base: str) -> BaseView:
    """One base; raises NotFound."""
    return base_lines(connection, base, seen_feeds(connection, reader), may_write=bool(run_feeds(connection, reader)))


def base_lines(
    connection: sa.Connection, base: str, feeds_seen: tuple[feeds.StoredFeed, ...], *, may_write: bool
) -> BaseView:
    """One base and those of `feeds_seen` that build on it; raises NotFound."""
    try:
        found = rising(connection, base, feeds_seen)
    except RequestRefused:
        raise NotFound from None
    people = {account.id: account.name for account in accounts.everyone(connection)}
    lines = tuple(_line(connection, each, people) for each in found)
    return BaseView(name=base, newest=newest(base), lines=lines, may_write=may_write)


def _line(connection: sa.Connection, each: Rising, people: dict[str, str]) -> RiseLine:
    version = each.version
    return RiseLine(
        key=each.feed.key,
        name=each.feed.name,
        institution=each.feed.institution,
        lives_by=each.lives_by,
        is_risen=each.is_risen,
        number=version.number if version else 0,
        state=version.state if version else "",
        confirmed_by=people.get(version.confirmed_by, version.confirmed_by) if version else "",
        report=report_of(connection, version) if version else None,
    )
