"""`feed replay`: the kept pages of a feed read anew."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline.replaying import replay as read_anew
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import FeedArgument, open_feed
from portal_api.commands.output import counted, say
from portal_api.wiring import open_store

#: identifiers that are told by name
_NAMED = 20


def replay(
    name: FeedArgument,
    apply: Annotated[bool, typer.Option("--apply", help="Take in what reads otherwise now.")] = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Read the kept pages of an OAI-PMH feed anew, asking its source nothing, and say what reads otherwise now."""
    with open_store(data) as store:
        with store.reading() as connection:
            feed = open_feed(connection, name)
        if feed.source != "oai":
            raise RequestRefused("no_pages", f"expected a feed of OAI-PMH, found one of {feed.source}: it has no pages")
        found = list(read_anew(store, feed, apply=apply, actor=OPERATOR))
    changed = [each for page in found for each in page.changed]
    mended = [each for page in found for each in page.mended]
    for each in (changed + mended)[:_NAMED]:
        say(each)
    told = f"{counted(len(changed), 'record')} of them read otherwise, {len(mended)} could not be read before"
    say(f"{name}: {counted(len(found), 'page')} read anew; {told}{'' if apply else '; --apply takes them in'}")
