"""Hosted feeds: an institution that brings files has its records back over OAI-PMH, under its own identifiers.

Everyone may have the description as its access line shows it, in Dublin Core; what is not restricted also in the format
in which it was sent, and in the sets that its own header names. What is hidden, or was never mapped, is not there.

An institution that has a key has a second list of each of its feeds, which opens to that key alone: every record that
was mapped, hidden ones with them, whole and as it was sent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from federation.linkage.member_records import own_audience
from federation.pipeline.as_sent import OWN, as_sent
from federation.pipeline.crosswalks import format_of
from federation.pipeline.disseminating import formats_of, write_in
from federation.pipeline.hosted_sets import sets_of
from federation.pipeline.progress import BATCH, Close, Progress, without_job
from federation.pipeline.unifying import each_alone
from federation.storage import (
    catalogue_records,
    exports,
    feeds,
    hosted,
    institution_keys,
    ledger,
    raw_records,
    set_aside,
)
from federation.storage.catalogue_records import StoredRecord
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.hosted import Offered, Pending
from federation.storage.open_units import is_open, open_units
from federation.storage.set_aside import Subject
from mappings.engine.inputs import Format
from mappings.engine.payload import has_private_parts
from mappings.formats.xml import TREE
from mappings.schema.access import PUBLIC
from mappings.schema.ids import record_id
from mappings.schema.record import CatalogueRecord
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import oai_dc
from mappings.serialisations.catalogue import SERIALISATIONS
from mappings.serialisations.cover import EntryHidden, FormatUnavailable

STAGE = "host"
#: part of every digest, so that items given out by another serialiser are stamped anew when they come by
SERIALISERS = " ".join(("hosted@3", *(f"{each.prefix}@{each.version}" for each in SERIALISATIONS)))
_GONE = "gone"
#: a component of a finding aid
_COMPONENT = re.compile(r"<(?:[\w.\-]+:)?c(?:0[1-9]|1[0-2])?[\s/>]")

#: who asks: everybody, or the institution by its own key
Asker = Literal["public", "own"]
ASKERS: tuple[Asker, ...] = ("public", "own")


def list_of(key: str, asker: Asker) -> str:
    """Name of a feed's list among those of hosted items; no feed's key has a slash."""
    return f"/own/{key}" if asker == "own" else key


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A record of a file that stands, with what was made of it."""

    feed: str
    #: that the feed's crosswalk reads; a section of METS is read as what it is
    format: Format
    identifier: str
    row: StoredRecord
    record: CatalogueRecord
    payload_sha256: str
    set_specs: tuple[str, ...]
    #: units of a finding aid all of whose units are open to everybody; 0 of others, and where nobody asked
    open_units: int = 0


def host_batch(store: Store, *, limit: int = BATCH, close: Close = without_job) -> Progress:
    """Takes in the next `limit` records of files whose outcome changed."""
    with store.reading() as connection:
        waiting = hosted.pending(connection, limit)
        aside = set_aside.of(connection, STAGE, [each.rid for each in waiting])
        left_out = {each.rid for each in waiting if each.rid in aside and aside[each.rid].seq >= each.seq}
        offered = _offered(connection, [each for each in waiting if each.rid not in left_out])
        lost = [each for each in waiting if each.rid in left_out]
        offered += [gone_for(each.feed, each.identifier, asker) for each in lost for asker in ASKERS]
    if not waiting:
        return Progress(done=0, behind=False)
    progress = Progress(done=len(waiting), behind=len(waiting) == limit)
    with exports.sequencing(store) as tx:
        changed = hosted.put(tx, offered, waiting)
        members = [
            (f"hosted_item:{each.feed}/{each.identifier}", each.digest.encode() if each.prefixes else None)
            for each in changed
        ]
        ledger.append_batch(tx, act="items.exported", object=f"batch:host/{waiting[-1].rid}", members=members)
        set_aside.forget(tx, [STAGE], [each.rid for each in waiting if each.rid not in left_out])
        close(tx, progress)
    return progress


def next_one(connection: sa.Connection) -> Subject | None:
    """The record that comes next."""
    found = next(iter(hosted.pending(connection, 1)), None)
    if found is None:
        return None
    return Subject(stage=STAGE, number=found.rid, seq=found.seq, feed=found.feed, identifier=found.identifier)


def _offered(connection: sa.Connection, waiting: Sequence[Pending]) -> list[Offered]:
    keyed = institution_keys.holders(connection)
    found: list[Offered] = []
    for key in dict.fromkeys(each.feed for each in waiting):
        feed = feeds.get(connection, key)
        names = [each.identifier for each in waiting if each.feed == key]
        sent = with_units(connection, sent_of(connection, feed, names)) if feed is not None else {}
        for asker in ASKERS:
            is_listed = asker == "public" or (feed is not None and feed.institution in keyed)
            found += [_offer(connection, key, name, sent.get(name) if is_listed else None, asker) for name in names]
    return found


