"""What a version of a crosswalk would call the records of a feed's files: by the columns or paths of its `input.key`.

A feed's own key field goes before its crosswalk's key; a version whose text states another key than the live text does
is meant to take its place. Records of a repository have their names from it, whatever a crosswalk says.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from federation.storage.feeds import StoredFeed
from harvester.files.keys import KEYED, identifier_by
from harvester.files.units import Reading, reading_by
from mappings.engine.compiled import Compiled
from mappings.engine.crosswalk import read
from mappings.engine.outcome import Rejected
from mappings.schema.issue import issue
from mappings.schema.raw import RawRecord

#: what becomes of a record that the key does not name
NAMELESS = Rejected(issue=issue("native_id_missing"))

Keys = tuple[tuple[str, ...], ...]


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """How a version names what is stored."""

    #: None where every record keeps its name
    reading: Reading | None = None

    def named(self, raw: RawRecord) -> RawRecord | None:
        """The record under the version's name for it; None where it would have none."""
        if self.reading is None:
            return raw
        name = identifier_by(raw, self.reading)
        if not name:
            return None
        return raw if name == raw.identifier else replace(raw, identifier=name, first_identifier="")


def naming(feed: StoredFeed, lived: str, live: Compiled, tried: Compiled, text: str) -> Naming:
    """How `tried`, which `text` writes, names the records of a feed that lives by `live`, which `lived` writes."""
    keys = keys_of(feed, lived, tried, text)
    if tried.format.name not in KEYED or keys == live_keys(feed, live):
        return Naming()
    return Naming(reading=replace(reading_by(tried), keys=keys))


def live_keys(feed: StoredFeed, live: Compiled) -> Keys:
    """The columns or paths that name a feed's records now."""
    return ((feed.key_field,),) if feed.key_field else live.crosswalk.key


def keys_of(feed: StoredFeed, lived: str, tried: Compiled, text: str) -> Keys:
    """Those that would name them by a version."""
    return stated_keys(lived, text) or live_keys(feed, tried)


def stated_keys(lived: str, text: str) -> Keys:
    """The key that a version's own text states and the live text does not; empty where it states none."""
    own = read(text, file="")[0].key
    return own if own != read(lived, file="")[0].key else ()
