"""How the exchange stands in numbers, read from its tables: what an operator's monitor draws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
import sqlalchemy as sa

from federation.pipeline.lags import lags
from federation.pipeline.stages import PATH
from federation.storage import backups, cursors, index_checks, jobs, ledger, outcomes, runs
from federation.storage.columns import instant
from federation.storage.engine import Store

#: of a feed none of whose runs has ended
NEVER = "never"


class Gauges(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one moment."""

    #: (lane, state) -> jobs
    jobs: Mapping[tuple[str, str], int]
    #: lane -> how long its oldest due job waits; lanes without one are absent
    oldest_due_seconds: Mapping[str, float]
    #: stage -> changes that it has still to take in
    lags: Mapping[str, int]
    #: stage -> how long the first of these waits; of stages whose upstream bears times
    lag_seconds: Mapping[str, float]
    #: outcome -> records
    records: Mapping[str, int]
    #: verdict -> harvests that ended so
    runs: Mapping[str, int]
    #: verdict of its last run -> feeds
    feeds: Mapping[str, int]
    #: feed -> when it was last harvested to its end
    last_complete: Mapping[str, datetime]
    #: whether the last check of the search index found a difference; None where none was made within the week
    index_differed: bool | None
    #: entries of the ledger
    ledger_size: int
    #: how far this clock is behind the time of the newest entry of the ledger; 0 = it is past it
    clock_behind_seconds: float
    #: when the newest backup was made; None where there is none
    last_backup: datetime | None
    #: whether backups are made by `backup`, and not by the database's own means
    backs_up: bool


def read_gauges(store: Store) -> Gauges:
    """The numbers as they stand."""
    behind = msgspec.structs.asdict(lags(store))
    with store.reading() as connection:
        sums = outcomes.accounts(connection, cursors.get(connection, "map"))
        entries = ledger.state_of(connection)
        return Gauges(
            jobs=jobs.counts(connection),
            oldest_due_seconds=_oldest(connection, store),
            lags=behind,
            lag_seconds=_waits(connection, store),
            records={name: getattr(sums, name) for name in _OUTCOMES},
            runs=runs.verdicts(connection),
            feeds=runs.feeds_by_verdict(connection, never=NEVER),
            last_complete=runs.last_complete_of_feeds(connection),
            index_differed=index_checks.differed(connection),
            ledger_size=entries.size,
            clock_behind_seconds=_behind(entries.at, store.now()),
            last_backup=backups.last(connection),
            backs_up=store.dialect == "sqlite",
        )


_OUTCOMES = tuple(name for name in outcomes.Accounts.__struct_fields__ if name != "harvested")


def _waits(connection: sa.Connection, store: Store) -> dict[str, float]:
    now = store.now()
    first = {stage.name: stage.since(connection) for stage in PATH.values() if stage.since is not None}
    return {name: max((now - at).total_seconds(), 0.0) if at else 0.0 for name, at in first.items()}


def _behind(newest: str, now: datetime) -> float:
    """Seconds until `now` comes to the time of the newest entry; entries are never dated before it."""
    return max((instant(newest) - now).total_seconds(), 0.0) if newest else 0.0


def _oldest(connection: sa.Connection, store: Store) -> dict[str, float]:
    now = store.database_now(connection)
    return {lane: max((now - since).total_seconds(), 0.0) for lane, since in jobs.oldest_due(connection, now).items()}
