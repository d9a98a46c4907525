"""What was added to an institution's record, as an `about` container says it: each value with its source and rule."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

import msgspec

from mappings.serialisations.markup import element, enclosed

NAMESPACE = "tag:archive-exchange.example,2026:enrichment:1.0"
FILE_NAME = "enrichment-1.0.xsd"


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """One value that others state."""

    #: field of the common record
    field: str
    words: str
    #: id of the member record that states it, and the institution that gave that
    record: str
    institution: str
    #: empty where it is a default
    rule: str
    #: `name@version`
    crosswalk: str


def write(added: Iterable[Added]) -> str:
    """The `<enrichment>` element; empty where nothing was added."""
    return enclosed("enrichment", "".join(map(_value, added)), {"xmlns": NAMESPACE})


def _value(added: Added) -> str:
    attributes = {
        "field": added.field,
        "record": added.record,
        "institution": added.institution,
        "rule": added.rule or None,
        "crosswalk": added.crosswalk or None,
    }
    return element("value", added.words, attributes)


def schema() -> bytes:
    """The XML schema of the element."""
    return files("mappings.serialisations").joinpath(FILE_NAME).read_bytes()
