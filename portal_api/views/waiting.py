"""What waits for a person, by the reader's roles: versions to be signed or confirmed, files to be decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from federation.pipeline.dry_run_report import report_of
from federation.settings import Approval
from federation.storage import crosswalks, feeds, uploads
from federation.storage.crosswalks import State, VersionLine
from federation.storage.feeds import StoredFeed
from federation.storage.uploads import UploadLine
from portal_api.reader import Reader
from portal_api.views.crosswalks import may_approve, may_confirm, sees
from portal_api.views.feeds import administers

_Line = TypeVar("_Line", VersionLine, UploadLine)


class WaitingVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a feed's crosswalk that goes no further without a person."""

    feed: str
    feed_name: str
    number: int
    #: the reader is one who may sign or confirm it
    is_mine: bool


class WaitingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was checked, and that nobody has decided yet."""

    id: int
    name: str
    feed_name: str


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """All that waits, those first that the reader may decide."""

    versions: tuple[WaitingVersion, ...] = ()
    files: tuple[WaitingFile, ...] = ()


def waiting(connection: sa.Connection, reader: Reader, approval: Approval) -> Waiting:
    """What waits in the feeds that the reader runs, or for whose institution they decide."""
    seen = {feed.key: feed for feed in feeds.everyone(connection) if feed.state != "retired" and sees(reader, feed)}
    run = {feed.key: feed for feed in seen.values() if administers(reader, feed.institution) and feed.source != "oai"}
    versions = sorted(_versions(connection, reader, seen, approval), key=lambda each: not each.is_mine)
    return Waiting(versions=tuple(versions), files=tuple(_files(connection, run)))


def _versions(
    connection: sa.Connection, reader: Reader, seen: Mapping[str, StoredFeed], approval: Approval
) -> Iterator[WaitingVersion]:
    states: tuple[State, ...] = ("awaiting",) if approval == "gates" else ("awaiting", "tried")
    found = [each for each in crosswalks.lines_in_state(connection, *states) if each.feed in seen]
    for version in _by_feed(found, seen):
        feed = seen[version.feed]
        yield WaitingVersion(
            feed=feed.key,
            feed_name=feed.name,
            number=version.number,
            is_mine=_is_mine(connection, reader, feed, version, approval),
        )


def _is_mine(
    connection: sa.Connection, reader: Reader, feed: StoredFeed, version: VersionLine, approval: Approval
) -> bool:
    if version.state == "tried":
        return may_approve(reader, feed, version, approval)
    if reader.account in version.authors:
        return False
    report = report_of(connection, version)
    return report is not None and may_confirm(reader, feed, version, report)


def _files(connection: sa.Connection, run: Mapping[str, StoredFeed]) -> Iterator[WaitingFile]:
    found = [each for each in uploads.checked(connection) if each.feed in run]
    for each in _by_feed(found, run):
        yield WaitingFile(id=each.id, name=each.name, feed_name=run[each.feed].name)


def _by_feed(found: list[_Line], shown: Mapping[str, StoredFeed]) -> list[_Line]:
    places = {key: place for place, key in enumerate(shown)}
    return sorted(found, key=lambda each: places[each.feed])
