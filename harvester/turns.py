"""Which of several processes may ask an origin: one at a time, each in its turn; pure (harvesting, 4).

Whoever has the turn keeps it by saying so before its lease runs out; one that died has it no longer than that. One
other may stand in line: the next time that whoever has the turn comes for more, it is given to that one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from harvester.load import Load

#: how long the turn is kept by one who says nothing
LEASE = timedelta(seconds=20)
#: how long a place in line is kept
IN_LINE = timedelta(seconds=5)
#: a time that is over
EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How an origin is to be spared."""

    #: what it has shown of its load
    load: Load = Load()
    #: what is left of the pause before the next request
    pause_seconds: float = 0.0


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Who has the turn at one origin, and who is next; empty names stand for nobody."""

    holder: str = ""
    lease_until: datetime = EVER
    next: str = ""
    next_until: datetime = EVER
    #: nobody asks before
    free_at: datetime = EVER
    load: Load = Load()

    def pace(self, now: datetime) -> Pace:
        """How the origin is to be spared from now on."""
        return Pace(load=self.load, pause_seconds=max((self.free_at - now).total_seconds(), 0.0))


def come(standing: Standing, who: str, pace: Pace, now: datetime) -> Standing:
    """Somebody wants the turn: has it now, keeps it, gives way to who stands in line, or stands there.

    pace   what it knows of the origin; believed of the one alone who has had the turn until now
    """
    is_ours = standing.holder == who
    known = _told(standing, pace, now) if is_ours else standing
    if standing.next not in ("", who) and standing.next_until > now:
        return _let_go(known) if is_ours else known
    if is_ours or standing.lease_until <= now:
        is_next = standing.next == who
        line = {"next": "", "next_until": EVER} if is_next else {}
        return msgspec.structs.replace(known, holder=who, lease_until=now + LEASE, **line)
    if standing.next == who and standing.next_until > now + IN_LINE / 2:
        return known
    return msgspec.structs.replace(known, next=who, next_until=now + IN_LINE)


def stay(standing: Standing, who: str, pace: Pace, now: datetime) -> Standing:
    """The one who has the turn is not done yet, whoever stands in line."""
    if standing.holder != who:
        return standing
    return msgspec.structs.replace(_told(standing, pace, now), lease_until=now + LEASE)


def go(standing: Standing, who: str, pace: Pace, now: datetime) -> Standing:
    """The one who has the turn wants no more of it."""
    return _let_go(_told(standing, pace, now)) if standing.holder == who else standing


def _told(standing: Standing, pace: Pace, now: datetime) -> Standing:
    return msgspec.structs.replace(standing, load=pace.load, free_at=now + timedelta(seconds=pace.pause_seconds))


def _let_go(standing: Standing) -> Standing:
    return msgspec.structs.replace(standing, holder="", lease_until=EVER)
