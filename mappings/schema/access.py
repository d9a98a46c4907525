"""Conditions of access: what may be seen of an entry, and of the material.

Two scales are kept apart: `line` is who sees the entry (the description), `status` is the material itself. The order of
looseness, the strictest of several statements and inheritance live here, because mapping, dry runs and gates share
them. Comparing `until` with a clock is left to `federation.access`.

A source's words become `AccessStatement`s, whose parts may be unstated; the statements of one unit compose to the
strictest, and `settle` or `inherit` make the unit's `Access` of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, TypeVar, get_args

import msgspec
from msgspec.structs import replace

Status = Literal["open", "unknown", "restricted", "closed"]
Line = Literal["full", "reduced", "hidden"]
Condition = Literal["notice", "appointment", "on_site", "use_copy", "registration", "permission", "fee"]
Reason = Literal["secrecy", "privacy", "statutory", "condition", "donor", "copyright", "physical"]

#: loosest first
STATUS_ORDER: tuple[Status, ...] = ("open", "unknown", "restricted", "closed")
LINE_ORDER: tuple[Line, ...] = ("full", "reduced", "hidden")
CONDITIONS: tuple[Condition, ...] = get_args(Condition)
#: gravest first: the one that is shown where several are stated
REASONS: tuple[Reason, ...] = get_args(Reason)

#: entries of this rank of secrecy and above are hidden
HIDDEN_SECRECY_RANK = 2

#: the audience that needs no account; others are `institution:<slug>`
PUBLIC = "public"


class Secrecy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """密级: 公开 0, 国内 1, 内部 2, 秘密 3, 机密 4, 绝密 5."""

    label: str
    rank: int


#: grades by their rank
SECRECY: tuple[str, ...] = ("公开", "国内", "内部", "秘密", "机密", "绝密")


def secrecy_of(rank: int) -> Secrecy:
    """The grade of a rank, 0 to 5."""
    return Secrecy(label=SECRECY[rank], rank=rank)


class Access(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Conditions of access of one unit; no statement gives `unknown`, which never opens content."""

    status: Status = "unknown"
    line: Line = "full"
    conditions: tuple[Condition, ...] = ()
    reason: Reason | None = None
    #: EDTF; the closure's end
    until: str | None = None
    closure_years: int | None = None
    secrecy: Secrecy | None = None
    #: 保管期限
    retention: str | None = None
    #: the statement as given
    conditions_of_access: str | None = None
    requestable: bool = False
    department: str | None = None
    #: id of the unit whose statement this is, where it is not the unit's own
    inherited_from: str | None = None


class AccessStatement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What one rule or one sentence says of access; None where it says nothing of a part."""

    status: Status | None = None
    line: Line | None = None
    conditions: tuple[Condition, ...] = ()
    reason: Reason | None = None
    #: EDTF; the latest one stated
    until: str | None = None
    closure_years: int | None = None
    #: a closure without end was stated, which outlasts every `until`
    endless: bool = False
    secrecy: Secrecy | None = None
    retention: str | None = None
    #: the statements as given, in the order of their rules
    conditions_of_access: tuple[str, ...] = ()
    requestable: bool | None = None
    department: str | None = None
    #: the words were not understood: never opens anything
    unread: bool = False


class Visibility(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a reader may see: the audiences whose entries are theirs.

    `public`, and at most one institution that the viewer acts for. A query without one does not type-check.
    """

    tokens: tuple[str, ...] = (PUBLIC,)

    @property
    def audience(self) -> str:
        """The one audience whose unified records this viewer reads."""
        return self.tokens[-1]


EVERYONE = Visibility()
NOTHING_STATED = AccessStatement()

T = TypeVar("T")
_LAST_DATE = re.compile(r"(-?\d{3}[\dX])(?:-(\d\d|XX))?(?:-(\d\d|XX))?$")


def _end_key(until: str | None) -> tuple[int, int, int]:
    """Orders ends of closures by their last day; what is not given or cannot be read outlasts all."""
    last = _LAST_DATE.search(until.rstrip("?~%]}")) if until else None
    if last is None:
        return (10**9, 12, 31)
    year, month, day = last.groups()
    return int(year.replace("X", "9")), int((month or "12").replace("XX", "12")), int((day or "31").replace("XX", "31"))


def _strictness(access: Access) -> tuple[int, int, int]:
    secrecy = access.secrecy.rank if access.secrecy else -1
    return STATUS_ORDER.index(access.status), LINE_ORDER.index(access.line), secrecy


def _closes_forever(access: Access) -> bool:
    return access.status != "open" and access.until is None and access.closure_years is None


def _ends_sooner(before: Access, after: Access) -> bool:
    """Whether a closure's end comes earlier or is newly given; an open unit has no closure that could end."""
    if before.status == "open" or _closes_forever(after):
        return False
    if _closes_forever(before):
        return True
    # where both stand, the closure lasts to the later one
    fewer_years = (after.closure_years or 0) < (before.closure_years or 0)
    return fewer_years or (
        before.until is not None and (not after.until or _end_key(after.until) < _end_key(before.until))
    )


