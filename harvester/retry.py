"""What to do about a request that failed; pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from harvester.settings import Limits

#: statuses that a second try may mend; those from 520 on are what a cache says of the source behind it
PASSING = (408, 425, 500, 502, 504, *range(520, 528))
BUSY = (429, 503)
#: answers that are not whole, of which a second try may bring all
BROKEN = ("truncated", "empty", "xml_broken", "answer_missing")
#: why a run is put off whose repository answers nothing, Identify no more than its lists
UNAVAILABLE = "unavailable"
FORBIDDEN = 403
#: web pages in the place of a repository's answer: of one that has answered before, and of one that never did
_PAGES = ("web_page", "not_a_repository")
#: why a source is given up that turns the harvest away
BOT_WALL = "bot_wall"
#: a page over which its parser fails
PAGE_CRASHED = "page_crashed"
#: what one record does to every page that it stands on
_WITHOUT_RETRY = ("oversize", "doctype_refused", PAGE_CRASHED)
_DAY_SECONDS = 86_400.0
_JUNK_SECONDS = _DAY_SECONDS
_BUSY_SECONDS = 30.0
_LONGEST_BUSY_SECONDS = 3_600.0


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """One failed request."""

    #: `unreachable`, `truncated`, `status`, `refused`; `web_page` in place of a page of a list …
    reason: str
    status: int = 0
    #: as sent; None where there was none
    retry_after: str | None = None
    #: what was expected and what was found, and where; empty where the reason says all
    detail: str = ""

    @property
    def said(self) -> str:
        """The reason with its detail."""
        return f"{self.name} ({self.detail})" if self.detail else self.name

    @property
    def passes(self) -> bool:
        """Whether the same request may be answered a moment later."""
        return self.reason in ("unreachable", *BROKEN) or self.status in PASSING

    @property
    def name(self) -> str:
        """The reason in one word for whoever waits or gives up: `busy`, `status_500`, `unreachable` …"""
        if self.status in BUSY:
            return "busy"
        return f"status_{self.status}" if self.status else self.reason


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """Ask again after `seconds`."""

    seconds: float


class PutOff(msgspec.Struct, frozen=True, kw_only=True):
    """Ask again after `seconds`, which is too long to sit through."""

    seconds: float
    reason: str


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing more can be done now."""

    reason: str


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """This request is not answered; others may be: ask for less, if the source answers anything at all."""

    reason: str


Decision = Wait | PutOff | Stop | Part


def decide(
    failure: Failure, attempt: int, limits: Limits, now: datetime, chance: float = 0.5, *, known: bool = True
) -> Decision:
    """The answer to `failure`, which was try number `attempt` (from 0) of its request.

    chance   from 0 to 1; moves a wait that the source did not ask for by up to a half, so that feeds do not keep step
    known    the source has answered before; one that never did may be no repository, and is not waited for long
    """
    if failure.status in BUSY:
        return _busy(failure.retry_after, attempt, limits, now)
    if failure.passes:
        if attempt < len(limits.retry_seconds):
            return Wait(seconds=limits.retry_seconds[attempt] * (0.5 + chance))
        return Part(reason=failure.reason if failure.reason in BROKEN else "unavailable")
    if failure.reason in _WITHOUT_RETRY:
        return Part(reason=failure.reason)
    if failure.reason in _PAGES or failure.status == FORBIDDEN:
        waits = limits.web_page_seconds if known else limits.retry_seconds[:1]
        if attempt < len(waits):
            return Wait(seconds=waits[attempt])
        return Stop(reason="not_a_repository" if failure.reason == "not_a_repository" else BOT_WALL)
    if failure.status == 401:
        return Stop(reason="not_authorised")
    return Stop(reason=failure.name)


def trial(postponements: int, limits: Limits) -> PutOff:
    """When a source that answers nothing at all is tried again: after 5 minutes, doubling to 6 hours."""
    seconds = limits.trial_seconds * 2.0 ** min(postponements, 16)
    return PutOff(seconds=min(seconds, limits.longest_trial_seconds), reason=UNAVAILABLE)


def seconds_of(
    later: PutOff, postponements: int, since: datetime | None, limits: Limits, now: datetime, chance: float
) -> float | None:
    """How long a wait that is put off lasts; None where the source has been waited for long enough.

    postponements   how often it was put off before, without a page between, the first time at `since`
    """
    # never before what was asked for, and not all feeds of a source at one moment
    seconds = later.seconds * (1 + chance / 10)
    waited = (now - (since or now)).total_seconds() + seconds
    return None if postponements >= limits.postponements or waited > limits.waiting_seconds else seconds


def with_odd_wait(failure: Failure, limits: Limits, now: datetime) -> Failure:
    """The failure, with what is wrong with the Retry-After of a busy source, where it is not gone by as it was sent."""
    seconds = _asked_for(failure.retry_after, now)
    is_sound = seconds is not None and 0 < seconds <= limits.longest_wait_seconds
    if failure.status not in BUSY or failure.retry_after is None or is_sound:
        return failure
    days = limits.longest_wait_seconds / _DAY_SECONDS
    found = f"expected a Retry-After ahead, within {days:g} days, found {failure.retry_after[:80]!r}"
    return msgspec.structs.replace(failure, detail=found)


def _busy(stated: str | None, attempt: int, limits: Limits, now: datetime) -> Decision:
    seconds = _asked_for(stated, now)
    if stated is None:
        seconds = min(_BUSY_SECONDS * 2**attempt, _LONGEST_BUSY_SECONDS)
    elif seconds is None or seconds > limits.longest_wait_seconds:
        seconds = _JUNK_SECONDS
    elif seconds <= 0:
        seconds = _BUSY_SECONDS
    if seconds <= limits.wait_seconds and attempt < len(limits.retry_seconds):
        return Wait(seconds=seconds)
    return PutOff(seconds=seconds, reason="busy")


def _asked_for(stated: str | None, now: datetime) -> float | None:
    """Seconds that Retry-After asks for (RFC 9110, 10.2.3); None where it cannot be read."""
    text = (stated or "").strip()
    if text.isdecimal():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
