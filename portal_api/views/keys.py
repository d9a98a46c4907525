"""The keys of a person's programs, as page and API show them; the whole of one is shown once, where it is made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from federation.ledger.entry import SELF
from federation.storage import api_keys
from federation.storage.api_keys import LONGEST_DAYS, ApiKey, Kind, Scope, WantedKey
from portal_api.auth.api_keys import POINTS, PREFIX
from portal_api.errors import NotFound, ParameterFault
from portal_api.exchange import Exchange
from portal_api.reader import Reader


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key without what opens anything, and what it spent today."""

    id: str
    #: what the whole of it begins with
    begins_with: str
    name: str
    scopes: tuple[Scope, ...]
    kind: Kind
    #: slug of an institution; empty = it sees what everybody sees
    acting_for: str
    made_at: datetime
    until_at: datetime
    revoked_at: datetime | None
    #: neither revoked nor past
    opens: bool
    #: points of this day (UTC): spent, and to be spent in all
    spent: int
    points: int


def keys_view(exchange: Exchange, reader: Reader) -> list[KeyView]:
    """The reader's keys, the newest first."""
    now = exchange.store.now()
    with exchange.store.reading() as connection:
        found = api_keys.of(connection, reader.account)
        spent = api_keys.spent(connection, [each.id for each in found], now.date())
    return [key_view(each, now, spent.get(each.id, 0)) for each in found]


def key_view(key: ApiKey, now: datetime, spent: int = 0) -> KeyView:
    """One key as it is shown."""
    return KeyView(
        id=key.id,
        begins_with=f"{PREFIX}_{key.id}",
        name=key.name,
        scopes=key.scopes,
        kind=key.kind,
        acting_for=key.acting_for,
        made_at=key.made_at,
        until_at=key.until_at,
        revoked_at=key.revoked_at,
        opens=key.opens(now),
        spent=spent,
        points=POINTS[key.kind],
    )


def key_faults(wanted: WantedKey) -> Sequence[ParameterFault]:
    """What is wrong with a key that is asked for."""
    faults = []
    if not wanted.name or len(wanted.name) > api_keys.LONGEST_NAME or not wanted.name.isprintable():
        faults.append(_fault("name", "key-name", f"expected 1 to {api_keys.LONGEST_NAME} characters"))
    if not wanted.scopes:
        faults.append(_fault("scopes", "key-scopes", "expected one at least"))
    if not 1 <= wanted.days <= LONGEST_DAYS:
        faults.append(_fault("days", "key-days", f"expected 1 to {LONGEST_DAYS}"))
    return faults


def acting_faults(reader: Reader, *, acting: bool) -> Sequence[ParameterFault]:
    """What is wrong where a key is to see what its person sees who acts for an institution."""
    if not acting or reader.acting_for:
        return ()
    return (
        _fault("acting", "key-acting", "expected a person who acts for an institution, found one who acts for none"),
    )


def _fault(field: str, code: str, detail: str) -> ParameterFault:
    return ParameterFault(parameter=field, code=code, detail=f"{field}: {detail}")


def revoke(exchange: Exchange, reader: Reader, key_id: str) -> None:
    """From now on the key opens nothing; raises NotFound where it is none of the reader's."""
    with exchange.store.reading() as connection:
        found = api_keys.get(connection, key_id)
    if found is None or found.account != reader.account:
        raise NotFound
    exchange.keys.revoke(key_id, actor=SELF)
