"""A feed's stored records tried span by span, on several processes where they are many; sums are joined in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from federation.errors import TrialTooSlow
from federation.pipeline.child_life import forking, start_child
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.dry_run_tally import Tally
from federation.pipeline.mapping_watch import watching
from federation.pipeline.naming import NAMELESS
from federation.pipeline.parent_sources import StoredParents
from federation.pipeline.remapping import Before, before
from federation.pipeline.tried_hierarchy import TriedHierarchy
from federation.storage import raw_records
from federation.storage.crosswalks import Version
from federation.storage.engine import Store
from federation.storage.opened import store_of
from federation.storage.raw_records import StoredRaw

BATCH = 500
#: records of one span; fewer than two of these are not worth a process
SPAN = 2_500

#: records of a feed that may come to no end in one dry run
MOST_SLOW = 100

#: numbers of raw records: above the first, up to the second
Span = tuple[int, int]


def tallied(store: Store, version: Version, processes: int, size: int = SPAN) -> Tally:
    """The sums over every stored record of the version's feed.

    raises  TrialTooSlow after so many records that came to no end
    """
    with store.reading() as connection:
        spans = raw_records.spans(connection, version.feed, size)
        records = raw_records.count(connection, version.feed)
    if processes < 2 or len(spans) < 2:
        return _joined((tally_span(store, version, span) for span in spans or [(0, 0)]), records)
    with ProcessPoolExecutor(min(processes, len(spans)), mp_context=forking(), initializer=start_child) as pool:
        try:
            return _joined(pool.map(partial(_tally_at, store.url, version), spans), records)
        except TrialTooSlow:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _joined(tallies: Iterable[Tally], records: int) -> Tally:
    whole: Tally | None = None
    for tally in tallies:
        if whole is None:
            whole = tally
        else:
            whole.join(tally)
        _check_time(whole, records)
    if whole is None:
        raise ValueError("expected a span, found none")
    return whole


def _check_time(tally: Tally, records: int) -> None:
    """A version that takes so long over so many records is tried no further: each of them costs seconds."""
    if tally.slow >= MOST_SLOW:
        raise TrialTooSlow(tally.slow, *tally.first_slow, tried=tally.fates.total(), records=records)


def _tally_at(url: str, version: Version, span: Span) -> Tally:
    """What a process of the pool is asked for."""
    return tally_span(store_of(url), version, span)


def tally_span(store: Store, version: Version, span: Span) -> Tally:
    """The sums over the records of a span."""
    with watching() as watch:
        return _tally_span(FeedMapper(store, watch), store, version, span)


def _tally_span(mapper: FeedMapper, store: Store, version: Version, span: Span) -> Tally:
    program = mapper.program(version)
    hierarchy = TriedHierarchy(StoredParents(store.reading), lambda raw, find: mapper.by(program, raw, find))
    called = mapper.naming(version)
    tally = Tally(mapper.institution(version.feed), (mapper.of_feed(version.feed).format, program.format))
    for batch, stands in _batches(store, version.feed, span):
        for stored in batch:
            above = hierarchy.finder(version.feed, stored.raw.identifier)
            raw = called.named(stored.raw)
            outcome = mapper.by(program, raw, above) if raw is not None else NAMELESS
            tally.add(stored, stands, outcome)
            if tally.slow >= MOST_SLOW:
                return tally
    return tally


def _batches(store: Store, feed: str, span: Span) -> Iterator[tuple[Sequence[StoredRaw], Before]]:
    after, last = span
    while after < last:
        with store.reading() as connection:
            found = raw_records.of_feed(connection, feed, after, BATCH)
            batch = [stored for stored in found if stored.rid <= last]
            stands = before(connection, feed, batch)
        if not batch:
            return
        yield batch, stands
        after = batch[-1].rid
