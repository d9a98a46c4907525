"""Trees in one form, and printed in the notation of the search box, from which they are read back the same."""

from __future__ import annotations

from collections.abc import Iterable

from index.fields import NAMES
from index.query.model import (
    All,
    And,
    Dates,
    Either,
    Equals,
    Fuzzy,
    Not,
    Or,
    Pattern,
    Phrase,
    Prefix,
    QueryNode,
    Starts,
    Under,
    Whole,
    Words,
)

#: column -> the first English name that stands for it
_SPELT = {name.field: typed for typed, name in reversed(NAMES.items()) if typed.isascii()}


def printed(node: QueryNode) -> str:
    """The tree as typed."""
    match node:
        case And(of=parts):
            return " ".join(_inside(part) for part in parts)
        case Or(of=parts):
            return " OR ".join(_bracketed(part) if isinstance(part, And | Or) else printed(part) for part in parts)
        case Not(of=part):
            return f"-{_bracketed(part) if _is_several(part) else printed(part)}"
        case Either(text=text):
            return text
        case All():
            return "*"
        case Dates():
            return _dates(node)
        case Equals(field=field, value=value):
            return f"{_SPELT[field]}:{_value(value)}"
        case Under(field="code_path", value=value):
            return f"code:{value}/*"
        case Under(value=value):
            return f"in:{_value(value)}"
        case _:
            return _text(node)


def _inside(part: QueryNode) -> str:
    return _bracketed(part) if isinstance(part, And | Or) else printed(part)


def _is_several(part: QueryNode) -> bool:
    return isinstance(part, And | Or | Not) or (isinstance(part, Words) and " " in part.text and part.field is None)


def _bracketed(part: QueryNode) -> str:
    return f"({printed(part)})"


def _text(node: Words | Phrase | Starts | Whole | Prefix | Pattern | Fuzzy) -> str:
    before = f"{_SPELT[node.field]}:" if node.field else ""
    match node:
        case Words(text=text):
            return f"{before}({text})" if before and " " in text else before + text
        case Phrase(text=text, slop=slop):
            return f"{before}{_quoted(text)}" + (f"~{slop}" if slop else "")
        case Starts(text=text):
            return f"{before}^{_quoted(text)}"
        case Whole(text=text):
            return f"{before}={_quoted(text)}"
        case Prefix(text=text):
            return f"{before}{text}*"
        case Pattern(text=text):
            return before + text
        case Fuzzy(text=text, edits=edits):
            return f"{before}{text}~" + ("2" if edits == 2 else "")


def _quoted(text: str) -> str:
    return f"“{text}”" if '"' in text else f'"{text}"'


def _value(value: str) -> str:
    plain = not any(character.isspace() or character in '()"“”「」„«»' for character in value)
    return value if plain and value not in ("^", "=", "") else _quoted(value)


def _dates(dates: Dates) -> str:
    start, end = dates.start or "", dates.end or ""
    bounds = start if start == end else f"{start}..{end}"
    return f"{'within' if dates.mode == 'within' else 'date'}:{_value(bounds)}"


def without_word(words: Words, text: str) -> Words:
    """The words but one."""
    return Words(text=" ".join(each for each in words.text.split() if each != text), field=words.field)


def all_of(parts: Iterable[QueryNode]) -> QueryNode:
    """A tree that asks for all of the parts."""
    found = tuple(parts)
    if len(found) == 1 and not isinstance(found[0], Not):
        return found[0]
    return And(of=found) if found else All()
