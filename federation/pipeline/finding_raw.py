"""Stored raw records by what stands at a path: who has a field, and with which value, part by part."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.pipeline.crosswalks import context_of, crosswalk_of
from federation.storage import institutions, raw_records, withheld
from federation.storage.feeds import StoredFeed
from mappings.engine.finding import finder, found_in
from mappings.schema.folding import fold

#: records that one answer names, and seconds after which it is cut
MOST_HITS, SECONDS = 100, 5.0
LONGEST_PATH = 500
_BATCH = 500
#: values of one record that are named, and characters of each
_VALUES, _CHARACTERS = 5, 300


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is sought."""

    #: a selector, as rules write it: `marc:506$a`, `dc:rights`, `col:密级`
    path: str
    #: part of a value, whatever its case and width; empty = any value
    value: str = ""
    #: number of the raw record behind which to begin
    after: int = 0


class RawHit(msgspec.Struct, frozen=True, kw_only=True):
    """A raw record that has it."""

    identifier: str
    #: the values that fit, the first few
    values: tuple[str, ...]


class RawHits(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the answer."""

    hits: tuple[RawHit, ...]
    looked_at: int
    #: where the next part begins; None at the end
    following: int | None


def find(
    connection: sa.Connection, feed: StoredFeed, wanted: Wanted, *, monotonic: Callable[[], float] = time.monotonic
) -> RawHits:
    """The records of a feed that have a value at the path, by number, until there are enough or time is up.

    Those that a person withholds are passed over.

    raises  CrosswalkInvalid for a path that cannot be read; RequestRefused
    """
    holder = institutions.get(connection, feed.institution)
    if holder is None or not 0 < len(wanted.path) <= LONGEST_PATH:
        raise RequestRefused("path_missing", f"expected a path of 1 to {LONGEST_PATH} characters")
    program = finder(crosswalk_of(connection, feed), wanted.path)
    context, sought, until = context_of(feed, holder), fold(wanted.value).strip(), monotonic() + SECONDS
    hits: list[RawHit] = []
    looked_at, after = 0, wanted.after
    while batch := raw_records.of_feed(connection, feed.key, after, _BATCH):
        out = withheld.among(connection, [(feed.key, stored.raw.identifier) for stored in batch])
        for stored in batch:
            is_shown = (feed.key, stored.raw.identifier) not in out
            values = found_in(program, stored.raw, context) if is_shown else ()
            fitting = tuple(value for value in values if sought in fold(value)) if sought else values
            looked_at, after = looked_at + 1, stored.rid
            if fitting:
                hits.append(RawHit(identifier=stored.raw.identifier, values=_shown(fitting)))
            if len(hits) >= MOST_HITS or monotonic() > until:
                return RawHits(hits=tuple(hits), looked_at=looked_at, following=after)
    return RawHits(hits=tuple(hits), looked_at=looked_at, following=None)


def _shown(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value[:_CHARACTERS] for value in values[:_VALUES])
