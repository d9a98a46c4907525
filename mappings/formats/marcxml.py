"""MARCXML as fields in order, with each field's 880 twin: the same field in another script.

A 880 field names the tag and occurrence of the field that it stands beside (`$6 245-01/$1`). Occurrence 00, and links
that lead nowhere, stand alone: such a field is read as one of its tag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

#: (code, value) pairs in field order
Subfields = tuple[tuple[str, str], ...]


class MarcField(NamedTuple):
    """A variable field; equal fields are equal whatever record they stand in."""

    tag: str
    indicators: str
    subfields: Subfields
    #: subfields of the paired 880, empty where there is none
    twin: Subfields = ()

    def values(self, codes: str) -> list[str]:
        """Values of the subfields `codes` (all but the control subfields where empty), in field order."""
        if not codes:
            return [value for code, value in self.subfields if not code.isdigit()]
        return [value for code, value in self.subfields if code in codes]

    def twin_values(self, codes: str) -> list[str]:
        """The same of the twin."""
        return self._replace(subfields=self.twin).values(codes)

    def turned(self) -> MarcField:
        """The field with its twin in front, where the twin is written in another script than Latin."""
        if all(is_latin(value) for _, value in self.twin):
            return self
        return self._replace(subfields=self.twin, twin=self.subfields)


def is_latin(text: str) -> bool:
    """Whether no letter lies beyond the Latin blocks; brackets and quotation marks say nothing of a script."""
    return text.isascii() or all(character < "\u0250" or not character.isalpha() for character in text)


class MarcRecord(NamedTuple):
    """One record as far as it was asked for."""

    leader: str
    #: tag -> values in order
    control: dict[str, list[str]]
    fields: list[MarcField]
    #: `$6` of 880 fields that pair with nothing
    dangling: list[str]


def read_marcxml(record: Any, wanted: Callable[[str], bool]) -> MarcRecord:
    """The fields of a `record` element that `wanted` asks for by their tag; namespaces do not matter.

    record  an lxml element; 880 fields come with the tags that they stand for
    """
    leader, plain, linked = "", [], []
    control: dict[str, list[str]] = {}
    for element in record:
        tag = element.get("tag")
        if tag is None:
            if element.tag.endswith("leader"):
                leader = element.text or ""
        elif len(element) == 0 and not element.tag.endswith("datafield"):
            if wanted(tag):
                control.setdefault(tag, []).append(element.text or "")
        elif tag == "880":
            linked.append(_field(element, tag))
        elif wanted(tag):
            plain.append(_field(element, tag))
    if not linked:
        return MarcRecord(leader, control, plain, [])
    fields, dangling = paired(plain, linked, wanted)
    return MarcRecord(leader, control, fields, dangling)


def _field(element: Any, tag: str) -> MarcField:
    indicators = (element.get("ind1") or " ")[:1] + (element.get("ind2") or " ")[:1]
    return MarcField(
        tag, indicators, tuple([(part.get("code") or "", part.text or "") for part in element if len(part) == 0])
    )


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
            alone.append(field._replace(tag=tag))
        else:
            twins[tag, occurrence] = first._replace(subfields=first.subfields + field.subfields) if first else field
    fields = [_with_twin(field, twins) for field in plain]
    dangling = [field.subfields[0][1] for field in twins.values() if field.subfields]
    alone += [field._replace(tag=tag) for (tag, _), field in twins.items()]
    return fields + alone, dangling


def _with_twin(field: MarcField, twins: dict[tuple[str, str], MarcField]) -> MarcField:
    if not twins or all(code != "6" for code, _ in field.subfields):
        return field
    _, occurrence = _link(field)
    twin = twins.pop((field.tag, occurrence), None)
    return field._replace(twin=twin.subfields) if twin else field


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


def mnemonic_lines(text: str) -> Iterator[tuple[str, str, Subfields | str]]:
    """Tag, indicators and content of MARC mnemonic lines (`=245  10$aTitle`); blanks may be written as `\\`."""
    for line in text.splitlines():
        if not line.strip().startswith("="):
            continue
        tag, content = line.strip()[1:4], line.strip()[4:].lstrip()
        if tag == "LDR" or tag.startswith("00"):
            yield tag, "", content.replace("\\", " ")
            continue
        head, *parts = content.split("$")
        yield tag, head.replace("\\", " ").ljust(2)[:2], tuple((part[:1], part[1:]) for part in parts)


def mnemonics_of(element: Any) -> str:
    """The mnemonic lines of a MARCXML record; a `$` within a value cannot be written and stays what it is."""
    lines = []
    for child in element.iter("{*}leader", "{*}controlfield", "{*}datafield"):
        tag, text = child.get("tag") or "LDR", (child.text or "").replace(" ", "\\")
        if child.tag.endswith("}datafield") or child.tag == "datafield":
            marks = "".join((child.get(name) or " ").replace(" ", "\\") for name in ("ind1", "ind2"))
            parts = "".join(f"${part.get('code')}{' '.join((part.text or '').split())}" for part in child)
            text = f"{marks}{parts}"
        lines.append(f"={tag}  {text}")
    return "\n".join(lines)


def is_number(tag: str) -> bool:
    """Whether a MARC field may number its record."""
    return tag in ("001", "003", "035")


def number_of(record: Any) -> str:
    """`control_number` of a `record` element, without a look at its other fields where it has a 001."""
    control: dict[str, list[str]] = {}
    for element in record.iterchildren("{*}controlfield"):
        control.setdefault(element.get("tag") or "", []).append(element.text or "")
        if "001" in control and "003" in control:
            break
    found = control_number(MarcRecord("", control, [], [])) if "001" in control else ""
    return found or control_number(read_marcxml(record, is_number))


def control_number(record: MarcRecord) -> str:
    """The number of a record: 003 and 001, else the first 035; empty where there is neither."""
    number = next(iter(record.control.get("001", ())), "").strip()
    agency = next(iter(record.control.get("003", ())), "").strip()
    if number:
        return f"({agency}){number}" if agency else number
    return next((value.strip() for field in record.fields for value in field.values("a")), "")
