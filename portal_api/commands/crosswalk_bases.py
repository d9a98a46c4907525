"""`crosswalk base`: a newer version of a base that ships, for every feed that builds on it in one step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from federation.ledger.entry import OPERATOR
from federation.pipeline import base_rise
from federation.pipeline.base_rise import Left
from federation.settings import Approval
from federation.storage import feeds
from mappings.engine.library import names
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, counted, print_json, print_rows, say
from portal_api.commands.persons import AsOption, ConfirmerOption, ReasonOption, person_as, writing
from portal_api.config import load
from portal_api.views.bases import base_lines
from portal_api.wiring import open_store

app = typer.Typer(no_args_is_help=True, help="A newer version of a base, for all its feeds in one step.")

_MAPPED_AGAIN = "their records are mapped again"

BaseArgument = Annotated[str, typer.Argument(help="The base, such as base/oai_dc.")]


@app.command("list")
def list_all(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List the bases that feeds build on, their newest versions, and how many feeds live by earlier ones."""
    with open_store(data) as store, store.reading() as connection:
        everyone = feeds.everyone(connection)
        found = {name: on for name in names() if (on := base_rise.rising(connection, name, everyone))}
    if as_json:
        for name, on in found.items():
            print_json(
                {
                    "base": name,
                    "newest": base_rise.newest(name),
                    "feeds": [each.feed.name for each in on],
                    "behind": [each.feed.name for each in on if not each.is_risen],
                }
            )
    else:
        rows = [(base_rise.newest(name), len(on), sum(not each.is_risen for each in on)) for name, on in found.items()]
        print_rows(("newest", "feeds", "behind"), rows)


@app.command()
def show(base: BaseArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List the feeds that build on a base, and how far the rise of each has come."""
    base_rise.newest(base)
    with open_store(data) as store, store.reading() as connection:
        view = base_lines(connection, base, tuple(feeds.everyone(connection)), may_write=True)
    if as_json:
        print_json(view)
        return
    rows = [
        (
            line.name,
            line.lives_by,
            "risen" if line.is_risen else line.state or "behind",
            line.number or "",
            line.report.sums.get("changed", 0) if line.report else "",
            " ".join(gate.code for gate in line.report.stops) if line.report else "",
        )
        for line in view.lines
    ]
    print_rows(("feed", "lives by", "state", "version", "would change", "stopped by"), rows)


@app.command("dry-run")
def dry_run(base: BaseArgument, author: AsOption = "", data: DataOption = DEFAULT_FOLDER) -> None:
    """Have the newest version tried on every stored record of every feed that lives by an earlier one."""
    with open_store(data) as store:
        account = person_as(store, author)
        with writing(store, account) as tx:
            left = base_rise.try_all(tx, base, feeds.everyone(tx.connection), account)
    _say_left(left)
    say("the dry runs are asked for; `crosswalk base show` tells what they find")


@app.command()
def confirm(
    base: BaseArgument,
    person: ConfirmerOption,
    note: ReasonOption,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Pass, as a second person, the gates that stopped the rise of each feed that they decide for."""
    with open_store(data) as store:
        account = person_as(store, person)
        with writing(store, account) as tx:
            left = base_rise.confirm_all(
                tx, base, feeds.everyone(tx.connection), account, note, approval=_approval(data)
            )
    _say_left(left)
    say(f"confirmed by {person}")


@app.command()
def activate(base: BaseArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Put the newest version to work for every feed that was tried; all of them, or none."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        number = base_rise.activate_all(tx, base, feeds.everyone(tx.connection), approval=_approval(data))
    live = counted(number, "feed lives", "feeds live")
    say(f"{live} by {base_rise.newest(base)}; {_MAPPED_AGAIN}")


@app.command()
def rollback(base: BaseArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Take the rise back for every feed that lives by it."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        number = base_rise.roll_back_all(tx, base, feeds.everyone(tx.connection))
    live = counted(number, "feed lives by what it", "feeds live by what they")
    say(f"{live} lived by before; {_MAPPED_AGAIN}")


def _approval(data: Path) -> Approval:
    return load(data).settings.crosswalks.approval


def _say_left(left: tuple[Left, ...]) -> None:
    for each in left:
        say(f"left: {each.feed}: {each.reason}: {each.detail}")
