"""Selectors: which parts of a source a rule reads. No XPath, no code from people.

XML: `p:a/p:b[@type='x'][2]/@q`, `*`, `(-p:c)`, one `//`, `up:p:a`, `.`. MARC: `marc:245[ind2!=9]$a$b`, `marc:LDR/06`,
`marc:008/35-37`, `marc:6XX$a`, `marc:880(link=245)$a`, and inside `each` `$a$b` and the indicator `$ind2`. One code
gives a value a subfield, several give one value a field, joined by a blank; `$[vxyz]` gives each of these subfields in
field order. Tables and JSON have their own modules. Everywhere `feed:name`, `header:name`. `|` parts alternatives.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from mappings.engine.column_selectors import ColumnSelector, column_selector, row_selector
from mappings.engine.json_selectors import JsonSelector, json_selector
from mappings.engine.kinds import shown
from mappings.engine.patterns import pattern
from mappings.engine.selector_invalid import SelectorInvalid
from mappings.said import said

#: what the feed and the OAI-PMH header say
CONSTANTS = {
    "feed": ("institution", "isil", "language", "metadata_licence"),
    "header": ("identifier", "datestamp", "set_spec"),
}

_NAME = r"[\pL_][\pL\pN_.\-]*"
_STEP = pattern(rf"(?:({_NAME}):)?({_NAME}|\*)((?:\[[^\]]*\])*)(?:\(-(?:({_NAME}):)?({_NAME})\))?")
_ATTRIBUTE = pattern(rf"@(?:({_NAME}):)?({_NAME})")
_PREDICATE = pattern(
    rf"(\d+)|@(?:({_NAME}):)?({_NAME})(?:\s*(!?=)\s*'([^']*)')?|(?:({_NAME}):)?({_NAME})\s*(!?=)\s*'([^']*)'"
)
_MARC = pattern(
    r"([0-9A-Z]{3}|LDR)(?:\(link=([0-9X]{3})\))?((?:\[[^\]]*\])*)((?:\$[a-zA-Z0-9])*|\$\[[a-zA-Z0-9]+\])(?:/(\d+)(?:-(\d+))?)?"
)
_MARC_PREDICATE = pattern(r"(\d+)|(ind[12])(!?=)(.)|(!?)\$([a-zA-Z0-9])(?:\s*(!?=)\s*'([^']*)')?")
_CODES = pattern(r"(?:\$[a-zA-Z0-9])+|\$\[[a-zA-Z0-9]+\]")
_INDICATORS = {"$ind1": 1, "$ind2": 2}


class Predicate(msgspec.Struct, frozen=True, kw_only=True):
    """A test of one element or field: its place among the matches, an attribute, a child, an indicator, a subfield."""

    kind: Literal["place", "attribute", "child", "indicator", "subfield"]
    name: str = ""
    #: None where mere presence is asked for
    value: str | None = None
    negated: bool = False
    place: int = 0


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One child step."""

    #: Clark name, or `*`
    tag: str
    predicates: tuple[Predicate, ...] = ()
    #: Clark name of the child whose text is left out
    without: str = ""


class XmlSelector(msgspec.Struct, frozen=True, kw_only=True, tag="xml"):
    """A path below the root of the payload, or below the node of `each`."""

    steps: tuple[Step, ...] = ()
    attribute: str = ""
    #: the first step is found at any depth
    anywhere: bool = False
    #: number of the step that is found at any depth below the one before it (`p:a//p:b`); 0 for none
    deep: int = 0
    #: the nearest ancestor's
    up: bool = False


class MarcSelector(msgspec.Struct, frozen=True, kw_only=True, tag="marc"):
    """A control field, a slice of it, or subfields of fields."""

    #: three characters, `X` for any digit; empty inside `each`
    tag: str = ""
    predicates: tuple[Predicate, ...] = ()
    #: empty = all subfields of the field
    codes: str = ""
    #: each subfield is a value of its own
    apart: bool = False
    #: 0-based and exclusive end of a slice; None = the whole
    start: int | None = None
    end: int | None = None
    #: 880 fields that stand for this tag, paired or not
    link: str = ""
    #: 1 or 2 inside `each`: that indicator of the field, and no subfield
    indicator: int = 0


class ConstantSelector(msgspec.Struct, frozen=True, kw_only=True, tag="constant"):
    """What the feed or the header says."""

    source: str
    name: str


Selector = XmlSelector | MarcSelector | ColumnSelector | JsonSelector | ConstantSelector


def alternatives(text: str) -> tuple[str, ...]:
    """The alternatives of `a | b`; a bar inside quotes or brackets parts nothing."""
    parts, depth, quoted, start = [], 0, False, 0
    for position, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif not quoted:
            depth += {"[": 1, "]": -1}.get(character, 0)
            if character == "|" and depth == 0:
                parts.append(text[start:position])
                start = position + 1
    parts.append(text[start:])
    return tuple(part.strip() for part in parts)


def parse_selector(text: str, prefixes: dict[str, str]) -> Selector:
    """One selector without alternatives.

    raises  SelectorInvalid
    """
    head, colon, rest = text.partition(":")
    if colon and head in CONSTANTS:
        return _constant(head, rest)
    if colon and head == "marc":
        return _marc(rest)
    if colon and head == "col":
        return column_selector(rest)
    if colon and head == "row":
        return row_selector(rest)
    if colon and head == "json":
        return json_selector(rest)
    if text.startswith("/") and not text.startswith("//"):
        return json_selector(text, relative=True)
    if text in _INDICATORS:
        return MarcSelector(indicator=_INDICATORS[text])
    if text.startswith("$"):
        if not _CODES.fullmatch(text):
            raise SelectorInvalid(said("%(text)s names no subfields", text=text))
        return MarcSelector(codes=_codes(text), apart=_apart(text))
    if colon and head == "up":
        return msgspec.structs.replace(_xml(rest, prefixes), up=True)
    return _xml(text, prefixes)