def sent_of(connection: sa.Connection, feed: StoredFeed, identifiers: Sequence[str]) -> dict[str, Sent]:
    """The records of a feed of these identifiers that stand and of which something was made."""
    key, format_ = feed.key, format_of(feed)
    held = {name: each for name, each in raw_records.held(connection, key, identifiers).items() if not each.deleted}
    first = raw_records.first_identifiers(connection, [each.rid for each in held.values()])
    ids = {name: record_id(key, first.get(each.rid, name)) for name, each in held.items()}
    rows = catalogue_records.get_many(connection, list(ids.values()))
    stated = raw_records.set_specs(connection, key, identifiers)
    return {
        name: Sent(
            feed=key,
            format=format_,
            identifier=name,
            row=row,
            record=row.record,
            payload_sha256=held[name].payload_sha256,
            set_specs=stated.get(name, ()),
        )
        for name, made in ids.items()
        if (row := rows.get(made)) is not None and row.record is not None
    }


def with_units(connection: sa.Connection, sent: Mapping[str, Sent]) -> dict[str, Sent]:
    """Records of one feed as everybody asks for them: with their units, where these may all be open."""
    asked = [each for each in sent.values() if each.format.limits == TREE and _is_shown(each)]
    found = open_units(connection, asked[0].feed, [each.identifier for each in asked]) if asked else {}
    return {name: replace(each, open_units=found.get(name, 0)) for name, each in sent.items()}


def _is_shown(sent: Sent) -> bool:
    return sent.row.audience == PUBLIC and is_open(sent.record.access)


def gone_for(key: str, identifier: str, asker: Asker) -> Offered:
    """That a record is not there, or not any more."""
    return Offered(feed=list_of(key, asker), identifier=identifier, prefixes=(), digest=_GONE)


def _offer(connection: sa.Connection, key: str, identifier: str, sent: Sent | None, asker: Asker) -> Offered:
    """What a harvester sees of a record: formats, sets and a digest, or that it is gone."""
    prefixes = prefixes_of(connection, sent, asker) if sent is not None else ()
    if sent is None or not prefixes:
        return gone_for(key, identifier, asker)
    # of what is restricted nothing goes out as it was sent, its sets no more than its format
    is_whole = asker == "own" or is_open(sent.record.access)
    sets = sets_of(sent.set_specs) if is_whole else ()
    said = f"{SERIALISERS} {prefixes} {sent.row.seq} {sent.payload_sha256} {[each.spec for each in sets]}"
    digest = hashlib.sha256(said.encode()).hexdigest()
    return Offered(feed=list_of(key, asker), identifier=identifier, prefixes=prefixes, digest=digest, sets=sets)


def prefixes_of(connection: sa.Connection, sent: Sent, asker: Asker) -> tuple[str, ...]:
    """The formats in which a record is given; none where the asker may not know of it."""
    if asker == "public" and sent.row.audience != PUBLIC:
        return ()
    if asker == "public" and not _is_free(connection, sent):
        return (oai_dc.PREFIX,)
    if own := OWN.get(sent.format.name):
        return tuple(dict.fromkeys((oai_dc.PREFIX, own.prefix)))
    # what is no metadata format goes out as it is read
    return tuple(formats_of(_unified(connection, sent, asker)))


def _unified(connection: sa.Connection, sent: Sent, asker: Asker) -> UnifiedRecord:
    """The record alone, as the asker sees it; of what is hidden its institution sees all."""
    if asker == "public":
        return each_alone(connection, [sent.row], PUBLIC)[sent.row.id]
    found = each_alone(connection, [sent.row], own_audience(sent.row.institution))[sent.row.id]
    shown = [replace(each, access=replace(each.access, line="full")) for each in found.members]
    return replace(found, members=tuple(shown))


def _is_free(connection: sa.Connection, sent: Sent) -> bool:
    """Whether everybody may have the record as it was sent: all of it is open, and nothing in it was left unread."""
    if not is_open(sent.record.access) or sent.format.limits != TREE:
        return is_open(sent.record.access)
    if not sent.open_units:
        return False
    stored = raw_records.get(connection, sent.feed, sent.identifier)
    is_mets = sent.format.name == "mets"
    if stored is None or (is_mets and has_private_parts(stored.raw)):
        return False
    parts = len(_COMPONENT.findall(stored.raw.payload)) if not is_mets else 0
    return sent.open_units > parts


def bodies(
    connection: sa.Connection, feed: StoredFeed, identifiers: Sequence[str], prefix: str, asker: Asker = "public"
) -> dict[str, str]:
    """The content of `<metadata>` of hosted records; those that have gone meanwhile are absent."""
    sent = sent_of(connection, feed, identifiers)
    if asker == "public" and prefix != oai_dc.PREFIX:
        sent = with_units(connection, sent)
    given = [each for each in sent.values() if prefix in prefixes_of(connection, each, asker)]
    made = {each.identifier: _body(connection, each, prefix, asker) for each in given}
    return {name: body for name, body in made.items() if body}


def _body(connection: sa.Connection, sent: Sent, prefix: str, asker: Asker) -> str:
    own = OWN.get(sent.format.name)
    if own is not None and own.prefix == prefix and (asker == "own" or is_open(sent.record.access)):
        stored = raw_records.get(connection, sent.feed, sent.identifier)
        found = as_sent(stored.raw, sent.format.name, whole=asker == "own") if stored is not None else ""
        if found or prefix != oai_dc.PREFIX:
            return found
    try:
        return write_in(prefix, _unified(connection, sent, asker), ())
    except (EntryHidden, FormatUnavailable):
        return ""
