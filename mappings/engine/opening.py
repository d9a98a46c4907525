"""Rules and defaults that open what says nothing of access: legal, told, and held by the gate of access.

A constant under a condition counts as read: what it opens shows only on records, which a dry run compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from mappings.engine.compiled import Compiled
from mappings.engine.program import Member, Program
from mappings.errors import Fault
from mappings.said import said

#: values of members of access that open, whatever stands beside them
_OPENING: dict[str, object] = {"status": "open", "line": "full", "requestable": True}
_ACCESS = "access"


def opening(compiled: Compiled) -> list[Fault]:
    """A `default_opens` for each default, constant and member of a `make` that opens by itself."""
    place = compiled.crosswalk.places.get("defaults", compiled.crosswalk.place)
    places = {rule.id: rule.place for rule in compiled.crosswalk.rules}
    faults = [
        place.fault("default_opens", said("this default opens what says nothing of access"))
        for default in compiled.access_defaults
        if _opens(_member(default.target.text), default.value.value)
    ]
    return faults + [
        places[program.id].fault("default_opens", said("this constant opens what says nothing of access"))
        for program in compiled.programs
        if program.target.field == _ACCESS and any(_opens(*found) for found in _by_itself(program))
    ]


def _by_itself(program: Program) -> Iterator[tuple[str, Any]]:
    """Members of access, or all of it under an empty name, that a rule sets whatever its source says of access."""
    if program.switch is not None or program.filter is not None:
        return
    yield _member(program.target.text), program.const
    yield from _made(program.members)


def _made(members: tuple[Member, ...]) -> Iterator[tuple[str, Any]]:
    for member in members:
        if member.filter is None:
            yield member.name, member.const
        # what a member falls back to stands wherever nothing was read
        yield member.name, member.default


def _member(target: str) -> str:
    return target.partition(".")[2]


def _opens(member: str, value: Any) -> bool:
    if isinstance(value, msgspec.Struct):
        return any(getattr(value, name, None) == opener for name, opener in _OPENING.items())
    return member in _OPENING and value == _OPENING[member]
