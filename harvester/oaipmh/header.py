"""The header of a record: identifier, datestamp, sets and status (OAI-PMH 2.0, 2.5).

Nearly every repository writes it in one plain way, which is read from the text of the page without touching the tree;
any other way is read from the element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Protocol

import msgspec

_TEXT = r"([^<&\r]*)"
_TEXT_OR_REFERENCES = r"([^<]*)"
_PLAIN = re.compile(
    r'<record>\s*<header(?: status="(\w*)")?>'
    rf"\s*<identifier>{_TEXT}</identifier>\s*<datestamp>{_TEXT}</datestamp>"
    r"((?:\s*<setSpec>[^<&\r]*</setSpec>)*)\s*</header>"
)
_SET_SPEC = re.compile(rf"<setSpec>{_TEXT}</setSpec>")
_IDENTIFIER = re.compile(rf"<(?:[A-Za-z_][\w.-]*:)?identifier(?:\s[^>]*)?>{_TEXT_OR_REFERENCES}</")
_END = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?header\s*>|<(?:[A-Za-z_][\w.-]*:)?header(?=[\s/])[^>]*/>")


class Element(Protocol):
    """The part of an element that is read here."""

    tag: str
    text: str | None
    nsmap: dict[str | None, str]

    def get(self, key: str) -> str | None:
        """An attribute."""

    def __iter__(self) -> Iterator[Element]:
        """The children."""

    def itertext(self) -> Iterator[str]:
        """The texts inside it, in their order."""


class Header(msgspec.Struct, frozen=True, gc=False):
    """What a header says, without white space around it."""

    identifier: str
    datestamp: str
    set_specs: tuple[str, ...]
    deleted: bool
    #: where it ends in the record's text, characters; 0 = not known
    end: int = 0


def plain_header(record: str) -> Header | None:
    """The header in a record's text; None where it is written in another than the plain way."""
    found = _PLAIN.match(record)
    if found is None:
        return None
    status, identifier, datestamp, sets = found.groups()
    specs = tuple(map(str.strip, _SET_SPEC.findall(sets))) if sets else ()
    deleted = status is not None and says_deleted(status)
    return Header(identifier.strip(), datestamp.strip(), specs, deleted, found.end())


def header_of(record: Element) -> Header | None:
    """The header of a `<record>` element; None where it has none."""
    header = next((child for child in record if local_name(child) == "header"), None)
    return None if header is None else read_header(header)


def read_header(header: Element) -> Header:
    """What a `<header>` element says."""
    said: dict[str, list[str]] = {"identifier": [], "datestamp": [], "setSpec": []}
    for child in header:
        said.get(local_name(child), []).append((child.text or "").strip())
    identifier, datestamp = (said[name][-1] if said[name] else "" for name in ("identifier", "datestamp"))
    return Header(identifier, datestamp, tuple(said["setSpec"]), says_deleted(header.get("status") or ""))


def says_deleted(status: str) -> bool:
    """Whether it is the one status of the protocol, in whatever letters: a tombstone is no record without metadata."""
    return status.strip().lower() == "deleted"


def stated_identifier(record: str) -> str | None:
    """The identifier in the header of a record that cannot be read otherwise; None where there is none."""
    stated = _IDENTIFIER.findall(record[: header_end(record)])
    return (unescape(stated[-1]).strip() or None) if stated else None


def header_end(record: str) -> int:
    """Where metadata and about begin in a record's text; 0 where it has no header."""
    found = _END.search(record)
    return found.end() if found else 0


def local_name(element: Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
