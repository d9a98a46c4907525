"""`feed giving`: what of a feed is given on, and under which licence."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.ledger.entry import OPERATOR
from federation.pipeline.feed_giving import Wanted, set_giving
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import FeedArgument, open_feed
from portal_api.commands.output import say
from portal_api.wiring import open_store

ReexposeOption = Annotated[
    str | None,
    typer.Option(help="What is given on: none; merged, into joint descriptions alone; or all, each record by itself."),
]
RawOption = Annotated[
    str | None, typer.Option("--raw", help="Who is shown its records as they came: institution or public.")
]


def giving(
    name: FeedArgument,
    licence: Annotated[str | None, typer.Option(help="Licence URI of the metadata; '' for none.")] = None,
    reexpose: ReexposeOption = None,
    raw: RawOption = None,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show, or set, what of a feed is given on to other harvesters, and who is shown its records as they came."""
    wanted = Wanted(licence=licence, reexpose=reexpose, raw_visible=raw)
    with open_store(data) as store:
        if wanted != Wanted():
            feed = _change(store, name, wanted)
        else:
            with store.reading() as connection:
                feed = open_feed(connection, name)
    say(f"licence   {feed.metadata_licence or 'none: nothing is given on'}")
    say(f"reexpose  {feed.reexpose}")
    say(f"raw       {feed.raw_visible}")


@repeats_clashes
def _change(store: Store, name: str, wanted: Wanted) -> StoredFeed:
    with store.transaction(actor=OPERATOR) as tx:
        return set_giving(tx, open_feed(tx.connection, name), wanted)
