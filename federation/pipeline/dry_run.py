"""A version of a crosswalk tried on every stored record of its feed: what it would change, and what it would open.

Nothing is changed but the report on file, and the state of the version.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused, TrialTooSlow
from federation.pipeline.crosswalks import faults_of, live_text, warnings_of
from federation.pipeline.dry_run_report import DryRun, sha256_of
from federation.pipeline.dry_run_spans import SPAN, tallied
from federation.pipeline.dry_run_tally import Trying
from federation.pipeline.identity import same_identity
from federation.pipeline.progress import Progress
from federation.storage import crosswalks, cursors, feeds, raw_records
from federation.storage.columns import json_text
from federation.storage.crosswalks import State, Version
from federation.storage.engine import Store
from federation.storage.transactions import Transaction
from mappings.errors import Fault

STAGE = "dry_run"
#: characters of an error that are kept
MOST_ERROR = 500


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A dry run that is made and not yet on file."""

    version: Version
    report: DryRun
    #: identifier of each raw record that would be opened -> what would be
    opened: dict[str, str]


def waiting(connection: sa.Connection) -> int:
    """How many dry runs are asked for."""
    return len(crosswalks.in_state(connection, "trying"))


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """A dry run that was ended before its end."""

    version: Version
    #: after how many records, and how many were not tried
    error: str


def next_one(store: Store) -> Tried | Stopped | None:
    """The next dry run that is asked for, made; None where none is, or its feed is not mapped to its end yet."""
    with store.reading() as connection:
        ready = _next_ready(connection)
    if ready is None:
        return None
    try:
        return try_version(store, ready)
    except TrialTooSlow as error:
        return Stopped(version=ready, error=str(error))


def _next_ready(connection: sa.Connection) -> Version | None:
    asked = crosswalks.in_state(connection, "trying")
    return next((version for version in asked if not behind(connection, version.feed)), None)


def give_up(tx: Transaction, error: str) -> bool:
    """Ends the next dry run, over which its process failed: the version is what it was, and says why it was not tried.

    False where no dry run is asked for that could be at fault.
    """
    version = _next_ready(tx.connection)
    if version is None:
        return False
    end(tx, version, error)
    return True


def end(tx: Transaction, version: Version, error: str) -> None:
    """Ends the dry run of a version that could not be made."""
    state: State = "retired" if version.was_live else "draft"
    failed = msgspec.structs.replace(version, state=state, trial_error=error[:MOST_ERROR])
    crosswalks.change(tx, "crosswalk.tried", failed, was=version)


def behind(connection: sa.Connection, feed: str) -> int:
    """How many records of a feed are still to be mapped by what is live."""
    under_way = crosswalks.remapping_of(connection, feed) is not None
    return raw_records.count_waiting(connection, cursors.get(connection, "map"), feed) + under_way


def try_version(store: Store, version: Version, *, processes: int = 0, span: int = SPAN) -> Tried:
    """Maps every stored record of the feed by `version` and compares.

    processes   that share the work; 0 = one a core
    span        records that one of them takes at a time
    raises      CrosswalkInvalid where the version has faults or a test of its own fails; TrialTooSlow where too
                many records come to no end
    """
    with store.reading() as connection:
        opens = _opening(warnings_of(connection, version))
    tally = tallied(store, version, processes or os.cpu_count() or 1, span)
    with store.reading() as connection:
        feed = feeds.get(connection, version.feed)
        if feed is None:
            raise RequestRefused("no_such_feed", "the feed is gone")
        opens -= _opening(faults_of(connection, live_text(feed), feed.crosswalk))
        clusters = tally.links.moves(connection)
        keeps_ids = same_identity(connection, feed, version)
    trying = Trying(
        at=store.now(),
        version=version,
        feed=feed,
        keeps_ids=keeps_ids,
        opening_defaults=max(opens, 0),
    )
    return Tried(version=version, report=tally.report(trying, clusters), opened=tally.opened)


def _opening(faults: Sequence[Fault]) -> int:
    """How many defaults of access open what states nothing."""
    return sum(fault.code == "default_opens" for fault in faults)


def write(tx: Transaction, tried: Tried | Stopped) -> Progress:
    """Puts a dry run on file; one whose version was changed meanwhile is thrown away."""
    version = crosswalks.get(tx.connection, tried.version.feed, tried.version.number)
    if version is None or version.sha256 != tried.version.sha256 or version.state != "trying":
        return Progress(done=0, behind=waiting(tx.connection) > 0)
    if isinstance(tried, Stopped):
        end(tx, version, tried.error)
        return Progress(done=1, behind=waiting(tx.connection) > 0)
    text = json_text(tried.report)
    crosswalks.keep_trial(tx, version.feed, version.number, text, tried.opened)
    now = msgspec.structs.replace(
        version, state="awaiting" if tried.report.stops else "tried", trial_sha256=sha256_of(text)
    )
    crosswalks.change(tx, "crosswalk.tried", now, was=version)
    return Progress(done=1, behind=waiting(tx.connection) > 0)
