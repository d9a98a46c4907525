"""What waits for a person, by the reader's roles: versions to be signed or confirmed, files to be decided."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from federation.pipeline.dry_run_report import report_of
from federation.settings import Approval
from federation.storage import crosswalks, feeds, uploads
from federation.storage.crosswalks import Version
from federation.storage.feeds import StoredFeed
from portal_api.reader import Reader
from portal_api.views.crosswalks import may_approve, may_confirm, sees
from portal_api.views.feeds import administers

#: files of a feed that are looked at, the newest
_FILES = 20


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
    seen = [feed for feed in feeds.everyone(connection) if feed.state != "retired" and sees(reader, feed)]
    versions = [each for feed in seen for each in _versions(connection, reader, feed, approval)]
    files = [each for feed in seen if administers(reader, feed.institution) for each in _files(connection, feed)]
    return Waiting(versions=tuple(sorted(versions, key=lambda each: not each.is_mine)), files=tuple(files))


def _versions(
    connection: sa.Connection, reader: Reader, feed: StoredFeed, approval: Approval
) -> Iterator[WaitingVersion]:
    for version in crosswalks.of_feed(connection, feed.key):
        if version.state == "awaiting" or (version.state == "tried" and approval != "gates"):
            yield WaitingVersion(
                feed=feed.key,
                feed_name=feed.name,
                number=version.number,
                is_mine=_is_mine(connection, reader, feed, version, approval),
            )


def _is_mine(connection: sa.Connection, reader: Reader, feed: StoredFeed, version: Version, approval: Approval) -> bool:
    if version.state == "tried":
        return may_approve(reader, feed, version, approval)
    report = report_of(connection, version)
    return report is not None and may_confirm(reader, feed, version, report)


def _files(connection: sa.Connection, feed: StoredFeed) -> Iterator[WaitingFile]:
    if feed.source == "oai":
        return
    for found in uploads.of_feed(connection, feed.key, limit=_FILES):
        if found.state == "checked":
            yield WaitingFile(id=found.id, name=found.name, feed_name=feed.name)
