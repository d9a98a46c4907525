"""A stored record kept as a test of its feed's crosswalk: what comes of it now has to come of it from then on."""

from __future__ import annotations

from federation.errors import RequestRefused
from federation.pipeline import crosswalk_life
from federation.pipeline.crosswalks import context_of, program_of, text_of
from federation.storage import crosswalks, institutions, raw_records, withheld
from federation.storage.crosswalks import Version
from federation.storage.feeds import StoredFeed
from federation.storage.transactions import Transaction
from mappings.engine.editing import with_test
from mappings.engine.pinning import NotPinned, pinned


def pin(tx: Transaction, feed: StoredFeed, number: int, identifier: str, author: str) -> Version:
    """The version, or a new draft like it, with one more test: what it makes of a stored record.

    A record that a person withholds is none: a version keeps its tests for good.

    raises  RequestRefused: `no_such_record`, `pin_not_mapped`, `pin_too_large`, `pin_not_alone`; CrosswalkInvalid
    """
    version = crosswalks.found(tx.connection, feed.key, number)
    stored = raw_records.get(tx.connection, feed.key, identifier)
    holder = institutions.get(tx.connection, feed.institution)
    is_withheld = bool(withheld.among(tx.connection, [(feed.key, identifier)]))
    if stored is None or holder is None or is_withheld:
        raise RequestRefused("no_such_record", f"there is no record {identifier}")
    try:
        test = pinned(program_of(tx.connection, version), stored.raw, context_of(feed, holder))
    except NotPinned as refused:
        raise RequestRefused(f"pin_{refused.reason}", f"{identifier} cannot be a test") from refused
    if not version.text:
        version = crosswalk_life.begin(tx, feed, author)
    text = with_test(text_of(version), identifier, test.inline, test.expect)
    return crosswalk_life.save(tx, feed, version.number, text, author, seen=version.sha256, message=version.message)
