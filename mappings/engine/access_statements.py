"""Statements of access in the words of their sources, read by a versioned table of phrases.

A statement is read sentence by sentence; the strictest one wins. What is not understood never opens anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from mappings.engine.patterns import pattern
from mappings.engine.tables import Tables
from mappings.engine.transforms import Arguments, Function, Made, Parameter, transform
from mappings.engine.values import Item
from mappings.engine.yaml_nodes import Node, read_yaml
from mappings.schema.access import AccessStatement, secrecy_of, strictest

_SENTENCES = pattern(r"[.;。；]\s+|[。；\n]")
_DAY = r"(?:[a-z]+\s+\d{1,2},?\s+|\d{1,2}\s+[a-z]+\s+|[a-z]+\s+)?\d{4}(?:-\d\d(?:-\d\d)?)?"
_UNTIL = pattern(
    rf"\b(?:until|till|through|before|(?:open(?:s|ed)?|available|accessible)\b[^.]{{0,40}}?\b(?:in|on|from|after|as of|"
    rf"beginning|starting|effective)(?: in| on)?)\s+({_DAY})|至\s*(\d{{4}})\s*年?"
    r"|(\d{4})年[^。；]{0,8}(?:起|后|後|始)",
    length=600,
)
_YEARS = pattern(
    r"\b(?:for|closed|period of|after)\s+(?:a period of\s+)?\(?(\d{1,3})\)?\s+years?\b"
    r"|\b(\d{1,3}) years (?:after|from|following)\b|封闭期?(\d{1,3})年|(\d{1,3})年内不|满(\d{1,3})年"
)
_YEAR = pattern(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


class Phrase(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern and what it says."""

    match: Any
    says: AccessStatement


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the phrase table."""

    version: int
    phrases: tuple[Phrase, ...]
    #: words of a sentence that speaks of access though no phrase reads it
    alarm: Any
    #: words that leave a sentence which opens in doubt
    doubt: Any
    #: words of a sentence that speaks of copying, not of seeing
    rights: Any


@cache
def phrase_table(name: str = "access_phrases") -> Phrases:
    """The phrase table that ships with the exchange."""
    text = files("mappings.vocabularies").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    root = read_yaml(text, file=f"{name}.yaml")
    rows = root.fields["phrases"].items or () if root.fields else ()
    version = root.get("version")
    return Phrases(
        version=int(version.text) if version else 0,
        phrases=tuple(_phrase(row) for row in rows),
        alarm=_long_pattern(root.get("alarm")),
        doubt=_long_pattern(root.get("doubt")),
        rights=_long_pattern(root.get("rights")),
    )


def _long_pattern(node: Node | None) -> Any:
    """The exchange's own patterns may be longer than people's."""
    return pattern(node.text if node else "^$", length=2_000)


def _phrase(row: Node) -> Phrase:
    stated = {key: node.value for key, node in (row.fields or {}).items() if node.is_scalar and key != "match"}
    conditions = row.get("conditions")
    stated["conditions"] = tuple(node.text for node in conditions.items or ()) if conditions else ()  # type: ignore[assignment]
    if "secrecy" in stated:
        stated["secrecy"] = secrecy_of(int(str(stated["secrecy"])))  # type: ignore[assignment]
    return Phrase(match=_long_pattern(row.get("match")), says=msgspec.convert(stated, AccessStatement))


@transform(
    "access_statement",
    Parameter(name="table", type="table", needed=True),
    Parameter(name="unread", default="unknown", words=("unknown", "drop")),
    Parameter(name="of", default="whole", words=("whole", "part")),
    Parameter(name="end", default="stated", words=("stated", "elsewhere")),
    gives="AccessStatement",
)
def access_statement(arguments: Arguments, tables: Tables) -> Function:
    """Status, line, conditions, reason and end of a statement.

    `unread: drop` where most values speak of rights; `of: part` where a part is spoken of, which never opens the whole;
    `end: elsewhere` where another rule reads how long a closure lasts, which has no end else.
    """
    table = phrase_table(tables[arguments.text("table")].name)
    drop, part = arguments.text("unread") == "drop", arguments.text("of") == "part"
    ends_elsewhere = arguments.text("end") == "elsewhere"

    def run(item: Item) -> Made:
        read = read_statement(item.text, table) or AccessStatement(unread=True)
        if drop and read == AccessStatement(unread=True):
            return Made()
        codes = ("access_unread",) if read.unread else ()
        if ends_elsewhere:
            read = msgspec.structs.replace(read, endless=False)
        if part:
            read, codes = _of_a_part(read), (*codes, "access_of_part")
        return Made(values=(msgspec.structs.replace(read, conditions_of_access=(item.text,)),), codes=codes)

    return run


def _of_a_part(said: AccessStatement) -> AccessStatement:
    """What a statement on a part says of the whole: it may close it, it cannot open it."""
    return msgspec.structs.replace(said, status="unknown") if said.status == "open" else said


def read_statement(text: str, table: Phrases) -> AccessStatement | None:
    """What `text` says; None where no sentence speaks of access."""
    read = [found for sentence in _sentences(text) if (found := _read_sentence(sentence, table)) is not None]
    return _endless(strictest(*read)) if read else None


def _endless(said: AccessStatement) -> AccessStatement:
    """A restriction that names no end has none, whatever end another statement may name."""
    if said.status not in ("closed", "restricted") or said.until or said.closure_years:
        return said
    return msgspec.structs.replace(said, endless=True)


def _sentences(text: str) -> Iterator[str]:
    plain = " ".join(text.lower().split()) if "\n" not in text else text.lower()
    for sentence in _SENTENCES.split(plain):
        if sentence.strip():
            yield " ".join(sentence.split())


def _read_sentence(sentence: str, table: Phrases) -> AccessStatement | None:
    """The phrases of one sentence together; None where it does not speak of access."""
    rest, found = sentence, []
    for phrase in table.phrases:
        if phrase.match.search(rest):
            found.append(phrase.says)
            rest = phrase.match.sub(" ", rest)
    if table.rights.search(sentence):
        # "permission to publish" asks for nothing of a reader; "closed, copyright not cleared" does
        found = [said for said in found if _is_of_readers(said)]
        return strictest(*found) if found else None
    if not found:
        return AccessStatement(unread=True) if table.alarm.search(sentence) else None
    said = strictest(*found)
    if _leaves_in_doubt(said, rest, table):
        return msgspec.structs.replace(said, unread=True)
    return _with_end(said, sentence)


def _leaves_in_doubt(said: AccessStatement, rest: str, table: Phrases) -> bool:
    """Whether what no phrase took may turn what was read: "open, with the exceptions noted"."""
    if said.status == "open":
        return bool(table.doubt.search(rest))
    # conditions alone close nothing, so all that is left must be understood
    only_conditions = said.status is None and bool(said.conditions) and bool(rest.strip())
    return only_conditions and bool(table.doubt.search(rest) or table.alarm.search(rest))


def _is_of_readers(said: AccessStatement) -> bool:
    """Whether it is said of seeing, though its sentence speaks of copies and copyright."""
    is_grave = said.status == "closed" or said.reason in ("secrecy", "privacy", "statutory")
    return is_grave or not {"use_copy", "registration"}.isdisjoint(said.conditions)


def _with_end(said: AccessStatement, sentence: str) -> AccessStatement:
    """Until when, or for how many years, a closure lasts."""
    if said.status not in ("closed", "restricted"):
        return said
    until, years = _UNTIL.search(sentence), _YEARS.search(sentence)
    if until:
        year = _YEAR.search(_first(until))
        return msgspec.structs.replace(said, until=year[0])
    if years:
        return msgspec.structs.replace(said, closure_years=int(_first(years)))
    return said


def _first(found: Any) -> str:
    """The group of a match that took part in it."""
    return str(next(group for group in found.groups() if group))
