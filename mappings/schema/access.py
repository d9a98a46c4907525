"""Conditions of access: what may be seen of an entry, and of the material.

Two scales are kept apart: `line` is who sees the entry (the description), `status` is the material itself. The order of
looseness, the strictest of two statements and inheritance live here, because mapping, dry runs and gates share them.
Comparing `until` with a clock is left to `federation.access`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["open", "unknown", "restricted", "closed"]
Line = Literal["full", "reduced", "hidden"]
Condition = Literal["notice", "appointment", "on_site", "use_copy", "registration", "permission", "fee"]
Reason = Literal["secrecy", "privacy", "statutory", "condition", "donor", "copyright", "physical"]

#: loosest first
STATUS_ORDER: tuple[Status, ...] = ("open", "unknown", "restricted", "closed")
LINE_ORDER: tuple[Line, ...] = ("full", "reduced", "hidden")

#: the audience that needs no account; others are `institution:<slug>`
PUBLIC = "public"


class Secrecy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """密级: 公开 0, 国内 1, 内部 2, 秘密 3, 机密 4, 绝密 5."""

    label: str
    rank: int


class Access(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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


class Visibility(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader may see: the audiences whose entries are theirs.

    `public`, and at most one institution that the viewer acts for. A query without one does not type-check.
    """

    tokens: tuple[str, ...] = (PUBLIC,)

    @property
    def audience(self) -> str:
        """The one audience whose unified records this viewer reads."""
        return self.tokens[-1]


EVERYONE = Visibility()
