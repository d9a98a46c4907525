"""Changed records mapped before they are taken in, and held against what stands of them in the catalogue.

Each is mapped by what is live for it, below what its parents will be (`page_places`); nothing is written. What the
mapping stage makes of it, if it is taken in, is made then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import msgspec

from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.mapping_watch import Watch
from federation.pipeline.page_places import Judged, judged
from federation.pipeline.remapping import Before, before
from federation.storage import outcomes
from federation.storage.engine import Store
from federation.storage.raw_records import StoredRaw
from harvester.brake import Weighed
from harvester.ports import Changed
from mappings.engine.outcome import Mapped, Rejected

log = logging.getLogger(__name__)


class Weighing(msgspec.Struct, frozen=True):
    """Weighs in a thread of this process (`federation.storage.weighing.Weigh`)."""

    store: Store

    async def __call__(self, changed: Changed) -> Sequence[Weighed]:
        """What each of one feed's changed records is, and would be."""
        return await asyncio.to_thread(weigh, self.store, changed)


def weigh(store: Store, changed: Changed, *, are_mapped: bool = True, watch: Watch | None = None) -> list[Weighed]:
    """What each of one feed's changed records is in the catalogue, and would be.

    changed      number and record
    are_mapped   else nobody knows what is made of them: each counts as refused, and as one that is opened wherever
                 something of it is not for everybody
    watch        ends a record that takes too long
    """
    batch = [StoredRaw(rid=rid, seq=0, run=0, raw=raw) for rid, raw in changed]
    if not batch:
        return []
    mapper = FeedMapper(store, watch)
    with store.reading() as connection:
        stands = before(connection, batch[0].raw.feed, batch, places_hold=False)
        rejected = outcomes.rejected(connection, [stored.rid for stored in batch])
    found = judged(store, mapper, batch, stands) if are_mapped else [_unknown(stored, stands) for stored in batch]
    return [
        _weighed(stored, stands, each, was_refused=stored.rid in rejected)
        for stored, each in zip(batch, found, strict=True)
    ]


def _unknown(stored: StoredRaw, stands: Before) -> Judged:
    """A record of which nobody knows what is made of it."""
    try:
        return Judged(None, stands.may_open(stored))
    except msgspec.DecodeError:
        log.exception("what stands of %s of the feed %s cannot be read", stored.raw.identifier, stored.raw.feed)
        return Judged(None, True)


def _weighed(stored: StoredRaw, stands: Before, found: Judged, *, was_refused: bool) -> Weighed:
    if stands.is_withheld(stored):
        return Weighed()
    outcome = found.outcome
    return Weighed(
        units_before=len(stands.records.get(stored.raw.identifier, ())),
        units_after=len(outcome.units) if isinstance(outcome, Mapped) else 0,
        was_refused=was_refused,
        is_refused=outcome is None or isinstance(outcome, Rejected),
        opens=found.opens,
    )
