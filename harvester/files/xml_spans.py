"""Where the records of an XML file begin and end, found in its bytes without parsing them.

However many records are never closed, the file is read a fixed number of times: once more, from the first of them on,
to know which of the others are closed, and once more to say where.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterator
from functools import lru_cache

import msgspec

from harvester.files.mapped import Mapped

#: records without an end after which the rest is one fault
MOST_UNCLOSED = 100
#: names under which records are told apart once one is not closed, and elements of one name that may stay open
_MOST_NAMES, _MOST_OPEN = 64, 1 << 16

#: what holds no tags, and where each ends
_CLOSERS = {b"!--": b"-->", b"![CDATA[": b"]]>"}

#: start and end of a record, and whether it is closed
Span = tuple[int, int, bool]


def _tags(name: bytes) -> re.Pattern[bytes]:
    """A comment or CDATA as it opens (1), or a tag of an element whose name a pattern gives: end (2), name, empty (4).

    A tag holds no tag of that name, not even within quotes: what is never closed is left at the next one, so that a
    file is read in a time that grows with its length.
    """
    other = rb"<(?!/?(?:%s)[\s/>])" % name
    quoted = rb"\"(?:[^\"<]|%s)*+\"|'(?:[^'<]|%s)*+'" % (other, other)
    inside = rb"(?:[^<>\"'/]|/(?!>)|%s|%s)*+" % (quoted, other)
    return re.compile(rb"<(?:(!--|!\[CDATA\[)|(/?)(%s)(?=[\s/>])%s(/?)>)" % (name, inside), re.DOTALL)


@lru_cache(maxsize=64)
def _tags_named(name: bytes) -> re.Pattern[bytes]:
    return _tags(re.escape(name))


@lru_cache(maxsize=64)
def tags_of_any(local: str = "") -> re.Pattern[bytes]:
    """The tags of elements with a local name, whatever their prefix; empty = of every element."""
    name = re.escape(local).encode() if local else rb"[^\s:/<>=!?\"']++"
    return _tags(rb"(?:[^\s:/<>=!?\"']++:)?" + name)


@lru_cache(maxsize=64)
def _tags_of(roots: frozenset[str]) -> re.Pattern[bytes]:
    choice = "|".join(re.escape(name) for name in sorted(roots | {"record"})).encode()
    return _tags(rb"(?:[A-Za-z_][\w.\-]*+:)?(?:%s)" % choice)


class Scan:
    """A file, or a part of one, as it is searched for tags."""

    def __init__(self, data: Mapped, end: int) -> None:
        self._data, self.end = data, end
        #: bytes that were searched, each as often as it was
        self.read_bytes = 0
        #: opener -> the last end of its kind, behind which none is ever closed; looked for where the first one opens
        self._last: dict[bytes, int] = {}

    def tags(self, pattern: re.Pattern[bytes], place: int) -> Iterator[re.Match[bytes]]:
        """The tags from `place` on that stand neither in a comment nor in CDATA."""
        while (found := pattern.search(self._data, place, self.end)) is not None:
            self.read_bytes += found.end() - place
            place = found.end()
            opener = found[1]
            if opener is None:
                yield found
            elif place <= self._last_end(opener):
                behind = self._data.find(_CLOSERS[opener], place, self.end) + len(_CLOSERS[opener])
                self.read_bytes += behind - place
                place = behind
        self.read_bytes += self.end - place

    def _last_end(self, opener: bytes) -> int:
        if opener not in self._last:
            self._last[opener] = self._data.rfind(_CLOSERS[opener], 0, self.end)
        return self._last[opener]


def spans(scan: Scan, roots: Collection[str], place: int) -> Iterator[Span]:
    """Each outermost record from `place` on, in the order of the file; one that is never closed reaches up to the next.

    roots   names of the elements that are records; a `record` always is one
    """
    pattern = _tags_of(frozenset(roots))
    while (first := next((tag for tag in scan.tags(pattern, place) if not tag[2]), None)) is not None:
        end = first.end() if first[4] else end_of(scan, first)
        if not end:
            yield from _among_unclosed(scan, pattern, first.start())
            return
        yield first.start(), end, True
        place = end


def end_of(scan: Scan, first: re.Match[bytes]) -> int:
    """Where the element ends that begins so; 0 where it is never closed."""
    depth = 1
    for tag in scan.tags(_tags_named(first[3]), first.end()):
        depth += -1 if tag[2] else not tag[4]
        if not depth:
            return tag.end()
    return 0


# --- once a record is not closed --------------------------------------------------------------------------------------


class _Depths:
    """How many elements of each name are open at a place of a file; an end of what is not open counts nothing."""

    def __init__(self) -> None:
        self._open: dict[bytes, int] = {}

    def before(self, tag: re.Match[bytes]) -> int:
        """How many of the tag's name are open where it begins."""
        return self._open.get(tag[3], 0)

    def take(self, tag: re.Match[bytes]) -> int | None:
        """The same behind the tag; None of names beyond the first few, which are not counted."""
        if tag[3] not in self._open and len(self._open) >= _MOST_NAMES:
            return None
        now = max(self.before(tag) - 1, 0) if tag[2] else self.before(tag) + (not tag[4])
        self._open[tag[3]] = now
        return now


class _Ends:
    """Which elements of a part of a file are closed, from one reading of it."""

    def __init__(self, tags: Iterator[re.Match[bytes]]) -> None:
        #: name -> number of open elements -> the last end tag that left no more of them open
        self._last: dict[bytes, array[int]] = {}
        depths = _Depths()
        for tag in tags:
            depth = depths.take(tag)
            if tag[2] and depth is not None and depth < _MOST_OPEN:
                self._note(tag, depth)
        for last in self._last.values():
            for depth in range(1, len(last)):
                last[depth] = max(last[depth - 1], last[depth])

    def _note(self, tag: re.Match[bytes], depth: int) -> None:
        last = self._last.setdefault(tag[3], array("q"))
        last.extend([-1] * (depth + 1 - len(last)))
        last[depth] = tag.start()

    def close(self, tag: re.Match[bytes], depth: int) -> bool:
        """Whether the element is closed that begins so where `depth` of its name are open."""
        last = self._last.get(tag[3])
        return last is not None and last[min(depth, len(last) - 1)] > tag.start()


class _Begun(msgspec.Struct, frozen=True, kw_only=True):
    """The record whose end is looked for."""

    start: int
    name: bytes
    #: how many of its name are open before it, and behind its end
    depth: int
    is_closed: bool


def _among_unclosed(scan: Scan, pattern: re.Pattern[bytes], place: int) -> Iterator[Span]:
    """As `spans`, where records may be left open; after `MOST_UNCLOSED` of them the rest is one span."""
    ends, depths, unclosed = _Ends(scan.tags(pattern, place)), _Depths(), 0
    begun: _Begun | None = None
    for tag in scan.tags(pattern, place):
        before, behind = depths.before(tag), depths.take(tag)
        begins = not tag[2] and not tag[4]
        if begun is not None and begun.name == tag[3]:
            if begun.is_closed and tag[2] and behind == begun.depth:
                yield begun.start, tag.end(), True
                begun = None
            elif begins and not begun.is_closed:
                yield begun.start, tag.start(), False
                begun, unclosed = None, unclosed + 1
        elif begun is None and tag[4]:
            yield tag.start(), tag.end(), True
        if unclosed == MOST_UNCLOSED:
            yield tag.start(), scan.end, False
            return
        if begun is None and begins:
            begun = _Begun(start=tag.start(), name=tag[3], depth=before, is_closed=ends.close(tag, before))
    if begun is not None:
        yield begun.start, scan.end, False
