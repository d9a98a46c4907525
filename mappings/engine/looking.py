"""What selectors look at in one unit, counted: the budget of a unit holds for finding values as for changing them.

Most selectors follow the one walk over a unit and cost nothing beside it. What begins with `//` or `up:`, reads at the
node of an `each` or tests predicates costs a look an element, and what it takes a step a value and KiB. A predicate
that asks for children looks at these and at all that stands in them.
"""

from __future__ import annotations

#: steps that one unit may take
BUDGET = 50_000
#: elements looked at for one step; a look is far less work than a transform
LOOKS_A_STEP = 4
MOST_LOOKS = BUDGET * LOOKS_A_STEP
#: texts of this length cost a look more (256 characters; a KiB is a step)
_SHIFT = 8


class LookedTooLong(Exception):
    """Selectors looked at more than a unit may cost."""

    def __init__(self, slot: int) -> None:
        super().__init__(slot)
        #: of the selector that went over the budget; -1 for one that is read at a node
        self.slot = slot


class Looking:
    """What the selectors have looked at so far."""

    __slots__ = ("_most", "looks")

    def __init__(self, most: float = MOST_LOOKS) -> None:
        self.looks, self._most = 0, most

    @property
    def steps(self) -> int:
        """The same in steps of the budget."""
        return self.looks // LOOKS_A_STEP

    def at(self, elements: int, slot: int = -1) -> None:
        """Counts elements; raises LookedTooLong over the budget."""
        self.looks += elements
        if self.looks > self._most:
            raise LookedTooLong(slot)

    def taken(self, text: str, slot: int = -1) -> None:
        """Counts a value; raises LookedTooLong over the budget."""
        self.at(LOOKS_A_STEP + (len(text) >> _SHIFT), slot)
