"""How long a session lasts, and the reader behind a cookie.

12 hours idle, 2 for people with a role, 7 days in all; a new cookie at every sign-in and whenever the person begins to
act for another institution. A change of roles or of the password ends every session of the account.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import msgspec

from federation.ledger.entry import Act, Entry
from federation.storage import accounts, api_keys, ledger, sessions
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.sessions import Session
from federation.storage.transactions import Transaction
from portal_api.errors import NotAllowed, NotSignedIn
from portal_api.reader import ANYBODY, Grant, Reader

IDLE = timedelta(hours=12)
STAFF_IDLE = timedelta(hours=2)
LIFETIME = timedelta(days=7)
#: grants, keys and what cannot be undone need a password given within this
FRESH = timedelta(minutes=15)
#: a session's last use is written at most this often
_TOUCH = timedelta(minutes=1)


def lives(session: Session, now: datetime, *, idle: timedelta) -> bool:
    """Whether a session still opens anything at `now`."""
    return now - session.seen_at < idle and now - session.signed_in_at < LIFETIME


def fresh_cookie() -> str:
    """256 bits that nobody guesses."""
    return secrets.token_urlsafe(32)


class Sessions:
    """The sessions of one exchange; every method is blocking and may be called from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reader(self, cookie: str) -> Reader:
        """Who asks; nobody in particular where the cookie opens no session."""
        if not cookie:
            return ANYBODY
        now = self._store.now()
        with self._store.reading() as connection:
            session = sessions.get(connection, cookie)
            account = accounts.get(connection, session.account) if session else None
            if session is None or account is None or account.state != "active":
                return ANYBODY
            grants = accounts.grants_of(connection, account.id, now)
            actor = accounts.actor_of(connection, account.id, now)
        if not lives(session, now, idle=STAFF_IDLE if grants else IDLE):
            return ANYBODY
        if now - session.seen_at >= _TOUCH:
            self._touch(cookie)
        fresh = now - session.signed_in_at < FRESH
        return reader_in(account, grants, session.acting_for, actor=actor, fresh=fresh)

    @repeats_clashes
    def start(self, account_id: str, former: str = "") -> str:
        """A new session of an account whose password was just given; gives its cookie and ends the former one."""
        cookie = fresh_cookie()
        with self._store.transaction() as tx:
            held = sessions.get(tx.connection, former) if former else None
            acting_for = held.acting_for if held and held.account == account_id else ""
            sessions.end(tx, former)
            sessions.forget_before(tx, tx.now - LIFETIME)
            sessions.start(tx, cookie, _started(account_id, acting_for, tx.now))
            accounts.note_sign_in(tx, account_id)
            _note(tx, "session.opened", account_id)
        return cookie

    @repeats_clashes
    def act_for(self, cookie: str, reader: Reader, institution: str) -> str:
        """The person acts for `institution` from now on, for nobody where it is empty; gives the new cookie.

        raises   NotAllowed where no role of theirs is in it
        """
        if institution and not reader.may_act_for(institution):
            raise NotAllowed(f"in {institution}")
        moved = fresh_cookie()
        with self._store.transaction() as tx:
            sessions.move(tx, cookie, moved, acting_for=institution)
            _note(tx, "acting.chosen", reader.account, institution)
        return moved

    @repeats_clashes
    def end(self, cookie: str) -> None:
        """Ends one session."""
        with self._store.transaction() as tx:
            session = sessions.get(tx.connection, cookie)
            if session is not None:
                sessions.end(tx, cookie)
                _note(tx, "session.ended", session.account)

    @repeats_clashes
    def end_all(self, account_id: str) -> int:
        """Ends every session of an account and revokes its keys, in one step; gives the number of sessions."""
        with self._store.transaction() as tx:
            _note(tx, "session.ended", account_id)
            api_keys.revoke_all(tx, account_id)
            return sessions.end_all(tx, account_id)

    @repeats_clashes
    def note_refusal(self, account_id: str) -> None:
        """Writes down that somebody tried to sign in and did not; empty where no account has the name."""
        with self._store.transaction() as tx:
            entry = Entry(act="session.refused", object=f"sign_in:{account_id or 'unknown'}", outcome="refused")
            ledger.append(tx, [entry])

    @repeats_clashes
    def _touch(self, cookie: str) -> None:
        with self._store.transaction() as tx:
            sessions.touch(tx, cookie)


def require_fresh(reader: Reader, address: str) -> None:
    """Raises NotSignedIn, which leads back to `address`, unless the password was given within `FRESH`."""
    if not reader.fresh:
        raise NotSignedIn(address)


def _note(tx: Transaction, act: Act, account_id: str, institution: str = "") -> None:
    """An entry of what a person did with their session; it names the pseudonym alone, never the account beside it."""
    actor = accounts.actor_of(tx.connection, account_id, tx.now)
    ledger.append(tx, [Entry(act=act, object=f"session:{actor}", institution=institution, actor=actor)])


def _started(account_id: str, acting_for: str, now: datetime) -> Session:
    return Session(account=account_id, acting_for=acting_for, signed_in_at=now, seen_at=now)


def reader_in(
    account: accounts.Account,
    grants: tuple[accounts.RoleGrant, ...],
    acting_for: str,
    *,
    actor: str,
    fresh: bool = False,
) -> Reader:
    """Who asks: an account with its present roles, acting for an institution as long as one of them is in it."""
    reader = Reader(
        account=account.id,
        name=account.name,
        grants=tuple(Grant(role=grant.role, institution=grant.institution) for grant in grants),
        actor=actor,
        fresh=fresh,
    )
    allowed = reader.may_act_for(acting_for)
    return msgspec.structs.replace(reader, acting_for=acting_for if allowed else "")
