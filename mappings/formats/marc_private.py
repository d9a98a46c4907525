"""The parts of a MARC 21 record that its holder keeps to itself: they are never read, whatever rule asks for them.

Acquisition, copyright, custody and actions (541, 542, 561, 583) whose first indicator is 0, and the nonpublic notes
`$x` of actions, locations and links (583, 852, 856).
"""

from __future__ import annotations

from mappings.formats.marcxml import MarcField, Subfields

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
    return field._replace(subfields=_without_notes(field.subfields), twin=_without_notes(field.twin))


def _without_notes(subfields: Subfields) -> Subfields:
    return tuple([(code, value) for code, value in subfields if code != _NOTE])
