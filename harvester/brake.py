"""The mass-change brake: how much of what is held a source may change or take away unasked (harvesting, 5); pure.

It judges what a source says, whatever asks it: the pages of a harvest, and files; of records that it changes also what
would become of them in the catalogue. What a new crosswalk makes of records that stand is judged where it is activated
(`federation.pipeline.crosswalk_life`), and never counts here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

#: what was more than goes through unasked
Cause = Literal["deletions", "changes", "identifiers", "output_falls", "rejects_rise", "access_loosened"]
#: the one for which records are held alone, while the others of their run go on
OPENS: Cause = "access_loosened"
#: of a limit on what becomes of records, the share from which on a run warns
_WARNS = 0.5


class Brake(msgspec.Struct, frozen=True, kw_only=True):
    """Its limits; each counts only beyond `records`."""

    #: of the records that were live before, the share that may be deleted
    deleted: float = 0.05
    #: and the share that may be changed
    changed: float = 0.30
    #: so many always go through
    records: int = 50
    #: of the descriptions that the feed has in the catalogue, the share that its changed records may no longer give
    fallen: float = 0.30
    #: of the records that were live before, the share that may be refused once they are changed
    refused: float = 0.40
    #: whether the source may loosen the access to a record by itself
    opens: bool = False


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to the records of a feed."""

    #: that it had before
    live: int = 0
    #: live ones that were deleted
    deleted: int = 0
    changed: int = 0
    #: descriptions in the catalogue that it had before, and how many fewer its changed records give
    units: int = 0
    units_lost: int = 0
    #: records that were refused before, and how many more of those that are changed are
    refused: int = 0
    refused_more: int = 0

    def and_more(self, *, deleted: int = 0, changed: int = 0, units_lost: int = 0, refused_more: int = 0) -> Moved:
        """The same with more of them."""
        return msgspec.structs.replace(
            self,
            deleted=self.deleted + deleted,
            changed=self.changed + changed,
            units_lost=self.units_lost + units_lost,
            refused_more=self.refused_more + refused_more,
        )


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """What a changed record is in the catalogue, and would be."""

    units_before: int = 0
    units_after: int = 0
    was_refused: bool = False
    is_refused: bool = False
    #: whether the access to anything of it would be looser
    opens: bool = False


#: the limits where nothing else is said
BRAKE = Brake()


def exceeded(moved: Moved, brake: Brake = BRAKE) -> tuple[Cause, ...]:
    """Which limits are crossed; none where nothing was held before."""
    over: dict[Cause, bool] = {
        "deletions": _is_over(moved.deleted, moved.live * brake.deleted, brake),
        "changes": _is_over(moved.changed, moved.live * brake.changed, brake),
    }
    return tuple(cause for cause, is_over in over.items() if is_over and moved.live)


def spoiled(moved: Moved, brake: Brake = BRAKE) -> tuple[Cause, ...]:
    """Which limits on what becomes of changed records are crossed."""
    over: dict[Cause, bool] = {
        "output_falls": _is_over(moved.units_lost, moved.units * brake.fallen, brake),
        "rejects_rise": moved.refused_more > brake.records
        and moved.refused + moved.refused_more > moved.live * brake.refused,
    }
    return tuple(cause for cause, is_over in over.items() if is_over and moved.live)


def warned(moved: Moved, brake: Brake = BRAKE) -> tuple[Cause, ...]:
    """Which of those limits are half reached."""
    half = msgspec.structs.replace(brake, fallen=brake.fallen * _WARNS, refused=brake.refused * _WARNS)
    return spoiled(moved, half)


def balance(weighed: Iterable[Weighed]) -> tuple[int, int]:
    """How many fewer descriptions these give, and how many more of them are refused; either may be less than 0."""
    found = list(weighed)
    units = sum(each.units_before - each.units_after for each in found)
    refused = sum(each.is_refused - each.was_refused for each in found)
    return units, refused


def _is_over(number: int, allowed: float, brake: Brake) -> bool:
    return number > brake.records and number > allowed
