"""Who asks: nobody in particular, or an account with roles, acting for one institution at a time."""

from __future__ import annotations

from typing import Literal

import msgspec

from federation.access.policy import visibility
from mappings.schema.access import Visibility
from portal_api.errors import NotAllowed, NotSignedIn

#: what an address asks of its reader; `staff` is any role
Role = Literal["public", "account", "staff", "harvest_admin", "exchange_admin"]


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A role in one institution; `*` is every institution."""

    role: str
    institution: str = "*"


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """One reader."""

    #: empty for a reader without an account
    account: str = ""
    #: what the page header calls them
    name: str = ""
    grants: tuple[Grant, ...] = ()
    #: slug of the institution they act for; empty = they read as the public does
    acting_for: str = ""
    #: how the ledger names them this month
    actor: str = ""
    #: the password was given a moment ago
    fresh: bool = False
    #: id of the key by which a program asks in their name; empty = a person asks
    key: str = ""
    #: what that key may
    scopes: tuple[str, ...] = ()
    #: and may spend in a day
    points: int = 0

    @property
    def known(self) -> bool:
        """Whether they have signed in."""
        return bool(self.account)

    def has(self, role: str) -> bool:
        """Whether any institution gave them `role`."""
        return any(grant.role == role for grant in self.grants)

    def holds(self, role: str, institution: str) -> bool:
        """Whether they have `role` in `institution`, or in every one."""
        return any(grant.role == role and grant.institution in ("*", institution) for grant in self.grants)

    def may_act_for(self, institution: str) -> bool:
        """Whether a role of theirs is in `institution`."""
        return any(grant.institution in ("*", institution) for grant in self.grants if grant.role != "exchange_admin")

    @property
    def visibility(self) -> Visibility:
        """The audiences whose entries are theirs."""
        return visibility(self)


ANYBODY = Reader()


def require(reader: Reader, role: Role, address: str = "") -> None:
    """Raises NotSignedIn or NotAllowed where `reader` lacks `role`."""
    if role == "public":
        return
    if not reader.known:
        raise NotSignedIn(address)
    if role == "staff" and not reader.grants:
        raise NotAllowed(role)
    if role not in ("account", "staff") and not reader.has(role):
        raise NotAllowed(role)