def _constant(source: str, name: str) -> ConstantSelector:
    if source == "header" and name not in CONSTANTS["header"]:
        raise SelectorInvalid(
            said("the header has no %(name)s; it has %(names)s", name=shown(name), names=", ".join(CONSTANTS["header"]))
        )
    if not name:
        raise SelectorInvalid(said("feed: names a constant"))
    return ConstantSelector(source=source, name=name)


# --- XML ----------------------------------------------------------------------------------------------------------


def _xml(text: str, prefixes: dict[str, str]) -> XmlSelector:
    anywhere = text.startswith("//")
    path = text.removeprefix("//")
    if path == ".":
        return XmlSelector()
    parts = [part for part in _split_path(path) if part != "."]
    if not parts:
        return XmlSelector()
    deep = parts.index("") if "" in parts else 0
    # a path that begins or ends with a stroke, and one of several `//`
    if "" in (parts[0], parts[-1]) or parts.count("") > (not anywhere) or (deep and parts[deep + 1][:1] == "@"):
        raise SelectorInvalid(said("%(text)s is no path; `//` stands once, before an element", text=shown(text)))
    attribute = ""
    if parts[-1].startswith("@"):
        found = _ATTRIBUTE.fullmatch(parts.pop())
        if not found:
            raise SelectorInvalid(said("%(text)s ends in no attribute", text=text))
        attribute = _clark(found[1], found[2], prefixes, attribute=True)
    steps = tuple(_step(part, prefixes) for part in parts if part)
    return XmlSelector(steps=steps, attribute=attribute, anywhere=anywhere, deep=deep)


def _split_path(path: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for position, character in enumerate(path):
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "/" and depth == 0:
            parts.append(path[start:position])
            start = position + 1
    return [*parts, path[start:]]


def _step(text: str, prefixes: dict[str, str]) -> Step:
    found = _STEP.fullmatch(text)
    if not found:
        raise SelectorInvalid(said("%(text)s is no step", text=shown(text)))
    name, without = found[2], found[5]
    return Step(
        tag="*" if name == "*" else _clark(found[1], name, prefixes),
        predicates=tuple(_predicate(part, prefixes) for part in _bracketed(found[3])),
        without=_clark(found[4], without, prefixes) if without else "",
    )


def _bracketed(text: str) -> list[str]:
    return text[1:-1].split("][") if text else []


def _predicate(text: str, prefixes: dict[str, str]) -> Predicate:
    found = _PREDICATE.fullmatch(text.strip())
    if not found:
        raise SelectorInvalid(said("[%(text)s] is no predicate", text=text))
    if found[1]:
        return Predicate(kind="place", place=_counted(found[1]))
    if found[3]:
        name = _clark(found[2], found[3], prefixes, attribute=True)
        return Predicate(kind="attribute", name=name, value=found[5], negated=found[4] == "!=")
    return Predicate(kind="child", name=_clark(found[6], found[7], prefixes), value=found[9], negated=found[8] == "!=")


def _counted(digits: str) -> int:
    if int(digits) < 1:
        raise SelectorInvalid(said("places count from 1"))
    return int(digits)


def _clark(prefix: str | None, name: str, prefixes: dict[str, str], *, attribute: bool = False) -> str:
    if not prefix:
        default = "" if attribute else prefixes.get("", "")
        return f"{{{default}}}{name}" if default else name
    if prefix == "xml":
        return f"{{http://www.w3.org/XML/1998/namespace}}{name}"
    if prefix not in prefixes:
        raise SelectorInvalid(said("the prefix %(prefix)s stands for nothing", prefix=prefix), "prefix_unknown")
    return f"{{{prefixes[prefix]}}}{name}"


# --- MARC ---------------------------------------------------------------------------------------------------------


def _marc(text: str) -> MarcSelector:
    found = _MARC.fullmatch(text)
    if not found:
        raise SelectorInvalid(
            said("marc:%(text)s is no field; write marc:245$a$b, marc:008/35-37 or marc:6XX$a", text=text)
        )
    start = int(found[5]) if found[5] else None
    end = int(found[6]) + 1 if found[6] else (start + 1 if start is not None else None)
    if start is not None and (found[4] or end is None or end <= start):
        raise SelectorInvalid(said("marc:%(text)s cuts no characters of a control field", text=text))
    return MarcSelector(
        tag=found[1],
        link=found[2] or "",
        predicates=tuple(_marc_predicate(part) for part in _bracketed(found[3])),
        codes=_codes(found[4]),
        apart=_apart(found[4]),
        start=start,
        end=end,
    )


def _codes(text: str) -> str:
    return text.replace("$", "").strip("[]")


def _apart(text: str) -> bool:
    """One code, or codes in brackets, give a value a subfield."""
    return text.startswith("$[") or len(_codes(text)) == 1


def _marc_predicate(text: str) -> Predicate:
    found = _MARC_PREDICATE.fullmatch(text)
    if not found:
        raise SelectorInvalid(said("[%(text)s] is no predicate of a MARC field", text=text))
    if found[1]:
        return Predicate(kind="place", place=_counted(found[1]))
    if found[2]:
        return Predicate(kind="indicator", name=found[2][-1], value=found[4], negated=found[3] == "!=")
    negated = bool(found[5]) or found[7] == "!="
    return Predicate(kind="subfield", name=found[6], value=found[8], negated=negated)
