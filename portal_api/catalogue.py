"""The catalogue as the doors read it (`portal_api.exchange.Catalogue`), from the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from federation.linkage.member_records import own_audience
from federation.pipeline.crosswalks import context_of, program_for
from federation.pipeline.hierarchy import StoredHierarchy
from federation.pipeline.relating import related
from federation.pipeline.unifying import load_alone, load_each_alone, load_unified
from federation.storage import aliases, catalogue_records, feeds, institutions, raw_records, standing_below
from federation.storage.engine import Store
from federation.storage.linkage import clusters, keyed
from federation.storage.walked_below import walked_below
from mappings.engine.explain import Trace, explain
from mappings.engine.inputs import known_format
from mappings.engine.payload import has_private_parts
from mappings.schema.access import PUBLIC
from mappings.schema.raw import RawRecord
from mappings.schema.unified import UnifiedRecord
from portal_api.exchange import Below, InstitutionLine, Link, Place, Walked


class StoredCatalogue:
    """The catalogue as the doors read it (`portal_api.exchange.Catalogue`)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def unified(self, cluster_id: str, audience: str) -> UnifiedRecord | None:
        """One thing as `audience` sees it; None where it sees nothing."""
        return self.unified_many([cluster_id], audience).get(cluster_id)

    def unified_many(self, cluster_ids: Sequence[str], audience: str) -> dict[str, UnifiedRecord]:
        """Several things as `audience` sees them; those of which it sees nothing are absent."""
        with self._store.reading() as connection:
            return load_unified(connection, cluster_ids, audience)

    def resolve(self, cluster_id: str, audience: str) -> clusters.Resolved:
        """What a name given out stands for now."""
        with self._store.reading() as connection:
            found = clusters.resolve_name(connection, cluster_id, audience)
            return _named(connection, found) if isinstance(found, clusters.Gone) else found

    def description(self, record_id: str, audience: str) -> UnifiedRecord | None:
        """One institution's record alone; None where the audience sees nothing."""
        with self._store.reading() as connection:
            found = load_alone(connection, record_id, audience)
            renamed = aliases.renamed(connection, record_id) if found is None else None
            return load_alone(connection, renamed, audience) if renamed is not None else found

    def withdrawn(self, record_id: str, audience: str) -> clusters.Gone | None:
        """When and by whom a record that the audience could see was withdrawn; None where that did not happen."""
        with self._store.reading() as connection:
            row = catalogue_records.get(connection, record_id)
            if row is None or row.alive or row.audience not in (PUBLIC, audience):
                return None
            return _named(connection, clusters.Gone(at=row.updated_at, institution=row.institution))

    def why(self, cluster_id: str, audience: str) -> Sequence[Link]:
        """What binds the members that the audience may know of."""
        with self._store.reading() as connection:
            return _links(connection, cluster_id, audience)

    def related(self, cluster_id: str, audience: str) -> Sequence[UnifiedRecord]:
        """Other editions, formats and versions of a thing, as far as the audience may see them."""
        with self._store.reading() as connection:
            names = [each.id for each in related(connection, cluster_id, audience)]
            found = load_unified(connection, names, audience)
        return [found[name] for name in names if name in found]

    def raw(self, record_id: str, audience: str) -> RawRecord | None:
        """The record as harvested; None where its feed does not show it to the audience."""
        with self._store.reading() as connection:
            found = _shown_raw(connection, record_id, audience)
        return found[1] if found else None

    def trace(self, record_id: str, audience: str) -> Trace | None:
        """Which rules made the record of what; None where its feed does not show it to the audience."""
        with self._store.reading() as connection:
            found = _shown_raw(connection, record_id, audience)
            renamed = aliases.renamed(connection, record_id)
            holder = institutions.get(connection, found[0].institution) if found else None
            program = program_for(connection, *found) if found else None
        if found is None or holder is None or program is None:
            return None
        feed, raw = found
        above = StoredHierarchy(self._store).finder(feed.key, raw.identifier)
        return explain(program, raw, context_of(feed, holder), renamed or record_id, above)

    def updated(self, record_ids: Sequence[str]) -> dict[str, datetime]:
        """When each record last changed here."""
        with self._store.reading() as connection:
            rows = catalogue_records.get_many(connection, list(record_ids))
        return {name: row.updated_at for name, row in rows.items()}

    def of_institution(self, slug: str, after: str, limit: int) -> Sequence[UnifiedRecord]:
        """An institution's public things by id."""
        with self._store.reading() as connection:
            names = clusters.of_institution(connection, slug, after, limit)
            found = load_unified(connection, names, PUBLIC)
        return [found[name] for name in names if name in found]

    def below(self, record_id: str, audience: str, after: int, limit: int) -> Below:
        """What stands directly below a record, without the first `after`."""
        with self._store.reading() as connection:
            seen = {PUBLIC, audience}
            names = standing_below.directly_below(connection, record_id, seen, after=after, limit=limit)
            found = load_each_alone(connection, names, audience)
            total = standing_below.count(connection, record_id, seen) if names or after else 0
        return Below(records=[found[name] for name in names if name in found], total=total)

    def below_behind(self, record_id: str, audience: str, name: str, limit: int) -> Below | None:
        """What stands directly below a record, behind the one called `name`; None where that stands elsewhere."""
        seen = {PUBLIC, audience}
        with self._store.reading() as connection:
            parent, at = standing_below.step(connection, name, seen) if name else (record_id, None)
            if parent != record_id:
                return None
            met = standing_below.steps_below(connection, record_id, seen, after=at, limit=limit + 1)
            shown = [each.id for each in met[:limit]]
            found = load_each_alone(connection, shown, audience)
            total = standing_below.count(connection, record_id, seen)
        records = [found[each] for each in shown if each in found]
        return Below(records=records, total=total, goes_on=shown[-1] if len(met) > limit else "")

    def place(self, record_id: str, audience: str) -> Place | None:
        """Where a record that the audience sees stands; None of one that stands below no other."""
        seen = {PUBLIC, audience}
        with self._store.reading() as connection:
            parent, at = standing_below.step(connection, record_id, seen)
            if not parent:
                return None
            before = standing_below.before(connection, parent, seen, at)
            return Place(parent=parent, before=before, total=standing_below.count(connection, parent, seen))

    def walked(self, record_id: str, audience: str, after: str, limit: int) -> Walked:
        """All that stands below a record, behind the one called `after`."""
        with self._store.reading() as connection:
            met = walked_below(connection, record_id, {PUBLIC, audience}, after=after, limit=limit + 1)
            shown = met[:limit]
            found = load_each_alone(connection, [each.id for each in shown], audience)
        records = [(found[each.id], each.depth) for each in shown if each.id in found]
        return Walked(records=records, goes_on=shown[-1].id if len(met) > limit else "")

    def slugs(self) -> Sequence[str]:
        """Short names of the institutions."""
        with self._store.reading() as connection:
            return [each.slug for each in institutions.everyone(connection)]

    def institutions(self) -> Sequence[InstitutionLine]:
        """Every institution with the number of its public records."""
        with self._store.reading() as connection:
            return _institution_lines(connection)


