"""A new draft that is begun as a copy of the rules of another feed that gives the same format."""

from __future__ import annotations

from federation.errors import RequestRefused
from federation.pipeline import crosswalk_life
from federation.pipeline.crosswalk_texts import named
from federation.pipeline.crosswalks import format_of
from federation.storage.crosswalks import Version
from federation.storage.feeds import StoredFeed
from federation.storage.transactions import Transaction
from mappings.errors import CrosswalkInvalid


def is_alike(feed: StoredFeed, other: StoredFeed) -> bool:
    """Whether `other` lives by rules of its own that read what `feed` gives."""
    if not other.crosswalk_text or other.key == feed.key:
        return False
    try:
        return format_of(feed).name == format_of(other).name
    except CrosswalkInvalid:
        return False


def begin_as(tx: Transaction, feed: StoredFeed, other: StoredFeed, author: str) -> Version:
    """A new draft with the rules that another feed lives by, under the name of this feed's own.

    raises  RequestRefused: `not_alike`
    """
    if not is_alike(feed, other):
        raise RequestRefused("not_alike", "expected another feed with rules of its own that read the same format")
    draft = crosswalk_life.begin(tx, feed, author)
    text = named(other.crosswalk_text, draft.name)
    message = f"begun as a copy of {other.crosswalk} of {other.name}"
    return crosswalk_life.save(tx, feed, draft.number, text, author, seen=draft.sha256, message=message)
