"""What of a feed is given on, as a person says it: the licence of its descriptions, and how far they go."""

from __future__ import annotations

from typing import Literal, TypeVar, get_args

import msgspec

from federation.errors import RequestRefused
from federation.storage import feeds
from federation.storage.feeds import Reexpose, StoredFeed
from federation.storage.transactions import Transaction
from harvester.addresses import is_web_address
from mappings.schema.rights import rights_uri

#: who is shown its records as they came
RawVisible = Literal["institution", "public"]
Choice = TypeVar("Choice", bound=str)
_REEXPOSE: tuple[Reexpose, ...] = get_args(Reexpose)
_RAW: tuple[RawVisible, ...] = get_args(RawVisible)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is given on as a person says it; None leaves it as it is."""

    #: its name or address; empty = none
    licence: str | None = None
    #: `none`, `merged` or `all`
    reexpose: str | None = None
    #: `institution` or `public`
    raw_visible: str | None = None


def giving_of(feed: StoredFeed, wanted: Wanted) -> StoredFeed:
    """The feed as it is given on then; raises RequestRefused `licence_invalid`, `reexpose_invalid`, `raw_invalid`."""
    return msgspec.structs.replace(
        feed,
        metadata_licence=feed.metadata_licence if wanted.licence is None else licence_of(wanted.licence),
        reexpose=feed.reexpose if wanted.reexpose is None else reexpose_of(wanted.reexpose),
        raw_visible=feed.raw_visible if wanted.raw_visible is None else raw_of(wanted.raw_visible),
    )


def set_giving(tx: Transaction, feed: StoredFeed, wanted: Wanted) -> StoredFeed:
    """Has the feed given on so from now on: what may no longer go becomes a tombstone within seconds."""
    changed = giving_of(feed, wanted)
    feeds.change(tx, changed)
    return changed


def is_licence(stated: str) -> bool:
    """Whether it is a licence that is known, or the address of another."""
    return bool(rights_uri(stated)) or is_web_address(stated)


def licence_of(stated: str) -> str | None:
    """The licence as its URI, None where none is stated; raises RequestRefused where it is no licence."""
    if stated and not is_licence(stated):
        expected = "the address of a licence, such as https://creativecommons.org/publicdomain/zero/1.0/"
        raise RequestRefused("licence_invalid", f"expected {expected}, found {stated[:80]!r}")
    return (rights_uri(stated) or stated) or None


def reexpose_of(stated: str) -> Reexpose:
    """How far a feed goes; raises RequestRefused."""
    return _one_of(stated, _REEXPOSE, "reexpose_invalid")


def raw_of(stated: str) -> RawVisible:
    """Who is shown its records as they came; raises RequestRefused."""
    return _one_of(stated, _RAW, "raw_invalid")


def _one_of(stated: str, known: tuple[Choice, ...], reason: str) -> Choice:
    for each in known:
        if each == stated:
            return each
    raise RequestRefused(reason, f"expected {', '.join(known)}; found {stated[:40]!r}")
