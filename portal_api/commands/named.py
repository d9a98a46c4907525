"""The feed that a command is for: its name or key as people type it, looked up in one place."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
import typer

from federation.errors import RequestRefused
from federation.storage import feeds
from federation.storage.engine import Store
from federation.storage.feeds import BEFORE, StoredFeed

FeedArgument = Annotated[str, typer.Argument(help="Name or key of the feed.")]


def feed_named(store: Store, name: str) -> StoredFeed:
    """The feed with this name or key; raises RequestRefused where there is none."""
    with store.reading() as connection:
        return found_feed(connection, name)


def open_feed(connection: sa.Connection, name: str) -> StoredFeed:
    """The feed of this name or key, unless it is retired, which raises RequestRefused.

    connection   of the transaction that changes the feed, where it is changed: all of its columns are written
    """
    feed = found_feed(connection, name)
    if feed.state == "retired":
        raise RequestRefused("feed_retired", f"{name} is retired, which is for good")
    return feed


def begun_feed(connection: sa.Connection, name: str) -> StoredFeed:
    """As `open_feed`, unless the feed is a draft still, which raises RequestRefused, too."""
    feed = open_feed(connection, name)
    refuse_draft(feed)
    return feed


def refuse_draft(feed: StoredFeed) -> None:
    """Raises RequestRefused where the feed was not begun yet."""
    if feed.state in BEFORE:
        said = f"{feed.name} is a draft: archive-exchange feed begin {feed.name} comes first"
        raise RequestRefused("feed_draft", said)


def found_feed(connection: sa.Connection, name: str) -> StoredFeed:
    """The feed with this name or key as a transaction in hand sees it; raises RequestRefused where there is none."""
    found = feeds.get(connection, name)
    if found is None:
        raise RequestRefused("no_such_feed", f"no feed is called {name!r}")
    return found
