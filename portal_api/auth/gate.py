"""Where people come in: passwords under their limits, the first account's code, and the sessions behind.

An unknown name, a wrong password and a locked account are answered alike and take as long.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from federation.errors import RequestRefused
from federation.storage import accounts, api_keys, sessions
from federation.storage.accounts import RoleGrant
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from portal_api.auth import passwords
from portal_api.auth.sessions import Sessions
from portal_api.auth.setup_code import SetupCode, Verdict
from portal_api.errors import OverBudget, StatePassed
from portal_api.http.limits import Bucket, network_prefix
from portal_api.http.marking import N_, Sentence
from portal_api.settings import PortalSettings

T = TypeVar("T")

#: password checks that may wait for their turn; whoever comes later is asked for patience
MOST_WAITING = 32
_MADE = N_("The first account was made already. Sign in with it.")
#: roles of the first account, each in every institution
FIRST_ROLES: tuple[accounts.Role, ...] = ("exchange_admin", "harvest_admin")


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What the first administrator states of themselves."""

    sign_in: str
    name: str
    password: str


class Gate:
    """The way in of one exchange."""

    def __init__(
        self, store: Store, settings: PortalSettings, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._monotonic = monotonic
        self.sessions = Sessions(store)
        self.by_account = Bucket(settings.sign_in_account_per_minute)
        self.by_network = Bucket(settings.sign_in_network_per_minute)
        self._hashers = ThreadPoolExecutor(max_workers=passwords.AT_ONCE, thread_name_prefix="password")
        #: passwords in hand or waiting for their turn
        self.waiting = 0
        #: None once there is an account
        self.setup_code = None if self._has_accounts() else SetupCode(monotonic())

    @property
    def is_set_up(self) -> bool:
        """Whether there is an account; until then only `/setup` makes one."""
        return self.setup_code is None or self._has_accounts()

    def close(self) -> None:
        """Lets the password checks in hand end."""
        self._hashers.shutdown(wait=False, cancel_futures=True)

    async def sign_in(self, sign_in: str, password: str, *, caller: str, former: str = "") -> str | None:
        """The cookie of a new session; None where name and password do not belong together.

        caller   address of the client, by whose network tries are counted
        former   the cookie that the browser holds now; its session ends
        raises   OverBudget past the limits of account or network
        """
        name = _folded(sign_in)
        self._take(self.by_network, network_prefix(caller))
        self._take(self.by_account, name)
        known = await asyncio.to_thread(self._credentials, name)
        right = await self._hashing(passwords.matches, known.password if known else None, password)
        if known is None or not right or known.state != "active":
            await asyncio.to_thread(self.sessions.note_refusal, known.account if known else "")
            return None
        if passwords.outdated(known.password):
            await self._rehash(known.account, password)
        return await asyncio.to_thread(self.sessions.start, known.account, former)

    async def set_up(self, code: str, wanted: NewAccount, *, caller: str) -> tuple[Verdict, str]:
        """Makes the first account and signs it in: the verdict on the code, and the cookie where it was right.

        raises   StatePassed where there is an account already; OverBudget; RequestRefused for a name that cannot be
        """
        self._take(self.by_network, network_prefix(caller))
        if self.setup_code is None or await asyncio.to_thread(self._has_accounts):
            raise StatePassed("the first account was made already", Sentence(text=_MADE))
        accounts.folded(wanted.sign_in)
        verdict = self.setup_code.check(code, self._monotonic())
        if verdict != "right":
            return verdict, ""
        hashed = await self._hashing(passwords.hash_password, wanted.password)
        made = await asyncio.to_thread(self._first_account, wanted, hashed)
        self.setup_code.spend()
        return verdict, await asyncio.to_thread(self.sessions.start, made)

    @repeats_clashes
    def _first_account(self, wanted: NewAccount, hashed: str) -> str:
        with self._store.transaction() as tx:
            if accounts.exist(tx.connection):
                raise StatePassed("the first account was made already", Sentence(text=_MADE))
            made = accounts.add(tx, wanted.sign_in, wanted.name, hashed)
            for role in FIRST_ROLES:
                accounts.grant(tx, made.id, RoleGrant(role=role), granted_by="setup")
        return made.id

    async def _rehash(self, account_id: str, password: str) -> None:
        hashed = await self._hashing(passwords.hash_password, password)
        await asyncio.to_thread(self._keep_hash, account_id, hashed)

    @repeats_clashes
    def _keep_hash(self, account_id: str, hashed: str) -> None:
        with self._store.transaction() as tx:
            accounts.set_password(tx, account_id, hashed)

    def _take(self, bucket: Bucket, key: str) -> None:
        if wait := bucket.take(key, self._monotonic()):
            raise OverBudget(wait)

    async def _hashing(self, function: Callable[..., T], *arguments: str | None) -> T:
        if self.waiting >= MOST_WAITING:
            raise OverBudget(5)
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._hashers, function, *arguments)
        finally:
            self.waiting -= 1

    def _credentials(self, name: str) -> accounts.Credentials | None:
        with self._store.reading() as connection:
            return accounts.credentials(connection, name)

    def _has_accounts(self) -> bool:
        with self._store.reading() as connection:
            return accounts.exist(connection)


@repeats_clashes
def change_password(store: Store, account_id: str, password: str, *, actor: str) -> None:
    """Gives an account a new password, ends its sessions and revokes its keys."""
    hashed = passwords.hash_password(password)
    with store.transaction(actor=actor) as tx:
        accounts.set_password(tx, account_id, hashed)
        sessions.end_all(tx, account_id)
        api_keys.revoke_all(tx, account_id)


def _folded(sign_in: str) -> str:
    """The name as it is looked up; one that no account can have is looked up all the same."""
    try:
        return accounts.folded(sign_in)
    except RequestRefused:
        return sign_in[: accounts.LONGEST_NAME]
