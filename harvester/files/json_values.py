"""JSON Lines, objects one behind the other, and those of an array whatever stands around it: text and identity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

import msgspec

from harvester.files.decoding import in_utf8
from harvester.files.json_spans import First, first_value, lines, objects_of, one_by_one, past_blanks
from harvester.files.mapped import Mapped
from harvester.files.units import FileRefused, Found, Reading, Unit, digest, faulty
from mappings.engine.json_selectors import JsonStep, json_selector
from mappings.engine.json_walk import follow, scalar_text
from mappings.engine.selector_invalid import SelectorInvalid
from mappings.errors import DocumentRefused
from mappings.formats.charset import decode
from mappings.schema.issue import Issue, issue

#: bytes of one object
_MOST = 16 << 20
#: paths that identify an object where neither feed nor crosswalk names any, the surest first
KEYS = tuple(
    (f"/{name}",)
    for name in ("id", "identifier", "@id", "recordId", "objectNumber", "objectID", "accessionNumber", "_id")
)

#: what collections that are addressed themselves call their records (Hydra, JSON-LD 1.1)
_MEMBERS = frozenset({"member", "hydra:member", "@graph", "records"})

_decoder = msgspec.json.Decoder()


def units(file: Mapped, reading: Reading) -> Iterator[Found]:
    """The objects of a file in its order.

    raises  FileRefused: `not_the_format`, `json_broken` where no object can be told from the next
    """
    file = in_utf8(file)
    found = False
    for start, end in _values(file, reading):
        found = True
        yield _unit(bytes(file[start : min(end, start + _MOST + 1)]), start, reading)
    if not found:
        raise FileRefused("not_the_format", "expected JSON objects, found none", "byte 0")


def _values(file: Mapped, reading: Reading) -> Iterator[tuple[int, int]]:
    """Where the objects stand: in an array, in one that an object wraps, one a line, or one behind the other."""
    start = past_blanks(file, 0)
    if file[start : start + 1] == b"[":
        return _of_array(file, start)
    first = first_value(file, start)
    if first.end is None:
        return _of_broken(file, first)
    if past_blanks(file, first.end) < len(file):
        is_line = file.find(b"\n", start, first.end) < 0 and b"\n" in _between(file, first.end)
        return lines(file) if is_line else one_by_one(file, start)
    wrapped = first.records()
    if wrapped is None or _is_record(file, start, first.end, reading):
        return iter(((start, first.end),))
    return objects_of(file, wrapped.start)


def _of_array(file: Mapped, start: int) -> Iterator[tuple[int, int]]:
    """The objects of the array that the file is; what stands behind it is one that cannot be read."""
    end = yield from objects_of(file, start)
    behind = past_blanks(file, end)
    if behind < len(file):
        yield behind, len(file)


def _of_broken(file: Mapped, first: First) -> Iterator[tuple[int, int]]:
    """Of an object that never ends: the list in it, unless only the first of several lines is broken."""
    second = next(islice(lines(file), 1, None), None)
    wrapped = first.records()
    if wrapped is None or (second and _object(bytes(file[slice(*second)])) is not None):
        return lines(file)
    return objects_of(file, wrapped.start)


def _between(file: Mapped, place: int) -> bytes:
    """The blanks from here on."""
    return bytes(file[place : past_blanks(file, place)])


def _is_record(file: Mapped, start: int, end: int, reading: Reading) -> bool:
    """Whether the only object of a file has an identity of its own and names no members: its lists are its parts."""
    value = _object(bytes(file[start:end])) if end - start <= _MOST else None
    return value is not None and bool(_identifier(value, reading)) and not _MEMBERS & value.keys()


def _object(body: bytes) -> dict[str, object] | None:
    """The object that the bytes are, in whatever character set; None where they are none."""
    try:
        value = _decoder.decode(decode(body).text)
    except (msgspec.DecodeError, RecursionError, DocumentRefused):
        return None
    return value if isinstance(value, dict) else None


def _unit(body: bytes, start: int, reading: Reading) -> Found:
    if len(body) > _MOST:
        return faulty("too_large", start, body)
    payload = body.strip()
    notes: tuple[Issue, ...] = ()
    try:
        text, charset = payload.decode(), "utf-8"
    except UnicodeDecodeError:
        text, charset, notes = _in_another_charset(payload)
    try:
        value = _decoder.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return faulty("json_broken", start, body)
    if not isinstance(value, dict):
        return faulty("not_the_format", start, body)
    identifier = _identifier(value, reading)
    if not identifier:
        return faulty("identifier_empty", start, body)
    return Unit(
        payload=text, sha256=digest(payload), identifier=identifier, charset=charset, notes=notes, position=start
    )


def _in_another_charset(body: bytes) -> tuple[str, str, tuple[Issue, ...]]:
    """An object that is not UTF-8, though the file may be: its text, the character set and what could not be read."""
    try:
        found = decode(body)
    except DocumentRefused:
        return "", "", ()
    notes = (issue("bytes_undecodable", excerpt=str(found.replaced)),) if found.replaced else ()
    return found.text, found.charset, notes


def identity_of(payload: str, reading: Reading) -> str:
    """What the keys of `reading` call an object that is stored already; empty where none of them has a value."""
    return _identifier(_decoder.decode(payload), reading)


def _identifier(value: object, reading: Reading) -> str:
    return next(filter(None, (_identity(value, entry) for entry in reading.keys or KEYS)), "")


def _identity(value: object, entry: Sequence[str]) -> str:
    """The values at the paths of a key together; empty where one of them has none."""
    texts = [_at(value, path) for path in entry]
    return "-".join(texts) if all(texts) else ""


def _at(value: object, path: str) -> str:
    """The first text at a path (RFC 6901, with `*`) or under a plain member name."""
    return next((text for found, _ in follow(value, _steps(path), "") if (text := scalar_text(found))), "")


@lru_cache(maxsize=256)
def _steps(path: str) -> tuple[JsonStep, ...]:
    try:
        return json_selector(path if path.startswith("/") else f"/{path}").steps
    except SelectorInvalid as error:
        raise FileRefused("no_key_column", str(error)) from error
