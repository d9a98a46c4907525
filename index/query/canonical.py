"""Trees in one form, and printed in the notation of the search box, from which they are read back the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

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
from index.query.tokens import tokens
from index.query.values import word_node
from mappings.schema.folding import fold, words

#: cannot stand between quotes
_UNQUOTED = re.compile(r'["“”＂]')
#: column -> the first English name that stands for it
_SPELT = {name.field: typed for typed, name in reversed(NAMES.items()) if typed.isascii()}


def canonical(node: QueryNode) -> QueryNode:
    """The tree in the one form that its notations keep: flat, and its words such as are read back as words."""
    match node:
        case And(of=parts):
            return _flat_and(map(canonical, parts))
        case Or(of=parts):
            return _flat_or(map(canonical, parts))
        case Not(of=part):
            return _negated(canonical(part))
        case Words(text=text, field=field):
            return _canonical_words(text, field)
        case Phrase(text=text) | Starts(text=text) | Whole(text=text):
            return replace(node, text=" ".join(_UNQUOTED.sub(" ", text).split()))
        case _:
            return node


def _canonical_words(text: str, field: str | None) -> QueryNode:
    """Words, or a phrase where every one of them would be read as something else: an operator alone."""
    plain = _plain_words(text)
    bare = "" if plain else " ".join(words(text))
    return Phrase(text=bare, field=field) if bare else Words(text=plain, field=field)


def _flat_and(parts: Iterable[QueryNode]) -> QueryNode:
    flat: list[QueryNode] = []
    for part in parts:
        flat += part.of if isinstance(part, And) else (part,)
    return all_of(_joined(part for part in flat if not _is_empty(part)))


def _flat_or(parts: Iterable[QueryNode]) -> QueryNode:
    flat: list[QueryNode] = []
    for part in parts:
        flat += part.of if isinstance(part, Or) else (part,)
    kept = tuple(part for part in flat if not _is_empty(part))
    return Or(of=kept) if len(kept) > 1 else (kept[0] if kept else Words(text=""))


def _negated(part: QueryNode) -> QueryNode:
    match part:
        case And(of=(Not(of=inner),)):
            return inner
        case _ if _is_empty(part):
            return part
    return Not(of=part)


def _is_empty(part: QueryNode) -> bool:
    return isinstance(part, Words) and not part.text


def _joined(parts: Iterable[QueryNode]) -> list[QueryNode]:
    """Unquoted words of one field side by side as one node."""
    joined: list[QueryNode] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Words) and isinstance(last, Words) and last.field == part.field:
            joined[-1] = Words(text=f"{last.text} {part.text}", field=part.field)
        else:
            joined.append(part)
    return joined


def _plain_words(text: str) -> str:
    return " ".join(each for word in text.split() for each in _as_words(word))


def _as_words(word: str) -> list[str]:
    """A word as it is where it is read back as such; else what is left of it without marks."""
    if _is_plain(word):
        return [word]
    return [each for each in words(word) if _is_plain(each)]


def _is_plain(word: str) -> bool:
    found = tokens(word)
    if len(found) != 1 or found[0].kind != "word" or found[0].text != word:
        return False
    name, colon, _ = word.partition(":")
    node, fault = word_node(word, None)
    return node == Words(text=word) and not fault and not (colon and fold(name) in NAMES)


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
    return f'"{text}"'


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
