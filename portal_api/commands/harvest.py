"""`harvest`: one feed now; or a repository that is nobody's feed yet, into files."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline import children
from federation.pipeline.folder_lock import holding, is_held
from federation.pipeline.harvest import harvest_feed
from federation.storage import feeds, institutions, raw_records, runs
from federation.storage.engine import Store
from federation.storage.runs import StoredRun
from harvester.harvest import Ended, Postponed
from harvester.oaipmh.page import Page
from harvester.ports import Blocked, Complete, Incomplete
from portal_api.clock import SystemClock
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import progress, say
from portal_api.commands.stopping import until_signalled
from portal_api.config import load
from portal_api.http.problems import BACKEND, FAULT, OK, RETRY
from portal_api.wiring import open_store, user_agent

STORE = ".exchange"
_KEY = "harvest"
#: seconds between two looks at a run that a server carries
_LOOK = 0.5


def harvest(
    target: Annotated[str, typer.Argument(metavar="FEED|URL", help="A feed's name; or a repository's address.")],
    to: Annotated[Path | None, typer.Option(help="Folder for records.jsonl and run.json; with an address.")] = None,
    prefix: Annotated[str, typer.Option(help="metadataPrefix to ask for.")] = "oai_dc",
    set_spec: Annotated[list[str] | None, typer.Option("--set", help="Only this set; may be repeated.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Only records changed since; YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Only records changed up to; YYYY-MM-DD.")] = None,
    allow_network: Annotated[list[str] | None, typer.Option(help="Private network that it may lie in.")] = None,
    patience: Annotated[int, typer.Option(help="Longest wait in seconds that the source may ask for here.")] = 60,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Harvest now; exit 0 complete, 1 incomplete, 69 blocked, 75 put off by the source or stopped by a signal."""
    if to is None:
        raise typer.Exit(_feed(data, target))
    if not target.startswith(("http://", "https://")):
        raise RequestRefused("address_invalid", f"expected an http or https address with --to, found {target!r}")
    feed = feeds.StoredFeed(
        key=_KEY,
        name=target,
        institution=_KEY,
        base_url=target,
        metadata_prefix=prefix,
        set_specs=tuple(set_spec or ()),
        networks=tuple(allow_network or ()),
        state="paused",
    )
    raise typer.Exit(_into_files(feed, to, since, until, patience))


# --- a feed of this exchange --------------------------------------------------------------------------------------


def _feed(folder: Path, name: str) -> int:
    with open_store(folder) as store:
        with store.reading() as connection:
            feed = feeds.get(connection, name)
        if feed is None:
            raise RequestRefused("no_such_feed", f"no feed is called {name!r}")
        if feed.state == "retired":
            raise RequestRefused("feed_retired", f"the feed {name!r} is retired; its records were withdrawn")
        if feed.source == "upload":
            raise RequestRefused("not_harvested", f"files are brought to it: archive-exchange upload {name} FILE")
        if is_held(folder):
            return _followed(store, feed)
        with holding(folder):
            outcome = asyncio.run(until_signalled(_harvested(store, feed, None, None, folder)))
        return _told(outcome)


def _followed(store: Store, feed: feeds.StoredFeed) -> int:
    """Makes the feed due, and waits for the run that the server makes of it."""
    before = _latest(store, feed)
    with store.transaction(actor=OPERATOR) as tx:
        feeds.change(tx, msgspec.structs.replace(feed, state="active", due_at=datetime.now(UTC)))
    with progress(feed.name) as bar:
        while True:
            run = _latest(store, feed)
            if run is not None and (before is None or run.id != before.id or before.state != "ended"):
                bar.reach(sum((run.counts.new, run.counts.changed, run.counts.unchanged, run.counts.deleted)))
                if run.state in ("ended", "postponed"):
                    return _run_told(run)
            time.sleep(_LOOK)


def _latest(store: Store, feed: feeds.StoredFeed) -> StoredRun | None:
    with store.reading() as connection:
        return runs.latest(connection, feed.key)


def _run_told(run: StoredRun) -> int:
    say(f"{run.verdict or run.state} ({run.reason}); {run.counts.new} new, {run.counts.changed} changed")
    return {"complete": OK, "incomplete": FAULT, "blocked": BACKEND}.get(run.verdict, RETRY)


# --- a repository into files --------------------------------------------------------------------------------------


