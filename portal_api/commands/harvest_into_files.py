"""A repository that is nobody's feed, into `records.jsonl` and `run.json`; a rerun goes on from what is held."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline.folder_lock import holding
from federation.pipeline.harvest import Outcome
from federation.storage import feeds, institutions, quarantine, raw_records, runs
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.raw_records import StoredRaw
from federation.storage.runs import Counts
from harvester.patience import Patience
from harvester.ports import Blocked, Complete, Incomplete
from harvester.settings import Limits
from harvester.slices import Ended, Postponed
from portal_api.commands.harvest_here import Bounds, harvested
from portal_api.commands.stopping import until_signalled
from portal_api.wiring import open_store

STORE = ".exchange"
KEY = "harvest"
#: most records that each list of `run.json` names; their numbers are exact
NAMED_AT_MOST = 10_000


class NamedQuarantine(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not be read: by its identifier, or by where it stood."""

    #: None where the header cannot be read
    identifier: str | None
    reason: str
    #: number of the page in the run, and of the first character of the record in it
    page: int
    position: int
    size_bytes: int


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """How long a source is waited for without a page between; beyond that the run is blocked, `unavailable`."""

    postponements: int = Limits().postponements
    seconds: float = Limits().waiting_seconds


class RunFile(msgspec.Struct, frozen=True, kw_only=True):
    """`run.json`."""

    url: str
    #: complete, incomplete, blocked, or postponed
    verdict: str
    #: of a complete run
    evidence: str | None = None
    #: of any other
    reason: str | None = None
    #: what was wrong with the last answer, and where, if it was not whole
    fault: str | None = None
    counts: Counts = Counts()
    #: of the last run: requests, those of them that were made once more after a failure, and times that it was put off
    #: in a row
    requests: int = 0
    retries: int = 0
    postponements: int = 0
    bound: Bound = Bound()
    #: records known to lack; None where the end was not reached
    missing: int | None = None
    missing_identifiers: tuple[str, ...] = ()
    missing_identifiers_total: int = 0
    quarantined: tuple[NamedQuarantine, ...] = ()
    quarantined_total: int = 0
    named_at_most: int = NAMED_AT_MOST
    #: when a run that was put off goes on; a rerun before waits until then, or ends at once
    retry_at: datetime | None = None


def into_files(feed: StoredFeed, to: Path, bounds: Bounds, patience: Patience) -> Outcome | None:
    """Harvests as far as `patience` bears it, and writes what the folder holds then; None = stopped by a signal.

    Nothing of the folder is shown to anybody, so nothing is held for a person's word: it is what the source says now.
    """
    folder = to / STORE
    with holding(folder), open_store(folder) as store:
        known = _kept(store, feed)
        outcome = asyncio.run(until_signalled(harvested(store, known, bounds, patience, folder, is_braked=False)))
        if outcome is None:
            return None
        outcome = _of_all_runs(store, outcome)
        write(to / "records.jsonl", lines_of(store))
        told = msgspec.json.format(msgspec.json.encode(_run(store, known, outcome)))
        write(to / "run.json", (told, b"\n"))
    return outcome


def _kept(store: Store, feed: StoredFeed) -> StoredFeed:
    """The folder's feed, with what its repository taught; raises RequestRefused where it holds another list."""
    with store.transaction(actor=OPERATOR) as tx:
        institutions.put(tx, institutions.StoredInstitution(slug=KEY, name="Harvested from the command line"))
        known = feeds.get(tx.connection, KEY)
        if known is None:
            feeds.add(tx, feed)
            return feed
    if known.base_url != feed.base_url:
        raise RequestRefused("other_repository", f"the folder holds {known.shown_url}; choose another one")
    if _asked(known) != _asked(feed):
        message = f"the folder holds the list of {_asked(known)}, not of {_asked(feed)}; choose another one"
        raise RequestRefused("other_list", message)
    return msgspec.structs.replace(feed, profile=known.profile)


