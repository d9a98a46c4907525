"""Answers of an OAI-PMH repository as pages show them: read from the very XML that a harvester gets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from mappings.formats.xml import indented, read_xml

_OAI = "{http://www.openarchives.org/OAI/2.0/}"


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Of one item: what it is called, and when it changed."""

    identifier: str
    datestamp: str
    deleted: bool
    sets: tuple[str, ...]


class Named(msgspec.Struct, frozen=True):
    """A set or a format: its code and what it is."""

    code: str
    name: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Whatever an answer says; what it does not speak of is empty."""

    #: code of the error (OAI-PMH 2.0, 3.6)
    error: str = ""
    #: elements of Identify, without its descriptions
    identity: dict[str, str] = {}
    #: metadata prefix and namespace
    formats: tuple[Named, ...] = ()
    #: setSpec and setName
    sets: tuple[Named, ...] = ()
    headers: tuple[Header, ...] = ()
    #: of a record, as XML that is laid out for reading
    metadata: str = ""
    abouts: tuple[str, ...] = ()
    #: leads to the next page; empty on the last
    token: str = ""
    #: rows of the whole list, and those before this page; None on a list of one page
    size: int | None = None
    cursor: int | None = None


def read(document: str) -> Answer:
    """The answer in an XML document of the provider's."""
    root = read_xml(document.encode())
    error = root.find(f"{_OAI}error")
    token = root.find(f".//{_OAI}resumptionToken")
    metadata = root.find(f".//{_OAI}metadata")
    return Answer(
        error=error.get("code", "") if error is not None else "",
        identity=dict(_identity(root)),
        formats=tuple(_named(root, "metadataFormat", "metadataPrefix", "metadataNamespace")),
        sets=tuple(_named(root, "set", "setSpec", "setName")),
        headers=tuple(map(_header, root.iter(f"{_OAI}header"))),
        metadata=indented(metadata[0]) if metadata is not None else "",
        abouts=tuple(indented(each[0]) for each in root.iter(f"{_OAI}about")),
        token=(token.text or "") if token is not None else "",
        size=int(token.get("completeListSize")) if token is not None else None,
        cursor=int(token.get("cursor")) if token is not None else None,
    )


def _identity(root: Any) -> Iterator[tuple[str, str]]:
    for each in root.iterfind(f"{_OAI}Identify/*"):
        if each.text and not len(each):
            yield each.tag.removeprefix(_OAI), each.text


def _named(root: Any, element: str, code: str, name: str) -> Iterator[Named]:
    for each in root.iter(f"{_OAI}{element}"):
        yield Named(each.findtext(f"{_OAI}{code}") or "", each.findtext(f"{_OAI}{name}") or "")


def _header(element: Any) -> Header:
    return Header(
        identifier=element.findtext(f"{_OAI}identifier") or "",
        datestamp=element.findtext(f"{_OAI}datestamp") or "",
        deleted=element.get("status") == "deleted",
        sets=tuple(each.text or "" for each in element.iter(f"{_OAI}setSpec")),
    )
