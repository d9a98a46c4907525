"""RDF of several things as a record of each: the thing, what is said of it elsewhere, and what either refers to.

The nodes of the graph are found in its bytes and never parsed together; a record is put together from them with the
graph's own start tag. References among what is referred to are not followed (`mappings.formats.rdf`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice

import msgspec

from harvester.files.mapped import Mapped
from harvester.files.units import MOST_KEPT, FaultyUnit, faulty
from harvester.files.xml_spans import MOST_UNCLOSED, Scan, end_of, tags_of_any
from mappings.engine.inputs import Format

#: the records of one graph together may hold so many times its bytes
MOST_GROWTH = 200

_VALUE = rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
_PREFIX = rb"(?:[\w.\-]+:)?"
_CALLED = re.compile(rb"\s" + _PREFIX + rb"(about|ID|nodeID)" + _VALUE)
_REFERS = re.compile(rb"\s" + _PREFIX + rb"(resource|nodeID)" + _VALUE)
#: properties by which an aggregation or a proxy says whose it is
_OF = re.compile(rb"<" + _PREFIX + rb"(?:aggregatedCHO|proxyFor)(\s[^<>]*)>")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A record of its own."""

    position: int
    body: bytes


class _Node(msgspec.Struct, frozen=True, kw_only=True):
    """A node at the top of the graph."""

    start: int
    end: int
    #: names of the things in it; none = it says something of others, or is what they refer to
    things: tuple[str, ...] = ()
    is_closed: bool = True

    @property
    def size(self) -> int:
        return self.end - self.start


class _Graph:
    """The nodes of a graph by what they are to each other."""

    def __init__(self) -> None:
        self.things: list[_Node] = []
        #: name of a thing -> what is said of it elsewhere
        self.of: dict[str, list[_Node]] = defaultdict(list)
        #: name -> what things refer to
        self.named: dict[str, _Node] = {}
        self.broken: list[_Node] = []


def holds_several(data: Mapped, start: int, end: int, format_: Format) -> bool:
    """Whether the element between these places is a graph that describes several things."""
    root = next(Scan(data, end).tags(tags_of_any(), start), None) if format_.graph else None
    if root is None or _local(root[3]) not in format_.roots:
        return False
    return len(list(islice(_things(data, start, end, format_), 2))) > 1


def _things(data: Mapped, start: int, end: int, format_: Format) -> Iterator[re.Match[bytes]]:
    """The start tags of what is described."""
    return (tag for tag in Scan(data, end).tags(tags_of_any(format_.mark), start) if not tag[2])


def _local(name: bytes) -> str:
    return name.rpartition(b":")[2].decode("utf-8", "replace")


def parts(data: Mapped, start: int, end: int, format_: Format) -> Iterator[Part | FaultyUnit]:
    """Each thing that the graph between these places describes, in its order; what belongs to none is a fault."""
    root = next(Scan(data, end).tags(tags_of_any(), start))
    graph = _read(data, root.end(), end, format_)
    opening, closing = bytes(root[0]), b"</" + root[3] + b">"
    allowance, used = MOST_GROWTH * (end - start), set[int]()
    for thing in graph.things:
        belonging = _belonging(thing, graph, data)
        used |= {node.start for node in belonging}
        size = sum(node.size for node in belonging)
        allowance -= size
        if allowance < 0 or size > format_.limits.size_bytes:
            yield _fault("too_large", thing, data)
            continue
        inside = b"".join(bytes(data[node.start : node.end]) for node in belonging)
        yield Part(position=thing.start, body=opening + inside + closing)
    alone = [node for nodes in graph.of.values() for node in nodes if node.start not in used]
    yield from (_fault("not_the_format", node, data) for node in alone)
    yield from (_fault("truncated", node, data) for node in graph.broken)


def _fault(reason: str, node: _Node, data: Mapped) -> FaultyUnit:
    return faulty(reason, node.start, bytes(data[node.start : min(node.end, node.start + MOST_KEPT)]))


def _belonging(thing: _Node, graph: _Graph, data: Mapped) -> list[_Node]:
    """The nodes of a thing's record: itself, then the others as they stand in the file."""
    said = [thing, *(node for name in thing.things for node in graph.of.get(name, ()))]
    found = {node.start: node for node in said}
    for node in said:
        for name in _names(_REFERS.findall(data, node.start, node.end)):
            target = graph.named.get(name)
            if target is not None:
                found[target.start] = target
    del found[thing.start]
    return [thing, *(found[place] for place in sorted(found))]


# --- the graph --------------------------------------------------------------------------------------------------------


def _read(data: Mapped, place: int, end: int, format_: Format) -> _Graph:
    graph, things = _Graph(), _things(data, place, end, format_)
    thing = next(things, None)
    for node, local, tag in _nodes(data, place, end):
        called: list[str] | None = None
        while thing is not None and thing.start() < node.end:
            called = [*(called or ()), *_names(_CALLED.findall(thing[0]))]
            thing = next(things, None)
        if not node.is_closed:
            graph.broken.append(node)
        elif called is not None:
            graph.things.append(msgspec.structs.replace(node, things=tuple(called)))
        elif local in format_.graph:
            owners = [name for found in _OF.finditer(data, node.start, node.end) for name in _refers(found[1])]
            for owner in owners or [""]:
                graph.of[owner].append(node)
        else:
            graph.named.update((name, node) for name in _names(_CALLED.findall(tag)))
    return graph


def _nodes(data: Mapped, place: int, end: int) -> Iterator[tuple[_Node, str, bytes]]:
    """Each element from `place` on with its local name and start tag; one never closed reaches up to the next of it."""
    scan, unclosed = Scan(data, end), 0
    while (first := next((tag for tag in scan.tags(tags_of_any(), place) if not tag[2]), None)) is not None:
        local = _local(first[3])
        closed = first.end() if first[4] else end_of(scan, first)
        place = closed
        if not closed:
            unclosed += 1
            following = (tag for tag in scan.tags(tags_of_any(local), first.end()) if not tag[2])
            again = next(following, None) if unclosed < MOST_UNCLOSED else None
            place = again.start() if again else end
        yield _Node(start=first.start(), end=place, is_closed=bool(closed)), local, first[0]


def _refers(attributes: bytes) -> list[str]:
    return _names(_REFERS.findall(attributes))


def _names(found: Iterable[tuple[bytes, bytes, bytes]]) -> list[str]:
    """What attributes call a node, each in the one form in which it is compared."""
    marks = {b"ID": "#", b"nodeID": "_:"}
    return [
        marks.get(attribute, "") + unescape((one or other).decode("utf-8", "replace"))
        for attribute, one, other in found
    ]