def _institution_lines(connection: sa.Connection) -> list[InstitutionLine]:
    counts = catalogue_records.count_by_institution(connection, PUBLIC)
    return [
        InstitutionLine(slug=line.slug, name=line.name, isil=line.isil, url=line.url, records=counts.get(line.slug, 0))
        for line in institutions.everyone(connection)
    ]


def _named(connection: sa.Connection, gone: clusters.Gone) -> clusters.Gone:
    """`gone` with the institution's name in place of its slug."""
    holder = institutions.get(connection, gone.institution)
    return clusters.Gone(at=gone.at, institution=holder.name if holder else gone.institution)


def _links(connection: sa.Connection, cluster_id: str, audience: str) -> list[Link]:
    names = clusters.members(connection, [cluster_id]).get(cluster_id, [])
    numbers = keyed.numbers_of(connection, names)
    states = keyed.get_many(connection, numbers.values())
    seen = {rid: state.record_id for rid, state in states.items() if state.audience in (PUBLIC, audience)}
    return [
        Link(a=seen[edge.a], b=seen[edge.b], bits=edge.bits, reasons=edge.why)
        for edge in sorted(keyed.edges_of(connection, seen.keys()), key=lambda edge: -edge.bits)
        if edge.a in seen and edge.b in seen
    ]


def _shown_raw(connection: sa.Connection, record_id: str, audience: str) -> tuple[feeds.StoredFeed, RawRecord] | None:
    row = catalogue_records.get(connection, record_id)
    if row is None or row.record is None:
        row = catalogue_records.get(connection, aliases.renamed(connection, record_id) or "")
    if row is None or row.record is None or row.audience not in (PUBLIC, audience):
        return None
    feed = feeds.get(connection, row.feed)
    stored = raw_records.get(connection, row.feed, row.native_id)
    if feed is None or stored is None:
        return None
    own = audience == own_audience(row.institution)
    public = feed.raw_visible == "public" and row.record.access.line == "full"
    public = public and catalogue_records.is_wholly_public(connection, row.feed, row.native_id)
    public = public and not has_private_parts(stored.raw, known_format(row.record.source.format))
    return (feed, stored.raw) if own or public else None
