"""Paths of a record that no rule reads, written as a rule would read them: relative to the unit where there are units.

What stands around the units of a finding aid is read from every one of them as `up:`. What a wrapper (METS) wraps is
read by the rules of another crosswalk, and left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from mappings.engine.compiled import Compiled
from mappings.engine.payload import PayloadUnreadable, read_payload
from mappings.engine.split import parts_of
from mappings.engine.xml_walk import XmlWalk
from mappings.schema.raw import RawRecord

#: units in a record that are looked into; a finding aid may have tens of thousands that are all alike
MOST_UNITS = 2_000
#: what a wrapper holds for another crosswalk
_WRAPPED = frozenset({"mdWrap"})


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """A source path that no rule reads."""

    path: str
    #: place of the unit below the payload; empty where the record is one unit
    unit: str = ""


class UnreadPath(msgspec.Struct, frozen=True, kw_only=True):
    """A source path that no rule reads, in many records."""

    path: str
    #: records with it, and units of them, which are as many where a record is one unit
    records: int
    units: int
    #: native identifier of a record with it, and the place of a unit in it
    example: str
    unit: str = ""


class _Looked(msgspec.Struct, frozen=True):
    """What was found in a record."""

    #: looked into
    units: int
    paths: tuple[Unread, ...]


def unread_in(compiled: Compiled, raw: RawRecord) -> tuple[Unread, ...]:
    """The paths of each unit that no rule reads, each once a unit, in the order of the units.

    raises  PayloadUnreadable
    """
    return _looked(compiled, raw).paths


def _looked(compiled: Compiled, raw: RawRecord) -> _Looked:
    root, walk = read_payload(raw, compiled.format, []), compiled.walk
    if not isinstance(walk, XmlWalk):
        return _Looked(1, _once(walk.unread(root)))
    if compiled.split is None:
        return _Looked(1, _once(walk.unread(root, passing=_WRAPPED if compiled.sections else frozenset())))
    parts = parts_of(compiled, root, raw.feed, raw.named)
    around = _once(walk.unread_around(root, parts[0].element), parts[0].path) if parts else ()
    inside = (found for part in parts[:MOST_UNITS] for found in _once(walk.unread(part.element), part.path))
    return _Looked(min(len(parts), MOST_UNITS), (*around, *inside))


def _once(paths: Iterable[str], unit: str = "") -> tuple[Unread, ...]:
    return tuple(Unread(path=path, unit=unit) for path in dict.fromkeys(paths))


class UnreadPaths:
    """The paths that no rule reads, summed over records."""

    def __init__(self) -> None:
        self.records = 0
        self._records: Counter[str] = Counter()
        self._units: Counter[str] = Counter()
        #: path -> a record and a unit with it
        self._examples: dict[str, tuple[str, str]] = {}

    def add(self, compiled: Compiled, raw: RawRecord) -> int:
        """Counts one record, and gives how many units were looked into; what cannot be read holds no paths."""
        self.records += 1
        try:
            looked = _Looked(0, ()) if raw.deleted else _looked(compiled, raw)
        except PayloadUnreadable:
            return 0
        found = looked.paths
        self._units.update(each.path for each in found)
        self._records.update({each.path for each in found})
        for each in found:
            self._examples.setdefault(each.path, (raw.identifier, each.unit))
        return looked.units

    def most_common(self) -> tuple[UnreadPath, ...]:
        """The most frequent first; equally frequent ones by path."""
        ranked = sorted(self._units, key=lambda path: (-self._units[path], path))
        return tuple(self._line(path) for path in ranked)

    def _line(self, path: str) -> UnreadPath:
        example, unit = self._examples[path]
        return UnreadPath(path=path, records=self._records[path], units=self._units[path], example=example, unit=unit)
