"""JSON Lines, and the objects of a JSON array, whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from harvester.files.mapped import Mapped
from harvester.files.units import FileRefused, Found, Reading, Unit, digest, faulty
from mappings.engine.json_selectors import JsonStep, json_selector
from mappings.engine.json_walk import follow, scalar_text
from mappings.engine.selector_invalid import SelectorInvalid

#: bytes of one object
_MOST = 16 << 20
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
#: paths that identify an object where neither feed nor crosswalk names any, the surest first
KEYS = tuple(
    (f"/{name}",)
    for name in ("id", "identifier", "@id", "recordId", "objectNumber", "objectID", "accessionNumber", "_id")
)

_decoder = msgspec.json.Decoder()


def units(file: Mapped, reading: Reading) -> Iterator[Found]:
    """The objects of a file in its order.

    raises  FileRefused: `not_the_format`, `json_broken` where no object can be told from the next
    """
    spans = _array(file) if _is_array(file, reading) else _lines(file)
    found = False
    for start, end in spans:
        found = True
        yield _unit(bytes(file[start : min(end, start + _MOST + 1)]), start, reading)
    if not found:
        raise FileRefused("not_the_format", "expected JSON objects, found none", "byte 0")


def _is_array(file: Mapped, reading: Reading) -> bool:
    """Whether the objects stand in an array: at once, or as a member of the object around it."""
    head = bytes(file[: 1 << 16]).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"["):
        return True
    start, end = next(_lines(file), (0, 0))
    if end - start > _MOST:
        return b"[" in head
    try:
        value = _decoder.decode(bytes(file[start:end]))
    except UnicodeDecodeError:
        return False
    except (msgspec.DecodeError, RecursionError):
        return b"[" in head
    return not bytes(file[end : end + (1 << 16)]).strip() and _wraps(value, reading)


#: what collections that are addressed themselves call their records (Hydra, JSON-LD 1.1)
_MEMBERS = frozenset({"member", "hydra:member", "@graph", "records"})


def _wraps(value: object, reading: Reading) -> bool:
    """Whether one object alone is a wrapper of others: it has no identifier of its own, or calls them its members."""
    if not isinstance(value, dict) or (_identifier(value, reading) and not _MEMBERS & value.keys()):
        return False
    lists = [each for each in value.values() if isinstance(each, list)]
    return len(lists) == 1 and bool(lists[0]) and all(isinstance(each, dict) for each in lists[0])


def _identifier(value: object, reading: Reading) -> str:
    return next(filter(None, (_identity(value, entry) for entry in reading.keys or KEYS)), "")


def _lines(file: Mapped) -> Iterator[tuple[int, int]]:
    start = 3 if bytes(file[:3]) == b"\xef\xbb\xbf" else 0
    while start < len(file):
        end = file.find(b"\n", start)
        end = len(file) if end < 0 else end
        if bytes(file[start:end]).strip():
            yield start, end
        start = end + 1


def _array(file: Mapped) -> Iterator[tuple[int, int]]:
    """Objects that stand directly in the first array."""
    depth, inside, start = 0, 0, 0
    for token in _TOKENS.finditer(file):
        mark = token[0]
        if mark[:1] == b'"':
            continue
        if mark in b"{[":
            depth += 1
            if mark == b"[" and not inside:
                inside = depth
            elif inside and depth == inside + 1:
                start = token.start()
        else:
            depth -= 1
            if inside and depth == inside:
                yield start, token.end()
            elif inside and depth < inside:
                return
    raise FileRefused("json_broken", "expected the end of the array, found the end of the file", f"byte {len(file)}")


def _unit(body: bytes, start: int, reading: Reading) -> Found:
    if len(body) > _MOST:
        return faulty("too_large", start, body)
    try:
        value, payload = _decoder.decode(body), body.strip().decode()
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return faulty("json_broken", start, body)
    if not isinstance(value, dict):
        return faulty("not_the_format", start, body)
    identifier = _identifier(value, reading)
    if not identifier:
        return faulty("identifier_empty", start, body)
    return Unit(payload=payload, sha256=digest(body.strip()), identifier=identifier, position=start)


def identity_of(payload: str, reading: Reading) -> str:
    """What the keys of `reading` call an object that is stored already; empty where none of them has a value."""
    return _identifier(_decoder.decode(payload), reading)


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
