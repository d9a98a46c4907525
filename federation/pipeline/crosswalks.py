"""Which crosswalk reads a feed, compiled once a process."""

from __future__ import annotations

from functools import lru_cache

from federation.storage import feeds, institutions
from federation.storage.engine import Store
from mappings.engine.apply import apply
from mappings.engine.compile import Compiled
from mappings.engine.library import base, compiled
from mappings.engine.outcome import Context, Outcome, Rejected, Skipped
from mappings.schema.holding import Institution
from mappings.schema.issue import issue
from mappings.schema.raw import RawRecord

#: why records of a retired feed are skipped
RETIRED = "feed_retired"


@lru_cache(maxsize=64)
def compiled_text(text: str, file: str) -> Compiled:
    """A crosswalk's text, checked and compiled; raises CrosswalkInvalid."""
    return compiled(text, file=file)


def crosswalk_of(feed: feeds.StoredFeed) -> Compiled:
    """The feed's own crosswalk, or the base that it names."""
    return compiled_text(feed.crosswalk_text or base(feed.crosswalk), feed.crosswalk)


class FeedMapper:
    """Maps raw records by their feeds' crosswalks; reads each feed once."""

    def __init__(self, store: Store) -> None:
        with store.reading() as connection:
            self._feeds = {feed.key: feed for feed in feeds.everyone(connection)}
            self._institutions = {line.slug: line for line in institutions.everyone(connection)}

    def __call__(self, raw: RawRecord) -> tuple[Outcome, str]:
        """The outcome, and the slug of the institution that the record belongs to."""
        feed = self._feeds[raw.feed]
        if feed.state == "retired" and not raw.deleted:
            return Skipped(reason=RETIRED), feed.institution
        return apply(crosswalk_of(feed), raw, context_of(feed, self._institutions[feed.institution])), feed.institution

    def crashed(self, raw: RawRecord) -> tuple[Outcome, str]:
        """The outcome of a record whose mapping ended its process: rejected, so that the cursor passes it."""
        found = issue("step_crashed", excerpt=raw.identifier)
        return Rejected(issue=found), self._feeds[raw.feed].institution


def context_of(feed: feeds.StoredFeed, holder: institutions.StoredInstitution) -> Context:
    """What the feed knows and its records do not say."""
    return Context(
        feed=feed.key,
        institution=Institution(name=holder.name, slug=holder.slug, isil=holder.isil),
        metadata_licence=feed.metadata_licence,
    )
