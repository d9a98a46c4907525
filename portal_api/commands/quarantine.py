"""`quarantine`: records that harvests could not read, and a person's word about them."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.ledger.entry import OPERATOR
from federation.pipeline.asking_again import ask_again, take_for_lost
from federation.storage import feeds
from federation.storage import quarantine as stored
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import feed_named
from portal_api.commands.output import JsonOption, print_json, print_rows, say
from portal_api.wiring import open_store

app = typer.Typer(help="Records that could not be read: look, retry, acknowledge.", no_args_is_help=True)

NumberArgument = Annotated[int, typer.Argument(metavar="ID", help="Number of a record, as `quarantine list` shows it.")]
FeedOption = Annotated[str | None, typer.Option("--feed", help="Name or key of a feed; else of all.")]
StateOption = Annotated[stored.State | None, typer.Option(help="In this state; else in any.")]
AfterOption = Annotated[int, typer.Option(min=0, help="Go on behind this number.")]
LimitOption = Annotated[int, typer.Option(min=1, max=10_000, help="Most records listed.")]


@app.command("list")
def list_some(
    data: DataOption = DEFAULT_FOLDER,
    feed: FeedOption = None,
    state: StateOption = None,
    after: AfterOption = 0,
    limit: LimitOption = 100,
    *,
    as_json: JsonOption = False,
) -> None:
    """List records that could not be read, by number."""
    with open_store(data) as store, store.reading() as connection:
        names = {each.key: each.name for each in feeds.everyone(connection)}
        wanted = feed_named(store, feed).key if feed else None
        found = stored.listed(connection, wanted, state=state, after=after, limit=limit)
    if as_json:
        for line in found:
            print_json(line)
        return
    rows = [
        (
            line.id,
            names.get(line.feed, line.feed),
            line.identifier or f"run {line.run}, page {line.page}, position {line.position}",
            line.reason,
            line.state,
            line.tries,
            f"{line.retry_at:%Y-%m-%d}" if line.retry_at else "",
        )
        for line in found
    ]
    print_rows(("record", "feed", "identifier or place", "reason", "state", "tries", "next try"), rows)


@app.command("retry")
def retry(number: NumberArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Ask for a record again, alone; its feed is due now."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        feed = ask_again(tx, number)
    say(f"record {number}: asked for with the next harvest of {feed.name}, which is due now")


@app.command("acknowledge")
def acknowledge(number: NumberArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Note that a record is lost; it is not asked for any more, and still counts as missing."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        take_for_lost(tx, number)
    say(f"record {number}: acknowledged")
