"""What a change of rules would open: the parts in which a record's terms of access are looser than they were.

Beside the parts of `mappings.schema.access.looser_parts` stands `content`, who may have the material, and `shown`: a
record that a rule kept out of the catalogue would stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from federation.access.conditions import Content, content_class
from mappings.engine.outcome import MappedUnit
from mappings.schema.access import Access, looser_parts

#: how far the content is from a reader; whether the holder's own people have it is the holder's affair
_CONTENT: dict[Content, int] = {"open": 0, "on_request": 1, "institution": 2, "never": 2}
#: a record without a title was refused for what it lacks, not for what may be seen
_LACKING = frozenset({"title_missing"})


def loosened(before: Access, after: Access) -> tuple[str, ...]:
    """The parts of `after` that are looser than in `before`, `content` last."""
    parts = looser_parts(before, after)
    opener = _CONTENT[content_class(after)] < _CONTENT[content_class(before)]
    return (*parts, "content") if opener else parts


def loosened_units(before: dict[str, Access], kept_out: str, units: Iterable[MappedUnit]) -> tuple[str, ...]:
    """The parts in which the units of one raw record would be looser, each once.

    before    what stands in the catalogue, by record id
    kept_out  why the raw record has no units now: the code of its refusal; empty where it has some, or is new
    """
    found: list[str] = []
    for unit in units:
        former = before.get(unit.record.id)
        if former is not None:
            found.extend(loosened(former, unit.record.access))
        elif kept_out and kept_out not in _LACKING and unit.record.access.line != "hidden":
            found.append("shown")
    return tuple(dict.fromkeys(found))
