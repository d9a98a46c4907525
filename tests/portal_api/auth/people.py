"""A store with people in it, and a clock that is set by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from federation.storage import accounts, institutions
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store
from portal_api.auth import passwords
from tests.factories import NOON

PASSWORD = "correct horse battery"


class Hands:
    """The wall clock of a store and the monotonic one of a gate, moved together."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - NOON).total_seconds()

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


def add_person(store: Store, sign_in: str, *roles: RoleGrant) -> str:
    """An account with `PASSWORD` and roles; the institutions that the roles name are made."""
    with store.transaction() as tx:
        for role in roles:
            if role.institution != accounts.EVERYWHERE:
                institutions.put(tx, institutions.StoredInstitution(slug=role.institution, name=role.institution))
        made = accounts.add(tx, sign_in, sign_in.title(), passwords.hash_password(PASSWORD))
        for role in roles:
            accounts.grant(tx, made.id, role, granted_by="operator")
    return made.id
