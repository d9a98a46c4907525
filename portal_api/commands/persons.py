"""Who a command acts for: a name that people sign in by, and its password."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.storage import accounts
from federation.storage.engine import Store
from federation.storage.transactions import Transaction
from portal_api.auth import passwords

AsOption = Annotated[str, typer.Option("--as", help="Who writes or confirms: a sign-in name; the password is asked.")]

ConfirmerOption = Annotated[str, typer.Option("--as", help="Who confirms: a sign-in name; the password is asked.")]
ReasonOption = Annotated[str, typer.Option("--note", help="Why this may be.")]


def asked_password(label: str, *, twice: bool = False) -> str:
    """A password: asked for at a terminal, read as one line elsewhere."""
    if sys.stdin.isatty():
        return str(typer.prompt(label, hide_input=True, confirmation_prompt=twice, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def person_as(store: Store, name: str) -> str:
    """The account that signs in as `name`, its password asked; `operator` where nobody is named."""
    if not name:
        return OPERATOR
    given = asked_password(f"Password of {name}")
    with store.reading() as connection:
        known = accounts.credentials(connection, accounts.folded(name))
    if not passwords.matches(known.password if known else None, given) or known is None or known.state != "active":
        raise RequestRefused("not_known", "name or password is not right")
    return known.account


@contextmanager
def writing(store: Store, account: str) -> Iterator[Transaction]:
    """A transaction in the name of `account`."""
    with store.reading() as connection:
        actor = OPERATOR if account == OPERATOR else accounts.actor_of(connection, account, store.now())
    with store.transaction(actor=actor) as tx:
        yield tx
