"""The mass-change brake: how much of what is held a source may change or take away unasked (harvesting, 5); pure."""

from __future__ import annotations

from typing import Literal

import msgspec

#: what was more than goes through unasked
Cause = Literal["deletions", "changes", "identifiers"]


class Brake(msgspec.Struct, frozen=True, kw_only=True):
    """Its limits; each counts only beyond `records`."""

    #: of the records that were live before, the share that may be deleted
    deleted: float = 0.05
    #: and the share that may be changed
    changed: float = 0.30
    #: so many always go through
    records: int = 50


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to the records of a feed."""

    #: that it had before
    live: int = 0
    deleted: int = 0
    changed: int = 0


#: the limits where nothing else is said
BRAKE = Brake()


def exceeded(moved: Moved, brake: Brake = BRAKE) -> tuple[Cause, ...]:
    """Which limits are crossed; none where nothing was held before."""
    over: dict[Cause, bool] = {
        "deletions": _is_over(moved.deleted, moved.live * brake.deleted, brake),
        "changes": _is_over(moved.changed, moved.live * brake.changed, brake),
    }
    return tuple(cause for cause, is_over in over.items() if is_over and moved.live)


def _is_over(number: int, allowed: float, brake: Brake) -> bool:
    return number > brake.records and number > allowed
