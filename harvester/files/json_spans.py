"""Where the objects of a JSON file stand, told by its brackets alone; nothing is decoded.

A file is read in a time that grows with its length, whatever is opened in it and never closed.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

import msgspec

from harvester.files.mapped import Mapped
from harvester.files.units import FileRefused

#: a string, which may never end, or a bracket
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]', re.DOTALL)
_BLANKS = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*")
_EMPTY_LIST = re.compile(rb"\[\s*\]")
#: members under which answers of repositories and search servers give their records, the surest first
_USUAL = (b"records", b"@graph", b"docs", b"items", b"results", b"hits", b"objects", b"data")


class Listed(msgspec.Struct, kw_only=True):
    """An array that stands in objects alone."""

    #: of the member that it is
    name: bytes
    start: int
    #: how many stand directly in it
    objects: int = 0
    is_empty: bool = False


class First(msgspec.Struct, frozen=True, kw_only=True):
    """The first object of a file."""

    #: None = it never ends
    end: int | None
    lists: tuple[Listed, ...]

    def records(self) -> Listed | None:
        """The list of records, if the object is a wrapper of one: by its name, else the longest.

        An empty list is one only where no other list holds anything.
        """
        full = [each for each in self.lists if each.objects]
        for name in _USUAL:
            named = next((each for each in full if each.name == name), None)
            if named is not None:
                return named
        if full:
            return max(full, key=lambda each: each.objects)
        return self.lists[0] if self.lists and all(each.is_empty for each in self.lists) else None


def past_blanks(file: Mapped, place: int) -> int:
    """The first place from here on that is not blank."""
    found = _BLANKS.match(file, place)
    return found.end() if found else place


def first_value(file: Mapped, start: int) -> First:
    """What the object at `start` holds, and where it ends."""
    depth, inside = 0, 0
    name = b""
    lists: list[Listed] = []
    for token in _TOKENS.finditer(file, start):
        mark = token[0]
        if mark[:1] == b'"':
            if not inside:
                name = mark[1:-1]
        elif mark in b"{[":
            depth += 1
            if inside:
                lists[-1].objects += mark == b"{" and depth == inside + 1
            elif mark == b"[":
                inside, place = depth, token.start()
                lists.append(Listed(name=name, start=place, is_empty=_EMPTY_LIST.match(file, place) is not None))
        else:
            depth -= 1
            inside = inside if depth >= inside else 0
            if depth <= 0:
                return First(end=token.end(), lists=tuple(lists))
    return First(end=None, lists=tuple(lists))


def objects_of(file: Mapped, start: int) -> Generator[tuple[int, int], None, int]:
    """What stands in brackets directly in the array at `start`; returns where that ends.

    raises  FileRefused `json_broken` where it never does
    """
    depth, begin = 0, start
    for token in _TOKENS.finditer(file, start):
        mark = token[0]
        if mark[:1] == b'"':
            continue
        if mark in b"{[":
            depth += 1
            if depth == 2:
                begin = token.start()
        else:
            depth -= 1
            if depth == 1:
                yield begin, token.end()
            elif depth <= 0:
                return token.end()
    raise FileRefused("json_broken", "expected the end of the array, found the end of the file", f"byte {len(file)}")


def lines(file: Mapped) -> Iterator[tuple[int, int]]:
    """The lines that are not blank."""
    start = 3 if bytes(file[:3]) == b"\xef\xbb\xbf" else 0
    while start < len(file):
        end = file.find(b"\n", start)
        end = len(file) if end < 0 else end
        if bytes(file[start:end]).strip():
            yield start, end
        start = end + 1


def one_by_one(file: Mapped, start: int) -> Iterator[tuple[int, int]]:
    """Values that stand one behind the other, each with what leads to it; the last may have no end."""
    depth, begin = 0, start
    for token in _TOKENS.finditer(file, start):
        mark = token[0]
        if mark[:1] == b'"':
            continue
        depth += 1 if mark in b"{[" else -1
        if depth <= 0:
            yield begin, token.end()
            depth, begin = 0, past_blanks(file, token.end())
    if begin < len(file):
        yield begin, len(file)
