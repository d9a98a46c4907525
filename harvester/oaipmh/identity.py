"""What a repository says of itself: Identify, ListMetadataFormats and ListSets (OAI-PMH 2.0, 4.2, 4.4 and 4.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from mappings.errors import DocumentRefused
from mappings.formats.repair import clean
from mappings.formats.xml import PAGE, parse_recovering

#: a text is cut here; nobody's name is longer
_LONGEST = 500


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to Identify; empty where the repository says nothing."""

    name: str = ""
    base_url: str = ""
    protocol: str = ""
    earliest: str = ""
    granularity: str = ""
    #: no, persistent or transient
    deletions: str = ""
    emails: tuple[str, ...] = ()


def read_identity(body: bytes) -> Identity | None:
    """The identity in `body`; None where it holds no answer to Identify."""
    answer = _answer(body, "Identify")
    if answer is None:
        return None
    said: dict[str, list[str]] = {}
    for name, text in _leaves(answer):
        said.setdefault(name, []).append(text)
    first = {name: texts[0] for name, texts in said.items()}
    return Identity(
        name=first.get("repositoryName", ""),
        base_url=first.get("baseURL", ""),
        protocol=first.get("protocolVersion", ""),
        earliest=first.get("earliestDatestamp", ""),
        granularity=first.get("granularity", ""),
        deletions=first.get("deletedRecord", ""),
        emails=tuple(said.get("adminEmail", ())),
    )


def read_prefixes(body: bytes) -> tuple[str, ...]:
    """The metadata prefixes in an answer to ListMetadataFormats; none where `body` holds no such answer."""
    answer = _answer(body, "ListMetadataFormats")
    formats = [] if answer is None else list(answer)
    return tuple(text for each in formats for name, text in _leaves(each) if name == "metadataPrefix")


def read_sets(body: bytes) -> tuple[str, ...]:
    """The setSpecs in an answer to ListSets; none where `body` holds no such answer."""
    answer = _answer(body, "ListSets")
    sets = [] if answer is None else list(answer)
    return tuple(text for each in sets for name, text in _leaves(each) if name == "setSpec")


def _answer(body: bytes, verb: str) -> Any | None:
    try:
        root = parse_recovering(clean(body.decode("utf-8", "replace")).text, limits=PAGE).root
    except DocumentRefused:
        return None
    return next((child for child in root if _name(child) == verb), None)


def _leaves(element: Any) -> Iterator[tuple[str, str]]:
    for child in element:
        yield _name(child), (child.text or "").strip()[:_LONGEST]


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
