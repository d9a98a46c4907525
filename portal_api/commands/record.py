"""`record`: a record, or all records of a thing, taken out of every channel and given back."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.ledger.entry import OPERATOR
from federation.pipeline import withholding_things
from federation.storage import feeds, withheld
from federation.storage.feeds import StoredFeed
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, print_json, print_rows, say
from portal_api.http.problems import FAULT
from portal_api.wiring import open_store

app = typer.Typer(help="Records: withhold one from every channel, release it.", no_args_is_help=True)

RecordArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Identifier of a record (r…), or of a thing (c-…) for all its records; or its address."
    ),
]


@app.command("withhold")
def withhold(
    record: RecordArgument,
    reason: Annotated[str, typer.Option(help="Why; seen by those who administer its feed.")],
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Take a record, or all records of a thing, out of every channel at once; no harvest brings them back.

    Ends with 1 where something of the thing stays public, which is named.
    """
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        acted = withholding_things.withhold(tx, record, reason, _any_feed)
    for row in acted.done:
        say(f"{row.record_id} ({row.identifier}): withheld; it is a tombstone everywhere until it is released")
    for each in acted.left:
        say(f"{each.record}: stays public: {each.message}")
    if acted.left:
        raise typer.Exit(FAULT)


@app.command("release")
def release(record: RecordArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Give a record, or all records of a thing, back as harvested last."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        acted = withholding_things.release(tx, store, record, _any_feed)
    for row in acted.done:
        say(f"{row.record_id} ({row.identifier}): released")


def _any_feed(_feed: StoredFeed) -> bool:
    return True


@app.command("withheld")
def list_withheld(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List what is withheld, and why."""
    with open_store(data) as store, store.reading() as connection:
        names = {feed.key: feed.name for feed in feeds.everyone(connection)}
        found = withheld.listed(connection)
    if as_json:
        for row in found:
            print_json(row)
        return
    rows = [
        (row.record_id, names.get(row.feed, row.feed), row.identifier, f"{row.at:%Y-%m-%d}", row.reason)
        for row in found
    ]
    print_rows(("record", "feed", "identifier", "since", "reason"), rows)