def looser_parts(before: Access, after: Access) -> tuple[str, ...]:
    """The parts in which `after` is looser than `before`: status, line, secrecy, conditions, until."""
    names = ("status", "line", "secrecy")
    pairs = zip(names, _strictness(before), _strictness(after), strict=True)
    looser = [name for name, was, now in pairs if now < was]
    if not set(before.conditions) <= set(after.conditions):
        looser.append("conditions")
    if after.status != "open" and _ends_sooner(before, after):
        looser.append("until")
    return tuple(looser)


def is_looser(before: Access, after: Access) -> bool:
    """Whether any part of `after` is looser than in `before`; one is enough, whatever the others do."""
    return before is not after and bool(looser_parts(before, after))


def _stated(values: Iterable[T | None]) -> list[T]:
    return [value for value in values if value is not None]


def strictest(*statements: AccessStatement) -> AccessStatement:
    """The statements of one unit as one: strictest part by part.

    Conditions unite, the latest `until` holds, a closure without end outlasts all, the gravest reason is kept; of
    retention and department the first. The order of the statements does not matter for any part that closes.
    """
    if len(statements) == 1:
        return statements[0]
    conditions = {condition for each in statements for condition in each.conditions}
    texts = dict.fromkeys(text for each in statements for text in each.conditions_of_access)
    return AccessStatement(
        status=max(_stated(each.status for each in statements), key=STATUS_ORDER.index, default=None),
        line=max(_stated(each.line for each in statements), key=LINE_ORDER.index, default=None),
        conditions=tuple(condition for condition in CONDITIONS if condition in conditions),
        reason=min(_stated(each.reason for each in statements), key=REASONS.index, default=None),
        until=max(_stated(each.until for each in statements), key=lambda end: (_end_key(end), end), default=None),
        closure_years=max(_stated(each.closure_years for each in statements), default=None),
        endless=any(each.endless for each in statements),
        secrecy=max(_stated(each.secrecy for each in statements), key=lambda s: (s.rank, s.label), default=None),
        retention=next(iter(_stated(each.retention for each in statements)), None),
        conditions_of_access=tuple(texts),
        requestable=min(_stated(each.requestable for each in statements), default=None),
        department=next(iter(_stated(each.department for each in statements)), None),
        unread=any(each.unread for each in statements),
    )


def statement_of(access: Access) -> AccessStatement:
    """A whole `Access` as a statement: every part stated, and a closure without end said to be one."""
    return AccessStatement(
        status=access.status,
        line=access.line,
        conditions=access.conditions,
        reason=access.reason,
        until=access.until,
        closure_years=access.closure_years,
        endless=_closes_forever(access),
        secrecy=access.secrecy,
        retention=access.retention,
        conditions_of_access=(access.conditions_of_access,) if access.conditions_of_access else (),
        requestable=access.requestable,
        department=access.department,
    )


def _line(statement: AccessStatement, status: Status) -> Line:
    """Who sees the entry: as stated, else by reason; material with a rank of secrecy never loses its cover."""
    if statement.secrecy is not None and statement.secrecy.rank >= HIDDEN_SECRECY_RANK:
        return "hidden"
    if statement.line is not None:
        return statement.line
    if status in ("restricted", "closed") and statement.reason in ("privacy", "statutory"):
        return "reduced"
    return "full"


def settle(statement: AccessStatement) -> Access:
    """The `Access` that a unit's composed statement comes to; what is unstated is unknown, never open."""
    status = statement.status or "unknown"
    if statement.unread and status == "open":
        status = "unknown"
    return Access(
        status=status,
        line=_line(statement, status),
        conditions=statement.conditions,
        reason=statement.reason,
        until=None if statement.endless else statement.until,
        closure_years=None if statement.endless else statement.closure_years,
        secrecy=statement.secrecy,
        retention=statement.retention,
        conditions_of_access="\n".join(statement.conditions_of_access) or None,
        requestable=bool(statement.requestable),
        department=statement.department,
    )


def inherit(parent: Access, own: AccessStatement, *, parent_id: str | None = None) -> Access:
    """The effective access of a unit below `parent`.

    Without a statement of its own it is the parent's whole access. A statement that is unread, or that names no
    status, gives the stricter of both, part by part. Else the unit's statement stands, but line and secrecy are never
    looser than the parent's unless the unit states them.
    """
    if own == NOTHING_STATED:
        return replace(parent, inherited_from=parent.inherited_from or parent_id)
    if own.status is None or own.unread:
        return settle(strictest(replace(own, unread=False), statement_of(parent)))
    # a rank of secrecy that comes down covers the entry, whatever line the unit states
    settled = settle(replace(own, secrecy=own.secrecy or parent.secrecy))
    return replace(
        settled,
        line=settled.line if own.line else max(parent.line, settled.line, key=LINE_ORDER.index),
        retention=own.retention or parent.retention,
        department=own.department or parent.department,
    )