def _into_files(feed: feeds.StoredFeed, to: Path, since: str | None, until: str | None, patience: int) -> int:
    folder = to / STORE
    with holding(folder), open_store(folder) as store:
        _keep(store, feed)
        outcome = asyncio.run(until_signalled(_patiently(store, feed, since, until, folder, patience)))
        if outcome is None:
            return _told(outcome)
        _write(to / "records.jsonl", _records(store))
        _write(to / "run.json", msgspec.json.format(msgspec.json.encode(_run(store, feed, outcome))) + b"\n")
    return _told(outcome)


async def _patiently(
    store: Store, feed: feeds.StoredFeed, since: str | None, until: str | None, folder: Path, patience: int
) -> Ended | Postponed:
    """Waits as long as the source asks for, but no longer than `patience` seconds since the beginning."""
    begun = time.monotonic()
    while True:
        outcome = await _harvested(store, feed, since, until, folder)
        wait = (outcome.until - datetime.now(UTC)).total_seconds() if isinstance(outcome, Postponed) else 0.0
        if isinstance(outcome, Ended) or time.monotonic() - begun + wait > patience:
            return outcome
        await asyncio.sleep(max(wait, 0.0))


def _keep(store: Store, feed: feeds.StoredFeed) -> None:
    with store.transaction(actor=OPERATOR) as tx:
        institutions.put(tx, institutions.StoredInstitution(slug=_KEY, name="Harvested from the command line"))
        known = feeds.get(tx.connection, _KEY)
        if known is None:
            feeds.add(tx, feed)
        elif known.base_url != feed.base_url:
            raise RequestRefused("other_repository", f"the folder holds {known.base_url}; choose another one")
        elif _asked(known) != _asked(feed):
            raise RequestRefused(
                "other_list", f"the folder holds the list of {_asked(known)}, not of {_asked(feed)}; choose another one"
            )


def _asked(feed: feeds.StoredFeed) -> str:
    """The list that `feed` asks for, in the words of the command line; the order of sets does not count."""
    return " ".join((f"--prefix {feed.metadata_prefix}", *(f"--set {name}" for name in sorted(feed.set_specs))))


async def _harvested(
    store: Store, feed: feeds.StoredFeed, since: str | None, until: str | None, folder: Path
) -> Ended | Postponed:
    async def parse(body: bytes, key: str, prefix: str, charset: str | None, learned: str | None) -> Page:
        return await asyncio.to_thread(children.parse, body, key, prefix, charset, learned)

    agent = user_agent(load(folder).settings)
    return await harvest_feed(store, feed, parse=parse, clock=SystemClock(), user_agent=agent, since=since, until=until)


def _records(store: Store) -> bytes:
    lines = []
    after = 0
    with store.reading() as connection:
        while part := raw_records.of_feed(connection, _KEY, after, 500):
            for stored in part:
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
                lines.append(msgspec.json.encode(line) + b"\n")
            after = part[-1].rid
    return b"".join(lines)


def _run(store: Store, feed: feeds.StoredFeed, outcome: Ended | Postponed) -> dict[str, object]:
    run = _latest(store, feed)
    told: dict[str, object] = {"url": feed.base_url, "verdict": "postponed", "counts": run.counts if run else None}
    match outcome:
        case Postponed(until=at, reason=reason):
            return told | {"reason": reason, "retry_at": at}
        case Ended(verdict=Complete(evidence=evidence)):
            return told | {"verdict": "complete", "evidence": evidence, "missing": 0}
        case Ended(verdict=Incomplete(missing=missing, reason=reason)):
            names = [name for listing in run.checkpoint.lists for name in listing.missing] if run else []
            return told | {"verdict": "incomplete", "reason": reason, "missing": missing, "missing_identifiers": names}
        case Ended(verdict=Blocked(reason=reason)):
            return told | {"verdict": "blocked", "reason": reason}
    return told


def _write(path: Path, data: bytes) -> None:
    """Puts `data` in the place of `path`, whole and on the disk before it takes the name."""
    made = path.with_name(f"{path.name}.new")
    with made.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _told(outcome: Ended | Postponed | None) -> int:
    match outcome:
        case None:
            say("stopped; what came is kept, and the same command goes on behind the last page")
        case Ended(verdict=Complete(evidence=evidence)):
            say(f"complete ({evidence})")
            return OK
        case Ended(verdict=Incomplete(missing=missing, reason=reason)):
            say(f"incomplete, {missing} known missing ({reason})")
            return FAULT
        case Ended(verdict=Blocked(reason=reason)):
            say(f"blocked ({reason})")
            return BACKEND
        case Postponed(until=at, reason=reason):
            say(f"put off until {at:%Y-%m-%d %H:%M} UTC ({reason})")
    return RETRY
