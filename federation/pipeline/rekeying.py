"""New identifiers for a feed's records, where a version of its crosswalk tells records or units apart by other keys.

Each old identifier leads to exactly one new one, by the raw record and the place of the unit in it; one that leads
nowhere stops the rekey, so nothing that was given out is lost. Judgements go along. The version has passed its dry run
and its gates like any other: what it would open is compared by place too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from federation.errors import RequestRefused
from federation.pipeline import calling, crosswalk_life
from federation.pipeline.crosswalks import FeedMapper, live_text, text_of
from federation.pipeline.identity import same_identity
from federation.pipeline.naming import stated_keys
from federation.pipeline.parent_sources import StoredParents
from federation.pipeline.tried_hierarchy import TriedHierarchy
from federation.settings import Approval
from federation.storage import aliases, catalogue_records, crosswalks, feeds, raw_records
from federation.storage.catalogue_records import Standing
from federation.storage.crosswalks import Version
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.linkage import judgements
from federation.storage.raw_records import StoredRaw
from federation.storage.transactions import Transaction
from mappings.engine.outcome import Mapped, Outcome

BATCH = 500
#: units without a new identifier that are named
SHOWN = 5


class Renaming(msgspec.Struct, frozen=True, kw_only=True):
    """What a version would call the living records of its feed."""

    #: of the version's text, and what was live
    text_sha256: str
    feed: StoredFeed
    #: highest `seq` of the raw records that were read
    seq: int
    #: old identifier -> new identifier, of those that change
    renamed: dict[str, str]
    #: identifiers that lead nowhere, or two to one
    unmatched: tuple[str, ...]
    #: old native identifier -> new one, of the raw records whose key names them otherwise
    names: dict[str, str] = {}
    #: id of a living record -> its new native identifier
    called: dict[str, str] = {}


def renaming(store: Store, feed: StoredFeed, version: Version) -> Renaming:
    """Maps every stored record by `version` and pairs its units with what stands, by their place."""
    mapper, seq = FeedMapper(store), 0
    program, naming = mapper.program(version), mapper.naming(version)
    tried = TriedHierarchy(StoredParents(store.reading), lambda raw, find: mapper.by(program, raw, find))
    renamed: dict[str, str] = {}
    names: dict[str, str] = {}
    called: dict[str, str] = {}
    unmatched: list[str] = []
    for stored, standing in _stored(store, feed.key):
        seq, raw = max(seq, stored.seq), naming.named(stored.raw)
        if raw is None:
            unmatched += [row.id for row in standing] or [stored.raw.identifier]
            continue
        if raw.identifier != stored.raw.identifier:
            names[stored.raw.identifier] = raw.identifier
            called |= {row.id: raw.identifier for row in standing}
        for old, new in _pairs(mapper.by(program, raw, tried.finder(feed.key, stored.raw.identifier)), standing):
            if new is None:
                unmatched.append(old)
            elif new != old:
                renamed[old] = new
    unmatched += [*_twice(renamed), *_taken(store, feed.key, names)]
    return Renaming(
        text_sha256=version.sha256,
        feed=feed,
        seq=seq,
        renamed=renamed,
        unmatched=tuple(unmatched),
        names=names,
        called=called,
    )


def _taken(store: Store, feed: str, names: dict[str, str]) -> tuple[str, ...]:
    """Native identifiers that two raw records would share."""
    with store.reading() as connection:
        staying = raw_records.called(connection, feed) - names.keys() if names else set()
    met: Counter[str] = Counter(names.values())
    return tuple(new for new, often in met.items() if often > 1 or new in staying)


def _stored(store: Store, feed: str) -> Iterator[tuple[StoredRaw, list[Standing]]]:
    after = 0
    while True:
        with store.reading() as connection:
            batch = raw_records.of_feed(connection, feed, after, BATCH)
            stands = catalogue_records.standing(connection, feed, [stored.raw.identifier for stored in batch])
        if not batch:
            return
        for stored in batch:
            yield stored, stands.get(stored.raw.identifier, [])
        after = batch[-1].rid


def _pairs(outcome: Outcome, standing: list[Standing]) -> Iterator[tuple[str, str | None]]:
    units = outcome.units if isinstance(outcome, Mapped) else ()
    by_place = {unit.record.source.unit_path: unit.record.id for unit in units}
    for row in standing:
        yield row.id, by_place.get(row.decoded().source.unit_path)


def _twice(renamed: dict[str, str]) -> tuple[str, ...]:
    """Old identifiers that share their new one."""
    met: dict[str, str] = {}
    return tuple(old for old, new in renamed.items() if met.setdefault(new, old) != old)


def rekey(tx: Transaction, found: Renaming, number: int, *, approval: Approval = "gates") -> Version:
    """Puts a version to work that calls units otherwise, with an alias for each identifier that changes.

    approval  who has to have signed it
    raises    RequestRefused: `ids_same`, `ids_unmatched`, `dry_run_stale`, `state_passed`, `not_approved`
    """
    feed = found.feed
    version = crosswalks.found(tx.connection, feed.key, number)
    if same_identity(tx.connection, feed, version):
        raise RequestRefused("ids_same", "this version changes no identifier: put it to work as any other")
    if found.unmatched:
        shown = ", ".join(found.unmatched[:SHOWN])
        raise RequestRefused("ids_unmatched", f"{len(found.unmatched)} identifiers would lead nowhere, such as {shown}")
    if version.sha256 != found.text_sha256 or raw_records.highest_seq(tx.connection, feed.key) > found.seq:
        raise RequestRefused("dry_run_stale", "records came since: make the dry run again")
    lived = live_text(feed)
    made = crosswalk_life.activate(tx, feed, number, rekeyed=True, approval=approval)
    if stated_keys(lived, text_of(version)) and feed.key_field:
        _forget_key_field(tx, feed.key)
    out = calling.call(tx, feed, found.names, found.called) if found.names else {}
    aliases.add(tx, feed.key, found.renamed | out)
    judgements.rename(tx, found.renamed)
    return made


def _forget_key_field(tx: Transaction, key: str) -> None:
    """The version's key takes the place of the feed's own."""
    feed = feeds.get(tx.connection, key)
    if feed is not None:
        feeds.change(tx, msgspec.structs.replace(feed, key_field=""))
