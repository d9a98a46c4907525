"""Keys of programs: `axk_<id>_<secret>` in `Authorization: Bearer`, shown once, and what each may spend in a day.

A program that shows a key asks in the name of the key's person and sees what that person sees who acts for the key's
institution; which doors it opens are its scopes' to say. It never counts as one who has just given a password.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from math import ceil

import msgspec

from federation.storage import accounts, api_keys
from federation.storage.api_keys import ApiKey, Kind, WantedKey
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from portal_api.auth.sessions import reader_in
from portal_api.errors import KeyInvalid, NotAllowed, PointsSpent
from portal_api.reader import Reader

PREFIX = "axk"
_SECRET_BYTES = 32
_FORM = re.compile(rf"{PREFIX}_([0-9a-f]{{16}})_[A-Za-z0-9_-]{{43}}")
#: points of a day (UTC)
POINTS: Mapping[Kind, int] = {"personal": 100_000, "project": 1_000_000}
#: what is spent is written so often; a process that dies takes less than this with it
WRITE_SECONDS = 5.0


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """What a key has left."""

    most: int
    left: int
    #: until there are new ones
    reset_seconds: int


class _Spent(msgspec.Struct, kw_only=True):
    """What a key has spent today: as written, and since."""

    day: date
    written: int
    pending: int = 0
    at: float = 0.0


def key_in(headers: Mapping[str, str]) -> str | None:
    """The key that a request shows; None where it shows none (RFC 6750, 2.1)."""
    scheme, _, key = headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


class ApiKeys:
    """The keys of one exchange; every method is blocking and may be called from any thread.

    secret   what digests are made under; it does not lie in the database
    """

    def __init__(self, store: Store, secret: bytes, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store, self._secret, self._monotonic = store, secret, monotonic
        self._spent: dict[str, _Spent] = {}
        self._lock = threading.Lock()

    @repeats_clashes
    def make(self, account_id: str, wanted: WantedKey, *, actor: str) -> tuple[ApiKey, str]:
        """A new key of somebody's and, this once, the whole of it.

        raises   RequestRefused; NotAllowed where no role of theirs is in the institution that it is to act for
        """
        number = api_keys.fresh_id()
        whole = f"{PREFIX}_{number}_{secrets.token_urlsafe(_SECRET_BYTES)}"
        with self._store.transaction(actor=actor) as tx:
            grants = accounts.grants_of(tx.connection, account_id, tx.now)
            held = {grant.institution for grant in grants if grant.role != "exchange_admin"}
            if wanted.acting_for and not held & {wanted.acting_for, accounts.EVERYWHERE}:
                raise NotAllowed(f"in {wanted.acting_for}")
            return api_keys.add(tx, account_id, number, wanted, self._digest(whole)), whole

    @repeats_clashes
    def revoke(self, key_id: str, *, actor: str) -> None:
        """From now on the key opens nothing."""
        with self._store.transaction(actor=actor) as tx:
            api_keys.revoke(tx, key_id)

    def reader(self, whole: str) -> Reader:
        """Who asks by a key; raises KeyInvalid."""
        form = _FORM.fullmatch(whole)
        if form is None:
            raise KeyInvalid
        number = form[1]
        now = self._store.now()
        with self._store.reading() as connection:
            digest, key = api_keys.digest_of(connection, number), api_keys.get(connection, number)
            if not hmac.compare_digest(digest, self._digest(whole)) or key is None or not key.opens(now):
                raise KeyInvalid
            account = accounts.get(connection, key.account)
            if account is None or account.state != "active":
                raise KeyInvalid
            grants = accounts.grants_of(connection, account.id, now)
            actor = accounts.actor_of(connection, account.id, now)
        found = reader_in(account, grants, key.acting_for, actor=actor)
        return msgspec.structs.replace(found, key=key.id, scopes=key.scopes, points=POINTS[key.kind])

    def charge(self, reader: Reader, points: int) -> Points:
        """Takes points from what the reader's key has for the day; raises PointsSpent where nothing is left."""
        now = self._store.now()
        reset = _until_midnight(now)
        with self._lock:
            late = self._of_another_day(reader.key, now.date())
            spent = self._today(reader.key, now.date())
            before = spent.written + spent.pending
            if before >= reader.points:
                raise PointsSpent(reader.points, reset)
            spent.pending += points
            due = self._monotonic() - spent.at >= WRITE_SECONDS or before + points >= reader.points
        if late is not None:
            self._write(reader.key, late)
        if due:
            self._write(reader.key, spent)
        return Points(most=reader.points, left=max(reader.points - before - points, 0), reset_seconds=reset)

    def flush(self) -> None:
        """Writes whatever was spent and is not written yet; for a timer, and for the end."""
        with self._lock:
            pending = [(key, spent) for key, spent in self._spent.items() if spent.pending]
        for key, spent in pending:
            self._write(key, spent)

    def _of_another_day(self, key_id: str, day: date) -> _Spent | None:
        """What is not written yet of an earlier day, which `_today` forgets."""
        known = self._spent.get(key_id)
        return known if known is not None and known.day != day and known.pending else None

    def _today(self, key_id: str, day: date) -> _Spent:
        known = self._spent.get(key_id)
        if known is None or known.day != day:
            with self._store.reading() as connection:
                written = api_keys.spent(connection, [key_id], day).get(key_id, 0)
            known = self._spent[key_id] = _Spent(day=day, written=written, at=self._monotonic())
        return known

    def _write(self, key_id: str, spent: _Spent) -> None:
        with self._lock:
            points, spent.pending, spent.at = spent.pending, 0, self._monotonic()
            spent.written += points
        try:
            total = self._spend(key_id, spent.day, points)
        except BaseException:
            with self._lock:
                spent.pending, spent.written = spent.pending + points, spent.written - points
            raise
        with self._lock:
            spent.written = max(spent.written, total)

    @repeats_clashes
    def _spend(self, key_id: str, day: date, points: int) -> int:
        with self._store.transaction() as tx:
            return api_keys.spend(tx, key_id, day, points)

    def _digest(self, whole: str) -> bytes:
        return hmac.digest(self._secret, whole.encode(), hashlib.sha256)


def _until_midnight(now: datetime) -> int:
    following = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(ceil((following - now).total_seconds()), 1)
