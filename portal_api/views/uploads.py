"""The files of a feed as its administrators see them: what each holds, what it would do, what was decided."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from federation.pipeline import uploads as pipeline
from federation.storage import uploads
from federation.storage.feeds import StoredFeed
from federation.storage.uploads import FaultLine, Report, Upload
from portal_api.errors import NotFound, StatePassed
from portal_api.http.marking import N_, Sentence
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed
from portal_api.views.trials import SampleView


class UploadLine(msgspec.Struct, frozen=True, kw_only=True):
    """A file in a list."""

    id: int
    name: str
    mode: str
    #: by the exchange itself: what it does not name counts as deleted once another file does not name it either
    fetched: bool
    state: str
    #: why it was refused, and where
    reason: str
    detail: str
    size_bytes: int
    received: datetime
    #: units in it; None before it was checked
    units: int | None
    #: id of the run that applied it
    run: int | None


class FilesView(msgspec.Struct, frozen=True, kw_only=True):
    """A feed's files, newest first."""

    feed: str
    feed_name: str
    uploads: tuple[UploadLine, ...]


class UploadView(msgspec.Struct, frozen=True, kw_only=True):
    """One file with what its check found."""

    feed: str
    feed_name: str
    line: UploadLine
    report: Report | None
    #: what a person has to release by name: `deletions`, `changes`
    brakes: tuple[str, ...]
    samples: tuple[SampleView, ...] = ()
    #: `too_slow` or `too_large` where the rules of the feed came to no end
    gave_out: str = ""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of a file counted (`Report`)."""

    kind: str
    units: int
    records: int
    repeated: int
    faulty: int
    new: int
    changed: int
    unchanged: int
    deleted: int
    gone: int
    faults: tuple[FaultLine, ...]


class UploadState(msgspec.Struct, frozen=True, kw_only=True):
    """One file as programs are told of it."""

    feed: str
    upload: UploadLine
    #: None before the check has ended
    check: Checked | None
    #: what a person, or their program, has to release by name: `deletions`, `changes`
    brakes: tuple[str, ...]


def file_feed(connection: sa.Connection, reader: Reader, key: str) -> StoredFeed:
    """A feed of files; raises StatePassed where it takes none, NotFound as `found_feed`."""
    feed = found_feed(connection, reader, key)
    if feed.source == "oai":
        raise StatePassed(
            f"feed {key}: expected one that takes files, found one that is harvested by OAI-PMH; "
            "bring the file to a feed of files, or run a harvest of this one",
            said=Sentence(
                text=N_(
                    "This feed is harvested by OAI-PMH and takes no files. Bring the file to a feed of files, "
                    "or run a harvest of this one."
                )
            ),
        )
    return feed


def files_view(connection: sa.Connection, feed: StoredFeed) -> FilesView:
    """A feed's files; of a feed that takes none there are none."""
    found = uploads.of_feed(connection, feed.key)
    return FilesView(feed=feed.key, feed_name=feed.name, uploads=tuple(_line(each) for each in found))


def found_upload(connection: sa.Connection, reader: Reader, number: int) -> tuple[Upload, StoredFeed]:
    """An upload and its feed; raises NotFound where there is none that `reader` administers."""
    found = uploads.get(connection, number)
    if found is None:
        raise NotFound
    return found, file_feed(connection, reader, found.feed)


def upload_view(connection: sa.Connection, reader: Reader, number: int) -> UploadView:
    """One file; raises NotFound as `found_upload`."""
    found, feed = found_upload(connection, reader, number)
    return UploadView(
        feed=feed.key,
        feed_name=feed.name,
        line=_line(found),
        report=found.report,
        brakes=pipeline.brakes(found, feed.brake),
    )


def upload_state(connection: sa.Connection, reader: Reader, number: int) -> UploadState:
    """One file as programs are told of it; raises NotFound as `found_upload`."""
    found, feed = found_upload(connection, reader, number)
    return UploadState(
        feed=feed.key, upload=_line(found), check=_checked(found.report), brakes=pipeline.brakes(found, feed.brake)
    )


def _checked(report: Report | None) -> Checked | None:
    counts = {name: getattr(report, name) for name in Checked.__struct_fields__} if report is not None else None
    return Checked(**counts) if counts is not None else None


def _line(found: Upload) -> UploadLine:
    return UploadLine(
        id=found.id,
        name=found.name,
        mode=found.mode,
        fetched=found.fetched,
        state=found.state,
        reason=found.reason,
        detail=found.detail,
        size_bytes=found.size_bytes,
        received=found.received_at,
        units=found.report.units if found.report else None,
        run=found.run,
    )
