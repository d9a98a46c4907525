"""Which crosswalk reads a feed, compiled once a process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import sqlalchemy as sa

from federation.errors import RuleTooSlow
from federation.pipeline.hierarchy import StoredHierarchy
from federation.pipeline.mapping_watch import Watch
from federation.pipeline.naming import Naming, naming
from federation.pipeline.safe_default import HELD_BACK, opens, safe_default
from federation.storage import crosswalks, feeds, institutions, lookup_tables
from federation.storage.crosswalks import Version
from federation.storage.engine import Store
from harvester.oaipmh.sets import is_excluded
from mappings.engine.apply import apply
from mappings.engine.check import WARNINGS
from mappings.engine.compiled import Compiled
from mappings.engine.inputs import Format
from mappings.engine.library import base, check_text, compiled, judge, pinned_tables
from mappings.engine.outcome import Context, Mapped, Outcome, Rejected, Skipped
from mappings.engine.standing import FindAbove, Placement
from mappings.engine.tables import Table
from mappings.errors import CrosswalkInvalid, Fault
from mappings.schema.holding import Institution
from mappings.schema.issue import issue
from mappings.schema.raw import RawRecord

#: code of a record whose rules came to no end in their time
TOO_SLOW = "rule_too_slow"
#: why records of a retired feed are skipped
RETIRED = "feed_retired"
#: and those of a set that the feed leaves out
EXCLUDED = "set_excluded"


@lru_cache(maxsize=64)
def compiled_text(text: str, file: str, tables: tuple[Table, ...] = ()) -> Compiled:
    """A crosswalk's text, checked and compiled with the tables that people keep; raises CrosswalkInvalid."""
    return compiled(text, file=file, tables=tables)


def tables_for(connection: sa.Connection, text: str) -> tuple[Table, ...]:
    """The tables that people keep and a crosswalk's text pins."""
    return lookup_tables.tables(connection, pinned_tables(text))


def live_text(feed: feeds.StoredFeed) -> str:
    """The text of the rules that a feed lives by: its own, or those of the base that it names."""
    return feed.crosswalk_text or base(feed.crosswalk)


def text_of(version: Version) -> str:
    """The text of a version; the first of a feed may be a base."""
    return version.text or base(version.name)


def crosswalk_of(connection: sa.Connection, feed: feeds.StoredFeed) -> Compiled:
    """The program that a feed lives by."""
    return _compiled_in(connection, live_text(feed), feed.crosswalk)


def format_of(feed: feeds.StoredFeed) -> Format:
    """The format that a feed's crosswalk reads, whatever else is wrong with it; raises CrosswalkInvalid without one."""
    return _format_in(live_text(feed), feed.crosswalk)


@lru_cache(maxsize=64)
def _format_in(text: str, name: str) -> Format:
    program, faults = judge(text, file=name)
    if program is None:
        raise CrosswalkInvalid(faults)
    return program.format


def _compiled_in(connection: sa.Connection, text: str, name: str) -> Compiled:
    return compiled_text(text, name, tables_for(connection, text))


