"""`account`: who may sign in, and with which roles."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.storage import accounts, sessions
from federation.storage.accounts import EVERYWHERE, ROLES, Account, RoleGrant
from federation.storage.engine import Store
from portal_api.auth import passwords
from portal_api.auth.gate import change_password
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption, DataOption
from portal_api.commands.output import JsonOption, print_json, print_rows, say
from portal_api.commands.persons import asked_password
from portal_api.wiring import open_store

app = typer.Typer(help="The accounts: add, list, lock, give a new password.", no_args_is_help=True)

SignInArgument = Annotated[str, typer.Argument(help="What the person signs in as: an e-mail address or a name.")]
RoleOption = Annotated[
    list[str] | None,
    typer.Option("--role", help=f"ROLE or ROLE@INSTITUTION; may be repeated. Roles: {', '.join(ROLES)}."),
]


@app.command("add")
def add(
    sign_in: SignInArgument,
    name: Annotated[str, typer.Option(help="Name as pages show it.")] = "",
    role: RoleOption = None,
    data: AnyDataOption = DEFAULT_FOLDER,
) -> None:
    """Add an account; its password is asked for, or read as one line where standard input is no terminal."""
    grants = [_grant(text) for text in role or ()]
    accounts.folded(sign_in)
    hashed = passwords.hash_password(_asked_password())
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        made = accounts.add(tx, sign_in, name, hashed)
        for grant in grants:
            accounts.grant(tx, made.id, grant, granted_by=OPERATOR)
    say(f"{made.sign_in}: {', '.join(_text(grant) for grant in grants) or 'no role'}")


@app.command("list")
def list_all(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List the accounts with their roles."""
    with open_store(data) as store, store.reading() as connection:
        found = [(one, accounts.grants_of(connection, one.id, store.now())) for one in accounts.everyone(connection)]
    if as_json:
        for one, grants in found:
            print_json({"account": one, "roles": grants})
        return
    rows = [(one.sign_in, one.name, one.state, ", ".join(_text(grant) for grant in grants)) for one, grants in found]
    print_rows(("signs in as", "name", "state", "roles"), rows)


@app.command("grant")
def grant(
    sign_in: SignInArgument,
    role: Annotated[str, typer.Argument(help="ROLE or ROLE@INSTITUTION.")],
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Give a role; the person's sessions end."""
    wanted = _grant(role)
    with open_store(data) as store:
        known = _found(store, sign_in)
        with store.transaction(actor=OPERATOR) as tx:
            accounts.grant(tx, known.id, wanted, granted_by=OPERATOR)
            sessions.end_all(tx, known.id)
    say(f"{known.sign_in}: {_text(wanted)} given")


@app.command("revoke")
def revoke(
    sign_in: SignInArgument,
    role: Annotated[str, typer.Argument(help="ROLE or ROLE@INSTITUTION.")],
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Take a role back; the person's sessions end."""
    unwanted = _grant(role)
    with open_store(data) as store:
        known = _found(store, sign_in)
        with store.transaction(actor=OPERATOR) as tx:
            held = accounts.grants_of(tx.connection, known.id, tx.now)
            if unwanted not in held:
                found = ", ".join(map(_text, held)) or "none"
                raise RequestRefused("no_such_grant", f"expected a role of {known.sign_in} ({found}), found {role!r}")
            accounts.revoke(tx, known.id, unwanted)
            sessions.end_all(tx, known.id)
    say(f"{known.sign_in}: {_text(unwanted)} ended")


@app.command("reset")
def reset(sign_in: SignInArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Give an account a new password; its sessions end and its keys are revoked."""
    with open_store(data) as store:
        known = _found(store, sign_in)
        change_password(store, known.id, _asked_password(), actor=OPERATOR)
    say(f"{known.sign_in}: new password set, every session ended, every key revoked")


@app.command("lock")
def lock(sign_in: SignInArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Close an account: nobody signs in with it, and its sessions end."""
    _set_state(sign_in, data, "locked")


@app.command("unlock")
def unlock(sign_in: SignInArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Open a locked account again."""
    _set_state(sign_in, data, "active")


def _set_state(sign_in: str, data: DataOption, state: accounts.State) -> None:
    with open_store(data) as store:
        known = _found(store, sign_in)
        with store.transaction(actor=OPERATOR) as tx:
            accounts.set_state(tx, known.id, state)
            sessions.end_all(tx, known.id)
    say(f"{known.sign_in}: {state}")


def _found(store: Store, sign_in: str) -> Account:
    with store.reading() as connection:
        known = accounts.find(connection, sign_in)
    if known is None:
        raise RequestRefused("no_such_account", f"no account signs in as {sign_in!r}")
    return known


def _grant(text: str) -> RoleGrant:
    role, _, institution = text.partition("@")
    known = next((each for each in ROLES if each == role), None)
    if known is None:
        raise RequestRefused("no_such_role", f"expected one of {', '.join(ROLES)}, found {role!r}")
    return RoleGrant(role=known, institution=institution or EVERYWHERE)


def _text(grant: RoleGrant) -> str:
    return grant.role if grant.institution == EVERYWHERE else f"{grant.role}@{grant.institution}"


def _asked_password() -> str:
    password = asked_password("Password", twice=True)
    if not passwords.is_long_enough(password):
        least, most = passwords.LEAST_LENGTH, passwords.MOST_LENGTH
        raise RequestRefused("password_invalid", f"expected {least} to {most:,} characters, found {len(password)}")
    return password
