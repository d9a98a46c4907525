"""What one walk over a payload found: a list of values for each slot that some selector asked for."""

from __future__ import annotations

from typing import Any

from mappings.schema.issue import Issue


class Reading:
    """The slots of a crosswalk, filled from one payload."""

    __slots__ = ("filled", "notes", "slots", "unexpected")

    def __init__(self, size: int, notes: tuple[Issue, ...] = ()) -> None:
        self.slots: list[list[Any] | None] = [None] * size
        #: slots that hold something, in no order
        self.filled: list[int] = []
        #: what was odd about the payload
        self.notes = notes
        #: names are read as they are; nothing is unexpected
        self.unexpected = ""

    def put(self, slot: int, found: list[Any]) -> None:
        """Adds values to a slot."""
        held = self.slots[slot]
        if held is None:
            self.slots[slot] = found
            self.filled.append(slot)
        else:
            held += found
