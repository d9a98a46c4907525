"""Trees in one form, and printed in the notation of the search box, from which they are read back the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec.structs import replace

from index.analysis.spans import pieces
from index.fields import NAMES
from index.query.limits import DEEPEST, leaves
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
from index.query.tokens import MARKS, QUOTES, plain_marks, tokens
from index.query.values import word_node
from index.query.whole_values import FUZZY, below, equal
from mappings.schema.folding import fold, words

#: a search is canonical many times over, for each part that can be taken off: what a word is read as is kept
_KEPT_WORDS = 5_000
#: cannot stand between quotes
_UNQUOTED = re.compile(r'["“”＂]')
#: a value that is read back as it stands without quotes
_BARE_VALUE = re.compile(r"[^\s()*^=<>~?-][^\s()*]*")
_Sought = Words | Phrase | Starts | Whole | Prefix | Pattern | Fuzzy
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
        case Either(text=text, meaning=meaning):
            return _either(_canonical_words(text, None), canonical(meaning))
        case Words(text=text, field=field):
            return _canonical_words(text, field)
        case Phrase(text=text) | Starts(text=text) | Whole(text=text):
            return replace(node, text=" ".join(_UNQUOTED.sub(" ", text).split()))
        case Prefix(text=text, field=field):
            return _masked(f"{text}*", field, node)
        case Pattern(text=text, field=field):
            return _masked(text, field, node)
        case Equals(field=field, value=value):
            return equal(field, _sayable(value))
        case Under(field="code_path", value=value):
            return replace(node, value=below(_sayable(value)))
        case Under(value=value):
            return replace(node, value=_sayable(value))
        case Dates(start=start, end=end):
            return replace(node, start=_sayable(start or "") or None, end=_sayable(end or "") or None)
        case _:
            return node


def _masked(text: str, field: str | None, node: QueryNode) -> QueryNode:
    """A masked word as it is read back; one that cannot be typed stays as it is."""
    read = word_node(text, field)
    if read.node is None or read.fault is not None:
        return node
    return canonical(read.node) if isinstance(read.node, Words) else read.node


def _sayable(value: str) -> str:
    """A value such as can stand between quotes of some kind, its blanks single."""
    single = " ".join(value.split())
    return single if _quotes(single) else single.replace('"', "")


def _either(asked: QueryNode, meaning: QueryNode) -> QueryNode:
    """Words or their meaning; what cannot be said as words is a plain choice."""
    if isinstance(asked, Words):
        return Either(text=asked.text, meaning=meaning) if asked.text else meaning
    return _flat_or((asked, meaning))


def _canonical_words(text: str, field: str | None) -> QueryNode:
    """Words, and phrases for those that would be read as something else: operators alone."""
    found = [_word(each, field) for word in text.split() for each in _as_words(word)]
    joined = _joined(found)
    if len(joined) > 1:
        return And(of=tuple(joined))
    return joined[0] if joined else Words(text="", field=field)


def _word(word: str, field: str | None) -> QueryNode:
    if _is_plain(word):
        return Words(text=word, field=field)
    small = fold(word)
    return Words(text=small, field=field) if _is_plain(small) else Phrase(text=word, field=field)


@lru_cache(maxsize=_KEPT_WORDS)
def _as_words(word: str) -> tuple[str, ...]:
    """A word as it is where it is read back as such; else its pieces without marks.

    Signs that only folding writes as letters (`㍿`) are no pieces of the word as typed, and are taken as folded.
    """
    if _is_plain(word):
        return (word,)
    typed = _said(word)
    return typed if [each for piece in typed for each in words(piece)] == words(word) else _said(fold(word))


def _said(text: str) -> tuple[str, ...]:
    """The pieces of a text that have a word; one of marks or of characters without a shape has none."""
    found = (text[piece.start : piece.end] for piece in pieces(text))
    return tuple(each for each in found if words(each))


@lru_cache(maxsize=_KEPT_WORDS)
def _is_plain(word: str) -> bool:
    found = tokens(word)
    if len(found) != 1 or found[0].kind != "word" or found[0].text != word or word.startswith(MARKS):
        return False
    name, colon, _ = word.partition(":")
    return word_node(word, None) == (Words(text=word), None) and not (colon and fold(name) in NAMES)


def _flat_and(parts: Iterable[QueryNode]) -> QueryNode:
    """All of the parts; every record beside something else says nothing."""
    flat: list[QueryNode] = []
    for part in parts:
        flat += part.of if isinstance(part, And) else (part,)
    return all_of(_joined(part for part in flat if not _is_empty(part) and not isinstance(part, All)))


def _flat_or(parts: Iterable[QueryNode]) -> QueryNode:
    flat: list[QueryNode] = []
    for part in parts:
        flat += part.of if isinstance(part, Or) else (part,)
    kept = tuple(_alone(part) for part in flat if not _is_empty(part))
    return Or(of=kept) if len(kept) > 1 else (kept[0] if kept else Words(text=""))


def _alone(part: QueryNode) -> QueryNode:
    """A negation stands inside what holds together."""
    return And(of=(part,)) if isinstance(part, Not) else part


def _negated(part: QueryNode) -> QueryNode:
    match part:
        case Not(of=inner) | And(of=(Not(of=inner),)):
            return inner
        case _ if _is_empty(part):
            return part
    return And(of=(Not(of=part),))


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


def printed(node: QueryNode) -> str:
    """The tree as typed."""
    has_field = isinstance(node, And | Or) and brackets(node) < DEEPEST and _shared_field(node) is not None
    return _bracketed(node) if has_field else _written(node)


def _written(node: QueryNode) -> str:
    match node:
        case And(of=parts):
            return " ".join(_inside(part) for part in parts)
        case Or(of=parts):
            return " OR ".join(_bracketed(part) if isinstance(part, Or) else _written(part) for part in parts)
        case Not(of=part):
            return f"-{_bracketed(part) if _is_several(part) else _written(part)}"
        case Either(text=text):
            return text
        case All():
            return "*"
        case Dates():
            return _dates(node)
        case Equals(field=field, value=value):
            return f"{_SPELT[field]}:{_value(value)}"
        case Under(field="code_path", value=value):
            return f"code:{_value(f'{value}/*', below=True)}"
        case Under(value=value):
            return f"in:{_value(value)}"
        case _:
            return _text(node)


def brackets(node: QueryNode) -> int:
    """How many brackets stand inside each other where the tree is printed."""
    match node:
        case And(of=parts):
            return max(brackets(part) + isinstance(part, And | Or) for part in parts)
        case Or(of=parts):
            return max(brackets(part) + isinstance(part, Or) for part in parts)
        case Not(of=part):
            return brackets(part) + _is_several(part)
        case Words(text=text, field=str()):
            return int(" " in text)
    return 0


def _inside(part: QueryNode) -> str:
    return _bracketed(part) if isinstance(part, And | Or) else _written(part)


def _is_several(part: QueryNode) -> bool:
    return isinstance(part, And | Or | Not) or (isinstance(part, Words) and " " in part.text and part.field is None)


def _bracketed(part: QueryNode) -> str:
    """A part in brackets, behind the field where all of it is sought in one: `title:(a OR "b c")`."""
    field = _shared_field(part)
    return f"({_written(part)})" if field is None else f"{_SPELT[field]}:({_written(_unfielded(part))})"


def _shared_field(node: QueryNode) -> str | None:
    """The one text field that several terms are sought in; None where they are not, or are in several."""
    if not isinstance(node, And | Or) or len(node.of) < 2:
        return None
    fields = {leaf.field if isinstance(leaf, _Sought) else None for leaf in leaves(node)}
    return fields.pop() if len(fields) == 1 else None


def _unfielded(node: QueryNode) -> QueryNode:
    match node:
        case And(of=parts) | Or(of=parts):
            return replace(node, of=tuple(map(_unfielded, parts)))
        case Not(of=part):
            return Not(of=_unfielded(part))
        case _:
            return replace(node, field=None)


def _text(node: _Sought) -> str:
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


def _quotes(text: str) -> tuple[str, str] | None:
    """The first pair of quotes that a text can stand between."""
    return next(((opener, closer) for opener, closer in QUOTES.items() if closer not in plain_marks(text)), None)


def _quoted(text: str) -> str:
    opener, closer = _quotes(text) or ('"', '"')
    return f"{opener}{text}{closer}"


def _value(value: str, *, below: bool = False) -> str:
    bare = value.removesuffix("/*") if below else value
    plain = _BARE_VALUE.fullmatch(bare) and plain_marks(bare) == bare and QUOTES.keys().isdisjoint(bare)
    return value if plain and not FUZZY.search(bare) else _quoted(value)


def _dates(dates: Dates) -> str:
    start, end = dates.start or "", dates.end or ""
    bounds = start if start == end else f"{start}..{end}"
    return f"{'within' if dates.mode == 'within' else 'date'}:{_value(bounds)}"


def without_word(asked: Words, text: str) -> Words:
    """The words but one."""
    return Words(text=" ".join(each for each in asked.text.split() if each != text), field=asked.field)


def all_of(parts: Iterable[QueryNode]) -> QueryNode:
    """A tree that asks for all of the parts."""
    found = tuple(parts)
    if len(found) == 1 and not isinstance(found[0], Not):
        return found[0]
    return And(of=found) if found else All()
