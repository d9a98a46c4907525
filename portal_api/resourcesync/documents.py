"""The documents of ResourceSync, written as text: sitemaps and sitemap indexes with its elements (ANSI/NISO Z39.99)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from mappings.serialisations.markup import element, empty, enclosed

MEDIA_TYPE = "application/xml"

_NAMESPACES = {
    "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "xmlns:rs": "http://www.openarchives.org/rs/terms/",
}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

#: attributes of `rs:md`; None is not written
Metadata = Mapping[str, str | None]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A resource, or another document."""

    address: str
    #: datestamp of its last change; empty = not said
    changed: str = ""
    metadata: Metadata


def listing(metadata: Metadata, entries: Iterable[Entry], *, up: str = "", index: str = "") -> str:
    """A `<urlset>`: a description, a capability list, a resource list or a change list.

    metadata   of the document itself: its capability and its moments
    up         address of the document above it
    index      address of the index that it is a part of
    """
    return _document("urlset", "url", metadata, entries, {"up": up, "index": index})


def index_of(metadata: Metadata, parts: Iterable[Entry], *, up: str) -> str:
    """A `<sitemapindex>` over the parts of one list."""
    return _document("sitemapindex", "sitemap", metadata, parts, {"up": up})


def _document(root: str, name: str, metadata: Metadata, entries: Iterable[Entry], links: Mapping[str, str]) -> str:
    linked = "".join(empty("rs:ln", {"rel": rel, "href": href}) for rel, href in links.items() if href)
    written = "".join([_entry(name, each) for each in entries])
    return f"{_DECLARATION}{enclosed(root, linked + empty('rs:md', metadata) + written, _NAMESPACES)}\n"


def _entry(name: str, entry: Entry) -> str:
    said = element("loc", entry.address) + element("lastmod", entry.changed) + empty("rs:md", entry.metadata)
    return enclosed(name, said)
