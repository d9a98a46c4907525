"""What a dry run would change for linking: records whose features or audience differ, and the clusters that would."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.linkage.features import NOT_COMPARED
from federation.linkage.member_records import own_audience
from federation.linkage.ruleset import base
from federation.pipeline.keying import features_in
from federation.pipeline.link_moment import Moment
from federation.pipeline.link_reading import Other, OtherReading
from federation.pipeline.linking import STAGE
from federation.pipeline.odd_keys import turned
from federation.storage import catalogue_records, set_aside
from federation.storage.catalogue_records import Standing
from federation.storage.linkage import keyed
from mappings.schema.access import PUBLIC
from mappings.schema.record import CatalogueRecord

#: of each kind
MOST_EXAMPLES = 10
#: records that an example names of each part
MOST_NAMED = 5
#: of access the line alone matters, and a dry run's records are of one source
_COMPARED = tuple(sorted(set(CatalogueRecord.__struct_fields__) - NOT_COMPARED - {"access", "source"}))


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A record in an example."""

    record: str
    title: str


class ClusterMove(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster that would fall into parts, or parts that would become one."""

    kind: Literal["split", "joined"]
    #: the first records of each
    parts: tuple[tuple[Named, ...], ...]


class ClusterMoves(msgspec.Struct, frozen=True, kw_only=True):
    """How clusters would change, as far as the feed's institution may know of them."""

    split: int = 0
    joined: int = 0
    examples: tuple[ClusterMove, ...] = ()


class TriedLinks:
    """Gathers the records of one feed that would be linked anew."""

    def __init__(self, institution: str) -> None:
        self._institution = institution
        self._standing: dict[int, Other] = {}
        self._new: list[Other] = []

    def __len__(self) -> int:
        return len(self._standing) + len(self._new)

    def add(self, row: Standing | None, old: CatalogueRecord | None, new: CatalogueRecord | None) -> None:
        """Takes in a record that was `old` and would be `new`; None where there is none."""
        if old is not None and new is not None and _is_linked_alike(old, new):
            return
        before, after = self._other(old), self._other(new)
        if after == before:
            return
        if row is None:
            self._new += [after] if after else []
        else:
            self._standing[row.rid] = after or Other(record_id=row.id, audience=PUBLIC, features=b"")

    def _other(self, record: CatalogueRecord | None) -> Other | None:
        if record is None:
            return None
        audience = own_audience(self._institution) if record.access.line == "hidden" else PUBLIC
        features = features_in(record, audience, self._institution)
        return Other(record_id=record.id, audience=audience, features=keyed.packed(features))

    def join(self, later: TriedLinks) -> None:
        """Takes in what another one gathered."""
        self._standing |= later._standing
        self._new += later._new

    def moves(self, connection: sa.Connection) -> ClusterMoves:
        """The clusters that would be split and joined."""
        if not len(self):
            return ClusterMoves()
        first = catalogue_records.highest_rid(connection) + 1
        others = self._standing | dict(enumerate(self._new, first))
        titles = {own_audience(self._institution), PUBLIC}
        return _Moves(*tried_groups(connection, others), titles).told(connection)


def _is_linked_alike(old: CatalogueRecord, new: CatalogueRecord) -> bool:
    """Whether nothing differs that linking compares, or that it is withheld from."""
    if old.access.line != new.access.line:
        return False
    return all(getattr(old, field) == getattr(new, field) for field in _COMPARED)


def tried_groups(connection: sa.Connection, others: Mapping[int, Other]) -> tuple[Moment, list[list[int]]]:
    """The clusters that these records would touch, and the moment that decided them; the linking stage's own rules."""
    reading = OtherReading(connection, others)
    touched = reading.keys | {key for keys in keyed.keys_of(connection, others.keys()).values() for key in keys}
    noted, holders = reading.key_states(touched), reading.holders(touched)
    most = base().limits.key
    odd = {key for key in touched if key in noted or len(holders[key]) > most}
    odd |= {key for key in reading.identifiers & touched if len(holders[key]) > 2}
    states, again = turned(reading, odd, reading.identifiers)
    reading.turn(states)
    moment = Moment(connection, reading, others.keys() | again, set_aside.everything(connection, STAGE).keys())
    groups, _ = moment.groups(moment.new_edges())
    return moment, groups


class _Moves:
    """What differs between the clusters that stand and those that would, of the records that some may know of."""

    def __init__(self, moment: Moment, groups: Iterable[Sequence[int]], audiences: set[str]) -> None:
        self._states = moment.states
        seen = {rid for rid, state in moment.states.items() if state.alive and state.audience in audiences}
        self._after = [[rid for rid in group if rid in seen] for group in groups]
        before: dict[int, list[int]] = defaultdict(list)
        for group in self._after:
            for rid in group:
                if (cid := moment.states[rid].cid) is not None:
                    before[cid].append(rid)
        self._before = before

    def told(self, connection: sa.Connection) -> ClusterMoves:
        """Both sums, with examples."""
        group_of = {rid: at for at, group in enumerate(self._after) for rid in group}
        split = [found for each in self._before.values() if len(found := _parted(each, group_of)) > 1]
        joined = [found for each in self._after if len(found := self._origins(each)) > 1]
        told = [*split[:MOST_EXAMPLES], *joined[:MOST_EXAMPLES]]
        titles = self._titles(connection, [rid for parts in told for part in parts for rid in part[:MOST_NAMED]])
        examples = [
            *(_move("split", parts, titles) for parts in split[:MOST_EXAMPLES]),
            *(_move("joined", parts, titles) for parts in joined[:MOST_EXAMPLES]),
        ]
        return ClusterMoves(split=len(split), joined=len(joined), examples=tuple(examples))

    def _origins(self, group: Sequence[int]) -> list[list[int]]:
        """A group by the clusters in which its records stand; a new record stood in none."""
        found: dict[int, list[int]] = defaultdict(list)
        for rid in group:
            cid = self._states[rid].cid
            found[-rid if cid is None else cid].append(rid)
        return list(found.values())

    def _titles(self, connection: sa.Connection, rids: Sequence[int]) -> dict[int, Named]:
        names = {rid: self._states[rid].record_id for rid in rids}
        rows = catalogue_records.get_many(connection, list(dict.fromkeys(names.values())))
        titles = {name: row.record.title.value for name, row in rows.items() if row.record is not None}
        return {rid: Named(record=name, title=titles.get(name, "")) for rid, name in names.items()}


def _move(kind: Literal["split", "joined"], parts: Sequence[Sequence[int]], titles: Mapping[int, Named]) -> ClusterMove:
    return ClusterMove(kind=kind, parts=tuple(tuple(titles[rid] for rid in part[:MOST_NAMED]) for part in parts))


def _parted(rids: Iterable[int], group_of: Mapping[int, int]) -> list[list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for rid in rids:
        found[group_of[rid]].append(rid)
    return list(found.values())
