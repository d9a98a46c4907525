"""A feed before it is harvested: a draft, which its people may test, until somebody begins it.

A host that no feed has been read from before waits for an administrator of the whole exchange (portal, 4): from then on
the exchange asks it day by day, in its own name.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.storage import feeds, runs
from federation.storage.feeds import BEFORE, StoredFeed
from federation.storage.transactions import Transaction


def is_new_host(connection: sa.Connection, wanted: StoredFeed) -> bool:
    """Whether no other feed was ever begun at the host of this one; files that are brought, and folders, have none."""
    host = _host(wanted)
    here = (each for each in feeds.everyone(connection) if each.key != wanted.key and _host(each) == host)
    return bool(host) and not any(_was_begun(connection, each) for each in here)


def begin(tx: Transaction, feed: StoredFeed, *, may_allow_hosts: bool) -> StoredFeed:
    """Begins a draft: it is active, and due now where its records are fetched.

    may_allow_hosts  who begins it administers the whole exchange
    raises           RequestRefused `not_a_draft`; `host_waits` where its host is new to the exchange
    """
    if feed.state not in BEFORE:
        raise RequestRefused("not_a_draft", f"expected a feed that was not begun, found one that is {feed.state}")
    if not may_allow_hosts and is_new_host(tx.connection, feed):
        said = f"no feed was read from {_host(feed)} before: an administrator of the exchange begins it"
        raise RequestRefused("host_waits", said)
    begun = msgspec.structs.replace(feed, state="active", due_at=None if feed.source == "upload" else tx.now)
    feeds.change(tx, begun)
    return begun


def tested(tx: Transaction, feed: StoredFeed) -> None:
    """A draft whose source gave records is `probed`; any other feed stays as it is."""
    if feed.state == "draft":
        feeds.change(tx, msgspec.structs.replace(feed, state="probed"))


def _was_begun(connection: sa.Connection, feed: StoredFeed) -> bool:
    # a draft may be retired unbegun
    return feed.state not in (*BEFORE, "retired") or runs.latest(connection, feed.key) is not None


def _host(feed: StoredFeed) -> str:
    return "" if feed.source in ("upload", "inbox") else (urlsplit(feed.base_url).hostname or "")
