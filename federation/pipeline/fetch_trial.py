"""A feed of fetched files tried before it is added: the first records of its file, mapped. Nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from federation.pipeline.crosswalks import compiled_text, context_of, live_text
from federation.pipeline.fetching import source_of
from federation.pipeline.file_parents import above_in_file
from federation.pipeline.harvest import as_harvested
from federation.pipeline.parent_sources import BroughtParents
from federation.pipeline.trial import LIMITS, RECORDS, Apart, Sample, Trial
from federation.pipeline.tried_hierarchy import tried_together
from federation.pipeline.uploads import reading_of
from federation.storage.feeds import StoredFeed
from federation.storage.institutions import StoredInstitution
from harvester.credentials import Secrets, no_secrets
from harvester.egress import session
from harvester.fetching.asking import Asking
from harvester.fetching.pieces import Brought, Fetch, Memory, Piece, Place
from harvester.files.reading import units_of
from harvester.files.units import FileRefused, Unit, raw_record
from harvester.ports import Clock
from harvester.refusals import Refusals
from harvester.retry import Failure
from harvester.settings import Limits
from mappings.schema.raw import RawRecord

#: of a file, enough for ten finding aids
MOST_BYTES = 16 << 20


async def try_fetched(
    feed: StoredFeed,
    holder: StoredInstitution,
    *,
    clock: Clock,
    user_agent: str,
    limits: Limits = LIMITS,
    secrets: Secrets = no_secrets,
    refusals: Refusals | None = None,
    apart: Apart = asyncio.to_thread,
) -> Trial:
    """Fetches the beginning of the feed's file and maps its first `RECORDS` records; nothing is stored.

    apart   where they are mapped
    raises  CrosswalkMissing; CrosswalkInvalid for one with faults; what `apart` raises
    """
    compiled_text(live_text(feed), feed.crosswalk)
    wanted = as_harvested(feed)
    with NamedTemporaryFile(prefix="exchange-trial-") as kept:
        async with session(
            wanted, user_agent=user_agent, limits=limits, secrets=secrets, refusals=refusals
        ) as connections:
            asking = Asking(wanted, connections, clock, limits)
            source = source_of(feed, Memory(), asking, clock, limits)
            try:
                async with asyncio.timeout(limits.page_seconds):
                    ended = await _beginning(source, Path(kept.name))
            except TimeoutError:
                ended = Failure(reason="too_slow")
            finally:
                source.close()
        if isinstance(ended, Failure):
            return Trial(failure=ended.name, fault=ended.detail)
        return await apart(_mapped, feed, holder, Path(kept.name), clock.now(), ended.sru.claim)


async def _beginning(source: Fetch, path: Path) -> Place | Failure:
    """Writes the first pieces of the file; gives where the fetch stands behind them."""
    place = Place()
    with path.open("wb") as file:
        while place.offset < MOST_BYTES:
            match await source.piece(place):
                case Piece(body=body, place=behind, anew=anew):
                    if anew:
                        file.seek(0)
                        file.truncate()
                    file.write(body)
                    place = msgspec.structs.replace(behind, pieces=place.pieces + 1)
                    if (place.sru.claim is not None and place.sru.position > RECORDS) or place.sync.done >= RECORDS:
                        break
                case Brought():
                    break
                case Failure() as failure:
                    return failure
                case _:
                    return Failure(reason="no_records")
    return place


def _mapped(feed: StoredFeed, holder: StoredInstitution, path: Path, now: datetime, claim: int | None) -> Trial:
    crosswalk, context = compiled_text(live_text(feed), feed.crosswalk), context_of(feed, holder)
    try:
        records = list(islice(_records(feed, path, now), RECORDS))
        above = above_in_file(crosswalk, records, context, partial(_named, feed, path, now))
        tried = tried_together(crosswalk, records, context, BroughtParents((*above, *records)))
        samples = tuple(Sample(raw=raw, outcome=outcome) for raw, outcome in tried)
    except FileRefused as refused:
        return Trial(failure=refused.reason, detail=str(refused))
    if not samples:
        return Trial(failure="no_records")
    return Trial(samples=samples, claim=claim)


def _named(feed: StoredFeed, path: Path, now: datetime, wanted: frozenset[str]) -> Iterator[RawRecord]:
    """Those of these names in as much of the file as was fetched, which may break off."""
    with suppress(FileRefused):
        yield from (raw for raw in _records(feed, path, now) if raw.identifier in wanted)


def _records(feed: StoredFeed, path: Path, now: datetime) -> Iterator[RawRecord]:
    """The records of the file's beginning; one that is cut in two is left out."""
    reading = reading_of(compiled_text(live_text(feed), feed.crosswalk), feed)
    for unit in units_of(path, reading):
        if isinstance(unit, Unit):
            yield raw_record(unit, feed=feed.key, format_=reading.format, received=now)