class FeedMapper:
    """Maps raw records by their feeds' crosswalks; reads each feed once, so that a batch lives by one version."""

    def __init__(self, store: Store, watch: Watch | None = None) -> None:
        """`watch`: ends a record that takes too long."""
        self._watch = watch
        with store.reading() as connection:
            self._feeds = {feed.key: feed for feed in feeds.everyone(connection)}
            self._institutions = {line.slug: line for line in institutions.everyone(connection)}
            self._canaries = {version.feed: version for version in crosswalks.in_state(connection, "canary")}
            self._kept = _kept_programs(connection)
        self._store = store
        self._tables: dict[str, tuple[Table, ...]] = {}
        self._hierarchy = StoredHierarchy(store)

    def __call__(self, raw: RawRecord, find: FindAbove | None = None) -> tuple[Outcome, str]:
        """The outcome, and the slug of the institution that the record belongs to.

        find    as in `by`
        """
        kept = self._kept.get((raw.feed, raw.identifier))
        if kept is None:
            return self.fresh(raw, find)
        return self._made(kept, raw, find), self.institution(raw.feed)

    def stand_below(self, parents: Mapping[tuple[str, str], str]) -> None:
        """From now on records, by feed and native identifier, stand below these of their feed, whatever is stored."""
        self._hierarchy.stand_below(parents)

    def stand(self, feed: str, native_id: str, placement: Placement | None) -> None:
        """From now on a record stands so, whatever is stored, for those below it; None = nowhere."""
        self._hierarchy.stand(feed, native_id, placement)

    def fresh(self, raw: RawRecord, find: FindAbove | None = None) -> tuple[Outcome, str]:
        """The same by what is live, whatever version the record stays with."""
        feed = self._feeds[raw.feed]
        canary = self.canary(raw)
        if canary is not None:
            return self._made(canary, raw, find), feed.institution
        if feed.is_guarded:
            return self._guarded(live_text(feed), feed.crosswalk, raw, find), feed.institution
        return self.by(self.of_feed(raw.feed), raw, find), feed.institution

    def _made(self, version: Version, raw: RawRecord, find: FindAbove | None) -> Outcome:
        if version.is_guarded:
            return self._guarded(text_of(version), version.name, raw, find)
        return self.by(self.program(version), raw, find)

    def _guarded(self, text: str, name: str, raw: RawRecord, find: FindAbove | None) -> Outcome:
        """What nobody tried makes of a record, held back where the safe default would not show it so."""
        outcome = self.by(self._compiled(text, name), raw, find)
        if not isinstance(outcome, Mapped):
            return outcome
        base = safe_default(text, name, self._tables[text])
        held = opens(outcome, self.by(base, raw, find) if base is not None else None)
        return Skipped(reason=HELD_BACK) if held else outcome

    def of_feed(self, key: str) -> Compiled:
        """The program that a feed lives by."""
        feed = self._feeds[key]
        return self._compiled(live_text(feed), feed.crosswalk)

    def program(self, version: Version) -> Compiled:
        """The program of one version of any feed; raises CrosswalkInvalid, CrosswalkMissing."""
        return self._compiled(text_of(version), version.name)

    def naming(self, version: Version) -> Naming:
        """How a version would name what is stored of its feed."""
        feed = self._feeds[version.feed]
        live, tried = self.of_feed(version.feed), self.program(version)
        return naming(feed, live_text(feed), live, tried, text_of(version))

    def _compiled(self, text: str, name: str) -> Compiled:
        if text not in self._tables:
            with self._store.reading() as connection:
                self._tables[text] = tables_for(connection, text)
        return compiled_text(text, name, self._tables[text])

    def canary(self, raw: RawRecord) -> Version | None:
        """The version that is live for the record's set alone."""
        found = self._canaries.get(raw.feed)
        return found if found is not None and not set(raw.set_specs).isdisjoint(found.canary_sets) else None

    def by(self, program: Compiled, raw: RawRecord, find: FindAbove | None = None) -> Outcome:
        """What `program` makes of a record of its feed.

        find    gives the record above; without it, those that are stored
        """
        feed = self._feeds[raw.feed]
        if feed.state == "retired" and not raw.deleted:
            return Skipped(reason=RETIRED)
        if not raw.deleted and is_excluded(raw.set_specs, feed.set_exclude):
            return Skipped(reason=EXCLUDED)
        above = find or self._hierarchy.finder(raw.feed, raw.identifier)
        context = context_of(feed, self._institutions[feed.institution])
        if self._watch is None:
            return apply(program, raw, context, above)
        return _in_time(self._watch, program, raw, context, self._watch.unwatched(above))

    def check_time(self, feed: str) -> None:
        """Raises FeedTooSlow where too many of a feed's records were too slow for one batch."""
        if self._watch is not None:
            self._watch.feeds.check(feed)

    def within_time(self, feeds: Sequence[str]) -> int:
        """How many of the first records of a batch, by their feeds, it takes."""
        return self._watch.feeds.within(feeds) if self._watch is not None else len(feeds)

    def institution(self, feed: str) -> str:
        """Slug of the institution that a feed belongs to."""
        return self._feeds[feed].institution


def _in_time(watch: Watch, program: Compiled, raw: RawRecord, context: Context, above: FindAbove) -> Outcome:
    """What becomes of a record; refused where its rules take too long."""
    outer, watch.hand = watch.hand, raw
    watch.turn += 1
    try:
        outcome = apply(program, raw, context, above)
    except RuleTooSlow as slow:
        watch.feeds.note(raw.feed, was_slow=True)
        return Rejected(issue=issue(TOO_SLOW, rule=slow.rule, excerpt=str(slow)))
    finally:
        watch.hand = outer
    watch.feeds.note(raw.feed, was_slow=False)
    return outcome


def program_of(connection: sa.Connection, version: Version) -> Compiled:
    """The program of one version; raises CrosswalkInvalid, CrosswalkMissing."""
    return _compiled_in(connection, text_of(version), version.name)


def faults_of(connection: sa.Connection, text: str, name: str) -> tuple[Fault, ...]:
    """Every fault of a text, or its failing tests, with its warnings; `name` says whose it is."""
    return check_text(text, file=name, tables=tables_for(connection, text))


def warnings_of(connection: sa.Connection, version: Version) -> tuple[Fault, ...]:
    """The warnings of a version, its own tests run; raises CrosswalkInvalid with every fault that stops it."""
    found = faults_of(connection, text_of(version), version.name)
    stopping = [fault for fault in found if fault.code not in WARNINGS]
    if stopping:
        raise CrosswalkInvalid(stopping)
    return found


def program_for(connection: sa.Connection, feed: feeds.StoredFeed, raw: RawRecord) -> Compiled:
    """The program that the record's stored description was made by."""
    kept = next((each for each in crosswalks.kept(connection, feed.key) if each.identifier == raw.identifier), None)
    if kept is not None:
        return program_of(connection, crosswalks.found(connection, feed.key, kept.number))
    for version in crosswalks.in_state(connection, "canary"):
        if version.feed == feed.key and not set(raw.set_specs).isdisjoint(version.canary_sets):
            return program_of(connection, version)
    return crosswalk_of(connection, feed)


def _kept_programs(connection: sa.Connection) -> dict[tuple[str, str], Version]:
    """Records that stay with an earlier version, by feed and identifier."""
    staying = crosswalks.kept(connection)
    numbers = {(each.feed, each.number) for each in staying}
    versions = {key: crosswalks.found(connection, *key) for key in numbers}
    return {(each.feed, each.identifier): versions[each.feed, each.number] for each in staying}


def context_of(feed: feeds.StoredFeed, holder: institutions.StoredInstitution) -> Context:
    """What the feed knows and its records do not say."""
    return Context(
        feed=feed.key,
        institution=Institution(name=holder.name, slug=holder.slug, isil=holder.isil),
        metadata_licence=feed.metadata_licence,
    )
