"""Places inside JSON: pointers (RFC 6901) and the character at which what they point to begins."""

from __future__ import annotations

import json
import re

_READER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\n\r]*")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def pointer_of(path: str) -> str:
    """The pointer of a path as msgspec writes it: `$.of[0].text` is `/of/0/text`."""
    return "".join(step(name or number) for name, number in _STEP.findall(path))


def step(name: str) -> str:
    """One step of a pointer."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def place_of(text: str, pointer: str) -> int:
    """Where the value of a pointer begins, in code points; of one that is not there where its parent begins.

    text   JSON as far as the pointer leads; what stands behind may be anything
    """
    place = _behind_blanks(text, 0)
    for each in pointer.split("/")[1:]:
        name = each.replace("~1", "/").replace("~0", "~")
        found = _member(text, place, name) if text.startswith("{", place) else _element(text, place, name)
        if found is None:
            break
        place = found
    return place


def _behind_blanks(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def _member(text: str, opener: int, name: str) -> int | None:
    place = _behind_blanks(text, opener + 1)
    while text[place] != "}":
        key, place = _READER.raw_decode(text, place)
        place = _behind_blanks(text, _behind_blanks(text, place) + 1)
        if key == name:
            return place
        place = _next(text, place)
    return None


def _element(text: str, opener: int, number: str) -> int | None:
    if text[opener] != "[":
        return None
    place = _behind_blanks(text, opener + 1)
    for _ in range(int(number)):
        if text[place] == "]":
            return None
        place = _next(text, place)
    return place


def _next(text: str, place: int) -> int:
    """Behind the value that begins here and its comma."""
    _, place = _READER.raw_decode(text, place)
    place = _behind_blanks(text, place)
    return _behind_blanks(text, place + 1) if text[place] == "," else place
