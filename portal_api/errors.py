"""What a door refuses: the fifth branch of the house's errors.

Statuses, exit codes and words are looked up in `portal_api.http.problems`; nothing here knows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from mappings.errors import ExchangeError
from portal_api.http.marking import Sentence


class PortalError(ExchangeError):
    """A request that a door does not let through."""


class NotSignedIn(PortalError):
    """The address is for readers who have signed in."""

    def __init__(self, address: str = "") -> None:
        super().__init__("sign in to open this address")
        #: where the reader wanted to go, empty where that cannot be asked again
        self.address = address


class NotAllowed(PortalError):
    """The reader is known, and lacks the role."""

    def __init__(self, role: str) -> None:
        super().__init__(f"the role {role} is needed")
        self.role = role


class KeyInvalid(PortalError):
    """What was sent in `Authorization` is no key that opens anything; which of its faults it has is not told."""

    def __init__(self) -> None:
        super().__init__("expected a key axk_… that is neither revoked nor past, of a person who may sign in")


class KeyAndCookie(PortalError):
    """A request that shows a key and a session's cookie: two readers in one."""

    def __init__(self) -> None:
        super().__init__("expected a key or a session's cookie, found both")


class ScopeMissing(PortalError):
    """The key is good, and not for this."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"a key with the scope {scope} is needed")
        self.scope = scope


class PersonNeeded(PortalError):
    """The key is good, and the address is for a person at a browser."""

    def __init__(self) -> None:
        super().__init__("no key opens this address")


class PointsSpent(PortalError):
    """The key has spent what it has for the day."""

    def __init__(self, most: int, retry_after_seconds: int) -> None:
        super().__init__(f"the key has spent its {most} points of this day (UTC)")
        self.most, self.retry_after_seconds = most, retry_after_seconds


class FormExpired(PortalError):
    """A form whose token or Origin does not belong to this session."""

    def __init__(self) -> None:
        super().__init__("the form is no longer valid: load the page again and send it once more")


class OverBudget(PortalError):
    """Too many requests; asks for patience."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"too many requests; try again in {retry_after_seconds} seconds")
        self.retry_after_seconds = retry_after_seconds


class TrialsSpent(OverBudget):
    """A network, or an account by its keys, had its trials of this hour."""

    def __init__(self, retry_after_seconds: int, *, most: int) -> None:
        super().__init__(retry_after_seconds)
        #: trials that are had in an hour
        self.most = most


class PlacesTaken(PortalError):
    """As many searches are under way as can be; asks for patience."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"as many searches are under way as can be; try again in {retry_after_seconds} seconds")
        self.retry_after_seconds = retry_after_seconds


class FormatUnavailable(PortalError):
    """The view has no such format.

    form, lacks   the format that there is, and what the thing lacks to be said in it; empty where there is none such
    """

    def __init__(self, offered: Sequence[str], form: str = "", lacks: Sequence[str] = ()) -> None:
        why = f"{form} needs {' and '.join(lacks)}, which the record does not have; " if lacks else ""
        super().__init__(f"{why}offered here: {', '.join(offered)}")
        self.offered, self.form, self.lacks = tuple(offered), form, tuple(lacks)


class PreconditionMissing(PortalError):
    """A change that must say which state it changes (`If-Match`)."""


class SettingsInvalid(PortalError):
    """A setting that cannot be used.

    file   where it stands; an environment variable's name where it does not stand in a file
    line   1-based; 0 where unknown
    """

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}" if file else message)
        self.file, self.line = file, line


class NoExchange(PortalError):
    """A data folder in which no exchange lies."""

    def __init__(self, folder: Path) -> None:
        begin = "`serve`, `demo`, `migrate`, `institution add`, `account add` and `restore` begin one"
        super().__init__(f"expected an exchange in {folder}, found none; {begin}")
        self.folder = folder


class DependencyTooOld(PortalError):
    """A library or server below the house's floor."""


class ParameterFault(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter that could not be used."""

    parameter: str
    #: `parameter-unknown` or `parameter-invalid`; of a body `body-invalid`, or what is wrong with its field
    code: str
    detail: str
    #: the same for a page, in its language; None where the code has its words there
    said: Sentence | None = None


class ParametersInvalid(PortalError):
    """Query parameters that are unknown or unreadable; carries every fault at once."""

    def __init__(self, faults: Sequence[ParameterFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.detail for fault in self.faults))


class BodyInvalid(PortalError):
    """A form or body whose fields cannot be used."""

    def __init__(self, faults: Sequence[ParameterFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.detail for fault in self.faults))


class TrialFailed(BodyInvalid):
    """A file or an address that was brought to be tried, and holds nothing that could be."""


class TooLarge(PortalError):
    """A body over its limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"at most {limit_bytes} bytes are read here")
        self.limit_bytes = limit_bytes


class NotFound(PortalError):
    """Never public, or unknown: one answer for both, without a hint."""

    def __init__(self) -> None:
        super().__init__("nothing is known under this address")


class NoneOfThese(NotFound):
    """An address that takes one of a few names, and has another."""

    def __init__(self, what: str, expected: Sequence[str], found: str) -> None:
        PortalError.__init__(self, f"{what}: expected one of {', '.join(expected)}, found {found[:80]!r}")


class WrongMethod(PortalError):
    """An address that is there, and is not asked in this way.

    allowed   the methods that it takes
    """

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        super().__init__(f"expected {' or '.join(allowed)}, found {method[:20]}")
        self.allowed = tuple(allowed)


class Withdrawn(PortalError):
    """A public identifier whose thing was deleted at its source or is no longer public.

    at            when it was withdrawn; None where that is not known
    institution   the name of who withdrew it
    """

    def __init__(self, at: datetime | None, institution: str) -> None:
        super().__init__(f"withdrawn by {institution}" + (f" on {at:%Y-%m-%d}" if at else ""))
        self.at, self.institution = at, institution


class StatePassed(PortalError):
    """The thing is no longer in the state that this act needs; `said` tells a page's reader the same."""

    def __init__(self, message: str, said: Sentence) -> None:
        super().__init__(message)
        self.said = said


class BodyDiffers(PortalError):
    """A key of a request that comes again, with another request behind it."""

    def __init__(self, header: str, hours: int) -> None:
        super().__init__(
            f"{header}: expected the request that this key came with first, found another address, other parameters or "
            f"another body; send a new key with a new request (a key is kept for {hours} hours)"
        )


class AlreadyRunning(PortalError):
    """A request that comes again while the first is under way; asks for patience."""

    retry_after_seconds = 2

    def __init__(self, header: str) -> None:
        super().__init__(
            f"{header}: the first request with this key is still under way; send the same again in "
            f"{self.retry_after_seconds} seconds for its answer"
        )


class SettingUp(PortalError):
    """The exchange is not ready to answer this yet: its first index, or one of a new form, is being made.

    made   things of the public that are in the index so far, of all of them
    """

    def __init__(self, made: int, of: int, retry_after_seconds: int) -> None:
        super().__init__(
            f"the search index is being made: {made:,} of {of:,} things are in it so far; "
            f"try again in {retry_after_seconds} seconds"
        )
        self.made, self.of, self.retry_after_seconds = made, of, retry_after_seconds
