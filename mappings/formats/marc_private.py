"""The parts of a MARC 21 record that its holder keeps to itself: they are never read, whatever rule asks for them.

Acquisition, copyright, custody and actions (541, 542, 561, 583) whose first indicator is 0, and the nonpublic notes
`$x` of actions, locations and links (583, 852, 856).
"""

from __future__ import annotations

from typing import Any

from mappings.formats.marc_fields import MarcField, Subfields, link_of

#: fields that the first indicator 0 makes private
_BY_INDICATOR = frozenset({"541", "542", "561", "583"})
_WITH_NOTES = frozenset({"583", "852", "856"})
_NOTE = "x"
#: tags that may hold anything private
TAGS = _BY_INDICATOR | _WITH_NOTES


def public_part(field: MarcField) -> MarcField | None:
    """The field as the public may have it; None where all of it is private."""
    if field.tag not in TAGS:
        return field
    if field.tag in _BY_INDICATOR and field.indicators[:1] == "0":
        return None
    if field.tag not in _WITH_NOTES:
        return field
    return field.saying(_without_notes(field.subfields), _without_notes(field.twin))


def _without_notes(subfields: Subfields) -> Subfields:
    return tuple([(code, value) for code, value in subfields if code != _NOTE])


def remove_private(record: Any) -> None:
    """Takes the private parts out of a `record` element, and out of the 880 fields that stand for them."""
    fields = [(element, *_named(element)) for element in record if element.get("tag")]
    links = {(tag, at) for element, tag, at in fields if tag in _BY_INDICATOR and element.get("ind1") == "0"}
    for element, tag, at in fields:
        is_paired = at not in ("", "00") and (tag, at) in links
        if tag in _BY_INDICATOR and (element.get("ind1") == "0" or is_paired):
            record.remove(element)
        elif tag in _WITH_NOTES:
            for part in [part for part in element if part.get("code") == _NOTE]:
                element.remove(part)


def _named(element: Any) -> tuple[str, str]:
    """The tag that a field is read as, and the occurrence that pairs it with another."""
    tag = element.get("tag")
    linked, occurrence = link_of([(part.get("code") or "", part.text or "") for part in element])
    return (linked, occurrence) if tag == "880" else (tag, occurrence if linked else "")
