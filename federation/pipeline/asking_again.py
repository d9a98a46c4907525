"""A person's word about a record in quarantine: ask for it again, or take it for lost."""

from __future__ import annotations

from federation.errors import RequestRefused
from federation.storage import feeds, quarantine
from federation.storage.feeds import StoredFeed
from federation.storage.transactions import Transaction


def ask_again(tx: Transaction, number: int) -> StoredFeed:
    """Asks for a record alone with the next harvest of its feed, which is due now; gives the feed.

    raises  RequestRefused: `no_such_record`, `not_harvested`, `feed_retired`, `identifier_unknown`, `mended`
    """
    feed = _feed_of(tx, number)
    if feed.source == "upload":
        raise RequestRefused("not_harvested", f"bring the file again: archive-exchange upload {feed.name} FILE")
    if feed.is_fetched:
        raise RequestRefused("not_harvested", f"it stands in a file, which is read whole: ask for {feed.name} again")
    if feed.state == "retired":
        raise RequestRefused("feed_retired", f"{feed.name} is retired, which is for good")
    quarantine.retry(tx, number, feed.institution)
    feeds.ask_for_run(tx, feed.key)
    return feed


def take_for_lost(tx: Transaction, number: int) -> None:
    """A record is not asked for any more and still counts as missing; raises RequestRefused as `ask_again`."""
    quarantine.acknowledge(tx, number, _feed_of(tx, number).institution)


def _feed_of(tx: Transaction, number: int) -> StoredFeed:
    line = quarantine.line(tx.connection, number)
    feed = feeds.get(tx.connection, line.feed) if line else None
    if feed is None:
        raise RequestRefused("no_such_record", f"no record {number} lies in quarantine")
    return feed
