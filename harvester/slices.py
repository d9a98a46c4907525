"""What a slice of a run comes to: more of the same, a pause, or the end."""

from __future__ import annotations

from datetime import datetime

import msgspec

from harvester.ports import Verdict

#: why a run is put off that would ask in hours in which its source is not asked
QUIET_HOURS = "quiet_hours"
#: why a run is put off whose next request would come too soon for its source
POLITENESS = "politeness"


class More(msgspec.Struct, frozen=True, kw_only=True):
    """The slice is used up; the run goes on."""


class Postponed(msgspec.Struct, frozen=True, kw_only=True):
    """The run goes on at `until`."""

    until: datetime
    reason: str


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """The run is over."""

    verdict: Verdict


SliceOutcome = More | Postponed | Ended
