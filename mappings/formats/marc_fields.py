"""A field of MARC with its 880 twin, the same field in another script; what became of a record's fields.

A 880 field names the tag and occurrence of the field that it stands beside (`$6 245-01/$1`). Occurrence 00, and links
that lead nowhere, stand alone: such a field is read as one of its tag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

#: (code, value) pairs in field order
Subfields = tuple[tuple[str, str], ...]


class MarcField:
    """A variable field; equal fields are equal whatever record they stand in."""

    __slots__ = ("indicators", "subfields", "tag", "twin")

    def __init__(self, tag: str, indicators: str, subfields: Subfields, twin: Subfields = ()) -> None:
        self.tag, self.indicators, self.subfields = tag, indicators, subfields
        #: subfields of the paired 880, empty where there is none
        self.twin = twin

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MarcField):
            return NotImplemented
        alike = self.tag == other.tag and self.indicators == other.indicators
        return alike and self.subfields == other.subfields and self.twin == other.twin

    def __hash__(self) -> int:
        return hash((self.tag, self.indicators, self.subfields, self.twin))

    def saying(self, subfields: Subfields, twin: Subfields) -> MarcField:
        """The field with other subfields and another twin."""
        return MarcField(self.tag, self.indicators, subfields, twin)

    def named(self, tag: str) -> MarcField:
        """The same as a field of another tag."""
        return MarcField(tag, self.indicators, self.subfields, self.twin)

    def values(self, codes: str) -> list[str]:
        """Values of the subfields `codes` (all but the control subfields where empty), in field order."""
        return _values(self.subfields, codes)

    def twin_values(self, codes: str) -> list[str]:
        """The same of the twin."""
        return _values(self.twin, codes)

    def turned(self) -> MarcField:
        """The field with its twin in front, where the twin is written in another script than Latin."""
        for _, value in self.twin:
            if not is_latin(value):
                return self.saying(self.twin, self.subfields)
        return self


def _values(subfields: Subfields, codes: str) -> list[str]:
    if not codes:
        return [value for code, value in subfields if not code.isdigit()]
    return [value for code, value in subfields if code in codes]


def is_latin(text: str) -> bool:
    """Whether no letter lies beyond the Latin blocks; brackets and quotation marks say nothing of a script."""
    return text.isascii() or all(character < "\u0250" or not character.isalpha() for character in text)


class MarcRecord:
    """One record as far as it was asked for."""

    __slots__ = ("control", "dangling", "fields", "leader")

    def __init__(
        self, leader: str, control: dict[str, list[str]], fields: list[MarcField], dangling: list[str]
    ) -> None:
        self.leader = leader
        #: tag -> values in order
        self.control = control
        self.fields = fields
        #: `$6` of 880 fields that pair with nothing
        self.dangling = dangling


def paired(
    plain: list[MarcField], linked: list[MarcField], wanted: Callable[[str], bool]
) -> tuple[list[MarcField], list[str]]:
    """The fields with their 880 twins, those without a partner behind them, and the links that lead nowhere."""
    twins: dict[tuple[str, str], MarcField] = {}
    alone: list[MarcField] = []
    for field in linked:
        tag, occurrence = _link(field)
        if not wanted(tag):
            continue
        first = twins.get((tag, occurrence))
        if occurrence == "00" or (first and _codes(first) & _codes(field)):
            alone.append(field.named(tag))
        else:
            twins[tag, occurrence] = first.saying(first.subfields + field.subfields, ()) if first else field
    fields = [_with_twin(field, twins) for field in plain]
    dangling = [field.subfields[0][1] for field in twins.values() if field.subfields]
    alone += [field.named(tag) for (tag, _), field in twins.items()]
    return fields + alone, dangling


def _with_twin(field: MarcField, twins: dict[tuple[str, str], MarcField]) -> MarcField:
    if not twins or all(code != "6" for code, _ in field.subfields):
        return field
    _, occurrence = _link(field)
    twin = twins.pop((field.tag, occurrence), None)
    return field.saying(field.subfields, twin.subfields) if twin else field


def _codes(field: MarcField) -> frozenset[str]:
    """The codes of what a field says; some catalogues give each subfield of a twin a field of its own."""
    return frozenset(code for code, _ in field.subfields) - {"6", "9"}


def _link(field: MarcField) -> tuple[str, str]:
    return link_of(field.subfields)


def link_of(subfields: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Tag and occurrence of `$6` (`880-01`, `245-01/$1/r`)."""
    for code, value in subfields:
        if code == "6":
            text = value.strip()
            return text[:3], text[4:6]
    return "", "00"
