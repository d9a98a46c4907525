"""`key`: the keys by which a person's programs ask."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.storage import accounts, api_keys
from federation.storage.api_keys import SCOPES, Scope, WantedKey
from portal_api.auth.api_keys import PREFIX, ApiKeys
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, print_json, print_rows, say
from portal_api.signing_keys import API_KEYS, signing_key
from portal_api.wiring import open_store

app = typer.Typer(help="The keys of programs: make, list, revoke.", no_args_is_help=True)


@app.command("make")
def make(
    sign_in: Annotated[str, typer.Argument(help="Whose key: what the person signs in as.")],
    name: Annotated[str, typer.Argument(help="What lists call it, such as the program that uses it.")],
    scope: Annotated[list[str], typer.Option("--scope", help=f"Some of {', '.join(SCOPES)}; may be repeated.")],
    days: Annotated[int, typer.Option(help="How long it opens anything.")] = api_keys.LONGEST_DAYS,
    acting_for: Annotated[str, typer.Option(help="An institution whose own entries it sees too.")] = "",
    *,
    project: Annotated[bool, typer.Option("--project", help="1,000,000 points a day in place of 100,000.")] = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Make a key and print it, this once."""
    wanted = WantedKey(
        name=name,
        scopes=_scopes(scope),
        days=days,
        kind="project" if project else "personal",
        acting_for=acting_for,
    )
    with open_store(data) as store:
        with store.reading() as connection:
            account = accounts.find(connection, sign_in)
        if account is None:
            raise RequestRefused("no_such_account", f"nobody signs in as {sign_in!r}")
        _, whole = ApiKeys(store, signing_key(data, API_KEYS)).make(account.id, wanted, actor=OPERATOR)
    say(whole)


def _scopes(given: list[str]) -> tuple[Scope, ...]:
    if unknown := [each for each in given if each not in SCOPES]:
        raise RequestRefused("key_scopes", f"expected some of {', '.join(SCOPES)}, found {unknown[0]!r}")
    return tuple(each for each in SCOPES if each in given)


@app.command("list")
def list_all(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List every key, newest first, with what it spent today."""
    with open_store(data) as store, store.reading() as connection:
        now = store.now()
        found = api_keys.everyone(connection)
        spent = api_keys.spent(connection, [key.id for _, key in found], now.date())
    if as_json:
        for sign_in, key in found:
            print_json({"sign_in": sign_in, "key": key, "opens": key.opens(now), "spent": spent.get(key.id, 0)})
        return
    rows = [
        (
            f"{PREFIX}_{key.id}",
            sign_in,
            key.name,
            ",".join(key.scopes),
            f"{key.until_at:%Y-%m-%d}",
            spent.get(key.id, 0),
        )
        for sign_in, key in found
        if key.opens(now)
    ]
    print_rows(("key", "signs in as", "name", "may", "until", "points today"), rows)


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="The key, or what it begins with, as the list shows it.")],
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Revoke a key: from now on it opens nothing."""
    number = key.removeprefix(f"{PREFIX}_").partition("_")[0]
    with open_store(data) as store:
        with store.reading() as connection:
            known = api_keys.get(connection, number)
        if known is None:
            raise RequestRefused("no_such_key", f"no key begins with {PREFIX}_{number}")
        ApiKeys(store, signing_key(data, API_KEYS)).revoke(number, actor=OPERATOR)
    say(f"{PREFIX}_{number}: revoked")
