"""MARCXML and mnemonic lines as fields in order, each with its 880 twin; the number of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mappings.formats.marc_fields import MarcField, MarcRecord, Subfields, paired


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
