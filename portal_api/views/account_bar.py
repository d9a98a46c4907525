"""The line in every page's header that says who is signed in and for whom they act."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.storage import institutions
from portal_api.reader import Reader


class AccountBar(msgspec.Struct, frozen=True, kw_only=True):
    """What the header says of the reader."""

    #: empty where nobody is signed in
    name: str = ""
    #: whether the admin area has something for them
    staff: bool = False
    #: slug of the institution that they act for; empty = they see what the public sees
    acting_for: str = ""
    #: slug and name of the institutions that they may act for, by name
    choices: tuple[tuple[str, str], ...] = ()


def account_bar(connection: sa.Connection, reader: Reader) -> AccountBar:
    """The bar of `reader`."""
    if not reader.known:
        return AccountBar()
    lines = institutions.everyone(connection) if reader.grants else []
    return AccountBar(
        name=reader.name,
        staff=bool(reader.grants),
        acting_for=reader.acting_for,
        choices=tuple((line.slug, line.name) for line in lines if reader.may_act_for(line.slug)),
    )
