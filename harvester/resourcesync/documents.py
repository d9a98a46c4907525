"""The documents of ResourceSync, read: sitemaps and sitemap indexes with its elements (ANSI/NISO Z39.99-2017); pure.

What is listed is compared with what came by `Measured`, which takes a body whole or as it comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from mappings.formats.xml import PAGE, read_xml

_METADATA = "{http://www.openarchives.org/rs/terms/}md"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_ROOTS = {f"{_SITEMAP}urlset": "url", f"{_SITEMAP}sitemapindex": "sitemap"}
#: names of the hashes that are checked, the strongest first (section 5.3 with RFC 6920 and RFC 1321)
_HASHES = {"sha-256": hashlib.sha256, "md5": hashlib.md5}
#: before every moment that a source tells
EARLIEST = datetime.min.replace(tzinfo=UTC)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A resource, or another document."""

    address: str
    capability: str = ""
    #: `created`, `updated`, `deleted`; empty outside of a change list
    change: str = ""
    #: when it changed: `datetime`, else `<lastmod>`
    changed: datetime | None = None
    #: `sha-256:…`, `md5:…`, parted by spaces
    hashes: str = ""
    length: int | None = None
    media_type: str = ""
    #: where it lies in the package whose manifest names it (sections 11.2 and 14.2)
    path: str = ""
    #: the changes that a part of a change list tells of
    since: datetime | None = None
    until: datetime | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One document."""

    #: `description`, `capabilitylist`, `resourcelist`, `changelist` …
    capability: str
    #: its entries are parts of one list
    is_index: bool
    #: when a resource list or dump held
    at: datetime | None = None
    #: since when, and up to when a change list or dump tells of every change
    since: datetime | None = None
    until: datetime | None = None
    entries: tuple[Entry, ...] = ()


def read_document(body: bytes) -> Document | None:
    """A document; None where it is none of ResourceSync.

    raises  DocumentRefused
    """
    root = read_xml(body, limits=PAGE)
    name, said = _ROOTS.get(str(root.tag)), root.find(_METADATA)
    if name is None or said is None:
        return None
    return Document(
        capability=said.get("capability", ""),
        is_index=name == "sitemap",
        at=read_moment(said.get("at")),
        since=read_moment(said.get("from")),
        until=read_moment(said.get("until")),
        entries=tuple(entry for each in root.iterfind(f"{_SITEMAP}{name}") if (entry := _entry(each)).address),
    )


def _entry(element: Any) -> Entry:
    found = element.find(_METADATA)
    said: dict[str, str] = dict(found.attrib) if found is not None else {}
    length = said.get("length", "")
    return Entry(
        address=(element.findtext(f"{_SITEMAP}loc") or "").strip(),
        capability=said.get("capability", ""),
        change=said.get("change", ""),
        changed=read_moment(said.get("datetime")) or read_moment(element.findtext(f"{_SITEMAP}lastmod")),
        hashes=said.get("hash", ""),
        length=int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None,
        media_type=said.get("type", ""),
        path=said.get("path", ""),
        since=read_moment(said.get("from")),
        until=read_moment(said.get("until")),
    )


def read_moment(text: str | None) -> datetime | None:
    """A W3C datetime as a moment, a day as its beginning; None where it is neither."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


class Measured:
    """Length and hashes of a body that comes part by part."""

    def __init__(self, body: bytes = b"") -> None:
        self._length, self._hashes = 0, {name: made(usedforsecurity=False) for name, made in _HASHES.items()}
        self.take(body)

    def take(self, part: bytes) -> None:
        """The next bytes."""
        self._length += len(part)
        for hashed in self._hashes.values():
            hashed.update(part)

    def difference(self, entry: Entry) -> str:
        """How the body differs from what is said of it: `length_differs`, `hash_differs`; empty where it does not."""
        if entry.length is not None and entry.length != self._length:
            return "length_differs"
        stated = dict(each.lower().partition(":")[::2] for each in entry.hashes.split())
        for name, hashed in self._hashes.items():
            if name in stated:
                return "" if hashed.hexdigest() == stated[name] else "hash_differs"
        return ""


def is_record(entry: Entry) -> bool:
    """Whether a resource may be an XML record; pictures and texts stand in the same lists."""
    kind = entry.media_type.partition(";")[0].strip().lower()
    return not kind or kind in ("application/xml", "text/xml") or kind.endswith("+xml")


def last_words(entries: Sequence[Entry], since: datetime | None) -> tuple[Entry, ...]:
    """The last change of each resource from `since` on, in the order of the changes."""
    ordered = sorted(entries, key=lambda entry: entry.changed or EARLIEST)
    told = [entry for entry in ordered if since is None or entry.changed is None or entry.changed >= since]
    return tuple({entry.address: entry for entry in told}.values())


def parts_since(entries: Sequence[Entry], since: datetime | None) -> tuple[Entry, ...]:
    """The parts of a change list that may tell of changes from `since` on, the oldest first."""
    wanted = [part for part in entries if since is None or part.until is None or part.until >= since]
    return tuple(sorted(wanted, key=lambda part: part.since or EARLIEST))
