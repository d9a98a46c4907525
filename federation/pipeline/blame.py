"""Which version of a feed's crosswalk made each of its rules what it is."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from federation.pipeline.crosswalks import text_of
from federation.storage import crosswalks
from federation.storage.crosswalks import Version
from mappings.engine.crosswalk import read
from mappings.errors import CrosswalkInvalid


class Blamed(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, and the version since which it reads so."""

    rule: str
    #: what the rule says of itself
    note: str
    number: int
    #: accounts of those who wrote that version
    authors: tuple[str, ...]
    message: str
    at: datetime


def blame(connection: sa.Connection, version: Version) -> tuple[Blamed, ...]:
    """Each rule of a version's own text; the earliest version from which on it never changed made it."""
    earlier = [each for each in crosswalks.of_feed(connection, version.feed) if each.number < version.number]
    found = []
    for name, rule in _rules(text_of(version)).items():
        maker = version
        for each in earlier:
            if _rules(text_of(each)).get(name) != rule:
                break
            maker = each
        found.append(_blamed(name, rule, maker))
    return tuple(found)


def _blamed(name: str, rule: dict[str, Any], maker: Version) -> Blamed:
    return Blamed(
        rule=name,
        note=str(rule.get("note", "")),
        number=maker.number,
        authors=maker.authors,
        message=maker.message,
        at=maker.created_at,
    )


@lru_cache(maxsize=256)
def _rules(text: str) -> dict[str, dict[str, Any]]:
    """The rules of a text by id, as they are written; none of a text that cannot be read."""
    try:
        crosswalk, _ = read(text, file="")
    except CrosswalkInvalid:
        return {}
    return {rule.id: _without_places(msgspec.to_builtins(rule)) for rule in crosswalk.rules}


def _without_places(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_places(inner) for key, inner in value.items() if key != "place"}
    return [_without_places(inner) for inner in value] if isinstance(value, list | tuple) else value