def _asked(feed: StoredFeed) -> str:
    """The list that `feed` asks for, in the words of the command line; the order of sets does not count."""
    return " ".join((f"--prefix {feed.metadata_prefix}", *(f"--set {name}" for name in sorted(feed.set_specs))))


def lines_of(store: Store) -> Iterator[bytes]:
    """`records.jsonl`: a line for each record that the folder holds, read as it is written."""
    with store.reading() as connection:
        yield from map(_line, raw_records.every(connection, KEY))


def _line(stored: StoredRaw) -> bytes:
    raw = stored.raw
    line = {
        "identifier": raw.identifier,
        "datestamp": raw.datestamp,
        "deleted": raw.deleted,
        "set_specs": raw.set_specs,
        "quality": raw.quality,
        "payload": raw.payload,
        "payload_sha256": raw.payload_sha256,
    }
    return msgspec.json.encode(line) + b"\n"


def _of_all_runs(store: Store, outcome: Outcome) -> Outcome:
    """The outcome, with what earlier runs could not have and no run since: a folder that lacks it is not complete."""
    with store.reading() as connection:
        run = runs.latest(connection, KEY)
        lacking = quarantine.lacking(connection, KEY, but_of=run.id if run else None)
    named = set(run.missing_identifiers if run else ())
    older = [line for line in lacking if line.identifier not in named]
    match outcome:
        case Ended(verdict=Complete()) if older:
            return Ended(verdict=Incomplete(missing=len(older), reason="quarantined"))
        case Ended(verdict=Incomplete(missing=missing, reason=reason)) if older:
            return Ended(verdict=Incomplete(missing=missing + len(older), reason=reason))
    return outcome


def _run(store: Store, feed: StoredFeed, outcome: Outcome) -> RunFile:
    with store.reading() as connection:
        run = runs.latest(connection, feed.key)
        lacking = quarantine.lacking(connection, feed.key)
    unread = [line for line in lacking if line.reason != quarantine.UNFETCHABLE]
    ungiven = [line.identifier or "" for line in lacking if line.reason == quarantine.UNFETCHABLE]
    names = tuple(dict.fromkeys((*(run.missing_identifiers if run else ()), *ungiven)))
    told = RunFile(
        url=feed.shown_url,
        verdict="postponed",
        counts=run.counts if run else Counts(),
        requests=run.cost.requests if run else 0,
        retries=run.cost.retries if run else 0,
        postponements=run.checkpoint.postponements if run else 0,
        missing_identifiers=names[:NAMED_AT_MOST],
        missing_identifiers_total=len(names),
        quarantined=tuple(_named(line) for line in unread[:NAMED_AT_MOST]),
        quarantined_total=len(unread),
    )
    fault = (run.checkpoint.fault or None) if run else None
    match outcome:
        case Postponed(until=at, reason=reason):
            return msgspec.structs.replace(told, reason=reason, fault=fault, retry_at=at)
        case Ended(verdict=Complete(evidence=evidence)):
            return msgspec.structs.replace(told, verdict="complete", evidence=evidence, missing=0)
        case Ended(verdict=Incomplete(missing=missing, reason=reason)):
            return msgspec.structs.replace(told, verdict="incomplete", reason=reason, missing=missing)
        case Ended(verdict=Blocked(reason=reason)):
            return msgspec.structs.replace(told, verdict="blocked", reason=reason, fault=fault)
    return told


def _named(line: quarantine.QuarantineLine) -> NamedQuarantine:
    return NamedQuarantine(
        identifier=line.identifier,
        reason=line.reason,
        page=line.page,
        position=line.position,
        size_bytes=line.size_bytes,
    )


def write(path: Path, parts: Iterable[bytes]) -> None:
    """Puts `parts` in the place of `path`, whole and on the disk before they take the name."""
    made = path.with_name(f"{path.name}.new")
    with made.open("wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
