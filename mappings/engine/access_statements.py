"""Statements of access in the words of their sources, read by a versioned table of phrases.

A statement is read sentence by sentence; the strictest one wins. What is not understood never opens anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import msgspec

from mappings.dates.read import read
from mappings.engine.patterns import pattern
from mappings.engine.tables import Tables, shelved
from mappings.engine.transforms import Arguments, Function, Made, Parameter, transform
from mappings.engine.values import Item
from mappings.engine.yaml_nodes import Node, read_yaml
from mappings.schema.access import AccessStatement, secrecy_of, strictest
from mappings.schema.dates import Dated

_SENTENCES = pattern(r"[.;。；]\s+|[。；\n]")
_DAY = r"(?:[a-z]+\s+\d{1,2},?\s+|\d{1,2}\s+[a-z]+\s+|[a-z]+\s+)?\d{4}(?:-\d\d(?:-\d\d)?)?"
_DAY_HAN = r"\d{4}(?:\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号號])?)?|-\d\d?(?:-\d\d?)?)?"
_UNTIL = pattern(
    rf"\b(?:until|till|through|before)\s+({_DAY})|[至到]\s*({_DAY_HAN})|({_DAY_HAN})\s*(?:之前|以前|前)[^。；]{{0,4}}(?:不|封闭|保密)",
    length=900,
)
#: when something is to be opened, where no end of a closure is named
_OPENS = pattern(
    rf"\b(?:open(?:s|ed)?|available|accessible)\b[^.]{{0,40}}?\b(?:in|on|from|after|as of|beginning|starting|effective)"
    rf"(?: in| on)?\s+({_DAY})|({_DAY_HAN})[^。；]{{0,8}}(?:起|后|後|始)[^。；]{{0,8}}(?:开放|公开|開放|公開)",
    length=600,
)
_YEARS = pattern(
    r"\b(?:for|closed|period of|after)\s+(?:a period of\s+)?\(?(\d{1,3})\)?\s+years?\b"
    r"|\b(\d{1,3}) years (?:after|from|following)\b|封闭期?(\d{1,3})年|(\d{1,3})年内不|满(\d{1,3})年"
)
_YEAR = pattern(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
#: behind a letter, or a word that is always cut short, the sentence goes on
_INITIAL = pattern(r"(?:^|[\s.])(?:[a-z]|jr|sr|dr|st|mr|mrs|no|nos|vol|approx)$")
#: a sentence that speaks of seeing the material
_SEEING = pattern(r"\b(?:access|view\w*|consult\w*|seen|see|examin\w*|open\w*)\b|利用|查阅|查閱|开放|開放")
_HAN, _FIGURE = pattern("[\u3400-\u9fff]"), pattern(r"\d")
#: the years of a collection, which belong to its name
_SPAN = pattern(r"\b\d{4}\s*[-–]\s*\d{4}\b")
#: what a phrase that opens leaves in its place
_OPENING = " \x1f "
#: punctuation that says nothing
_MARKS = " \x1f.,:()[]\"'、，：（）“”/-"
#: letters and digits as wide as a character
_NARROW = {0xFF01 + shift: 0x21 + shift for shift in range(94) if chr(0x21 + shift).isalnum()}


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
    #: words that leave a sentence which opens in doubt, wherever they stand
    doubt: Any
    #: all that may stand behind what opens, in Chinese also before it; anything else was not understood
    harmless: Any
    #: words of a sentence that speaks of copying, not of seeing
    rights: Any


@cache
def phrase_table(label: str = "access_phrases") -> Phrases:
    """The phrase table that ships with the exchange, by its name or `name@version`."""
    path = shelved(label)
    root = read_yaml(path.read_text(encoding="utf-8"), file=path.name)
    rows = root.fields["phrases"].items or () if root.fields else ()
    version = root.get("version")
    return Phrases(
        version=int(version.text) if version else 0,
        phrases=tuple(_phrase(row) for row in rows),
        alarm=_long_pattern(root.get("alarm")),
        doubt=_long_pattern(root.get("doubt")),
        harmless=_long_pattern(root.get("harmless")),
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
    Parameter(name="unread", default="unknown", words=("unknown", "drop", "hide")),
    Parameter(name="of", default="whole", words=("whole", "part")),
    Parameter(name="end", default="stated", words=("stated", "elsewhere")),
    gives="AccessStatement",
)
def access_statement(arguments: Arguments, tables: Tables) -> Function:
    """Status, line, conditions, reason and end of a statement.

    `unread: drop` where most values speak of rights, `hide` where one that is not understood may be a secret;
    `of: part` where a part is spoken of, which never opens the whole; `end: elsewhere` where another rule reads how
    long a closure lasts, which has no end else.
    """
    table = phrase_table(tables[arguments.text("table")].label)
    unread, part = arguments.text("unread"), arguments.text("of") == "part"
    ends_elsewhere = arguments.text("end") == "elsewhere"

    def run(item: Item) -> Made:
        read = read_statement(item.text, table) or AccessStatement(unread=True)
        if unread == "drop" and read == AccessStatement(unread=True):
            return Made()
        if unread == "hide" and read.unread:
            read = msgspec.structs.replace(read, status="closed", line="hidden")
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
    sentences = list(_sentences(text))
    read = [found for sentence in sentences if (found := _read_sentence(sentence, table)) is not None]
    if not read:
        return None
    said = _endless(strictest(*read))
    if said.status == "open" and not all(_is_plain_condition(sentence, table) for sentence in sentences):
        return msgspec.structs.replace(said, unread=True)
    return said


def _endless(said: AccessStatement) -> AccessStatement:
    """A restriction that names no end has none, whatever end another statement may name."""
    if said.status not in ("closed", "restricted") or said.until or said.closure_years:
        return said
    return msgspec.structs.replace(said, endless=True)


def _sentences(text: str) -> Iterator[str]:
    """The sentences in lower case with single blanks; an initial ends none."""
    plain = text.translate(_NARROW).lower()
    held = ""
    for piece in _SENTENCES.split(plain if "\n" in text else " ".join(plain.split())):
        sentence = " ".join(f"{held} {piece}".split())
        held = f"{sentence}." if _INITIAL.search(sentence) else ""
        if sentence and not held:
            yield sentence
    if held:
        yield held


def _read_sentence(sentence: str, table: Phrases) -> AccessStatement | None:
    """The phrases of one sentence together; None where it does not speak of access."""
    found, rest = _matched(sentence, table)
    if table.rights.search(sentence):
        return _of_rights(found, sentence)
    if not found:
        return AccessStatement(unread=True) if table.alarm.search(sentence) else None
    said = strictest(*found)
    if _leaves_in_doubt(said, rest, table):
        return msgspec.structs.replace(said, unread=True)
    return _with_end(said, sentence)


def _matched(sentence: str, table: Phrases) -> tuple[list[AccessStatement], str]:
    """What the phrases of a sentence say, and what none of them took."""
    rest, found = sentence, []
    for phrase in table.phrases:
        if phrase.match.search(rest):
            found.append(phrase.says)
            rest = phrase.match.sub(_OPENING if phrase.says.status == "open" else " ", rest)
    return found, rest


def _of_rights(found: Sequence[AccessStatement], sentence: str) -> AccessStatement | None:
    """What is said of readers in a sentence on copies and copyright.

    "Permission to publish" asks for nothing of a reader; "closed, copyright not cleared" does. What "published diaries
    are restricted" asks for is not known.
    """
    kept = [said for said in found if _is_of_readers(said)]
    left = [said for said in found if said.status in ("closed", "restricted") and said not in kept]
    in_doubt = any(not said.conditions for said in left) or bool(left and _SEEING.search(sentence))
    if not kept:
        return AccessStatement(unread=True) if in_doubt else None
    said = strictest(*kept)
    return msgspec.structs.replace(said, unread=True) if in_doubt and said.status == "open" else said


def _leaves_in_doubt(said: AccessStatement, rest: str, table: Phrases) -> bool:
    """Whether what no phrase took may turn what was read: "open, with the exceptions noted"."""
    if said.status == "open":
        head, _, tail = rest.partition(_OPENING)
        return bool(table.doubt.search(rest)) or not _is_harmless(tail, table) or not _is_named(head, table)
    # conditions alone close nothing, so what may turn them must not be there
    only_conditions = said.status is None and bool(said.conditions) and bool(rest.strip())
    return only_conditions and bool(table.doubt.search(rest) or table.alarm.search(rest))


def _is_plain_condition(sentence: str, table: Phrases) -> bool:
    """Whether a sentence that gives conditions alone gives nothing else; beside what opens, all of it is understood."""
    found, rest = _matched(sentence, table)
    is_condition = bool(found) and strictest(*found).status is None and not table.rights.search(sentence)
    return not is_condition or _is_harmless(rest, table)


def _is_harmless(rest: str, table: Phrases) -> bool:
    return not table.harmless.sub(" ", rest).strip(_MARKS)


def _is_named(head: str, table: Phrases) -> bool:
    """Whether what stands before the phrase names the whole; figures name a part, and Chinese says more than a name."""
    return _is_harmless(head, table) if _HAN.search(head) else not _FIGURE.search(_SPAN.sub(" ", head))


def _is_of_readers(said: AccessStatement) -> bool:
    """Whether it is said of seeing, though its sentence speaks of copies and copyright."""
    is_grave = said.status == "closed" or said.reason in ("secrecy", "privacy", "statutory")
    return is_grave or not {"use_copy", "registration"}.isdisjoint(said.conditions)


def _with_end(said: AccessStatement, sentence: str) -> AccessStatement:
    """Until when, or for how many years, a closure lasts; of several ends the last."""
    if said.status not in ("closed", "restricted"):
        return said
    if until := _latest(_UNTIL, sentence):
        return msgspec.structs.replace(said, until=until)
    if years := _YEARS.search(sentence):
        return msgspec.structs.replace(said, closure_years=int(_first(years)))
    opens = _latest(_OPENS, sentence)
    return msgspec.structs.replace(said, until=opens) if opens else said


def _latest(ends: Any, sentence: str) -> str | None:
    """The last day, month or year that is named as an end."""
    named = [_named_end(_first(end)) for end in ends.finditer(sentence)]
    return max(named)[1] if named else None


def _named_end(text: str) -> tuple[str, str]:
    """The last day of a written date, and the date as precisely as it is written; else its year."""
    found = read(text, order="ymd")
    if isinstance(found, Dated) and found.end and found.edtf and _YEAR.fullmatch(found.edtf):
        return found.end, found.edtf
    year = str(_YEAR.search(text)[0])
    return f"{year}-12-31", year


def _first(found: Any) -> str:
    """The group of a match that took part in it."""
    return str(next(group for group in found.groups() if group))
