"""A stored record as a test of a crosswalk: what it holds, set into a minimal record, and what comes of it.

A test says no more than what comes again: what depends on the feed, or on what stands around the payload, is left out,
and a record whose title does not come again is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from mappings.engine.apply import apply
from mappings.engine.compiled import Compiled
from mappings.engine.explain import at_pointer
from mappings.engine.outcome import Context, Mapped, MappedUnit
from mappings.engine.own_tests import TEST_CONTEXT, minimal_record
from mappings.engine.payload import PayloadUnreadable, read_payload
from mappings.formats.marcxml import mnemonics_of
from mappings.formats.table import read_row
from mappings.formats.xml import written
from mappings.schema.raw import RawRecord

#: characters of a record that a test may hold
LONGEST = 16_000

Scalar = str | int | float | bool


class PinnedTest(msgspec.Struct, frozen=True, kw_only=True):
    """A test as it stands in a crosswalk."""

    #: XML fragment, MARC mnemonic lines, or the cells of a row or an object
    inline: str | dict[str, Any]
    #: dotted path -> value
    expect: dict[str, Scalar]


class NotPinned(Exception):
    """The record cannot be a test.

    reason   `not_mapped`, `too_large`, `not_alone`: it means something else apart from what stands around it
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def pinned(compiled: Compiled, raw: RawRecord, context: Context) -> PinnedTest:
    """The test that a record makes; raises NotPinned."""
    outcome = apply(compiled, raw, context)
    if not isinstance(outcome, Mapped):
        raise NotPinned("not_mapped")
    unit = outcome.units[0]
    for inline in _inlines(compiled, raw):
        if len(msgspec.json.encode(inline)) > LONGEST:
            raise NotPinned("too_large")
        text = inline if isinstance(inline, str) else msgspec.json.encode(inline).decode()
        again = apply(compiled, minimal_record(compiled.format, text), TEST_CONTEXT)
        if isinstance(again, Mapped) and again.units[0].record.title == unit.record.title:
            return PinnedTest(inline=inline, expect=dict(_same(unit, again.units[0])))
    raise NotPinned("not_alone")


def _inlines(compiled: Compiled, raw: RawRecord) -> Iterator[str | dict[str, Any]]:
    """What a test may hold of a record, the shortest first."""
    match compiled.format.walk:
        case "row":
            yield dict(read_row(raw.payload).cells)
        case "json":
            yield msgspec.json.decode(raw.payload)
        case walk:
            try:
                root = read_payload(raw, compiled.format, [])
            except PayloadUnreadable as refused:
                raise NotPinned("not_mapped") from refused
            if isinstance(root, bytes):
                raise NotPinned("not_alone")
            if walk == "marc":
                yield mnemonics_of(root)
                return
            yield "".join(written(child).strip() for child in root)
            yield written(root)


def _same(unit: MappedUnit, again: MappedUnit) -> Iterator[tuple[str, Scalar]]:
    """Every value of the record that the test gives again, by its dotted path."""
    one, other = msgspec.to_builtins(unit.record), msgspec.to_builtins(again.record)
    for pointer in unit.rules:
        value = at_pointer(one, pointer)
        if isinstance(value, str | int | float | bool) and value == at_pointer(other, pointer):
            yield _dotted(pointer), value


def _dotted(pointer: str) -> str:
    parts = pointer.strip("/").split("/")
    return parts[0] + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts[1:])
