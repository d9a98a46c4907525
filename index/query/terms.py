"""One term of a typed query as a leaf of the tree: a word or a quote, by itself or as the value of a field."""

from __future__ import annotations

from difflib import get_close_matches

import msgspec

from index.fields import IDENTIFIER_SCHEMES, NAMES, Name
from index.query.choices import chosen, near_values, said_of
from index.query.limits import LOOSE_WORDS, MOST_SLOP
from index.query.model import Dates, Phrase, QueryNode, Starts, Whole
from index.query.reading import Reading
from index.query.tokens import MARKS, OPERATORS, Token
from index.query.values import bounds_of, word_node
from index.query.whole_values import looked_up, unmasked
from mappings.schema.folding import fold, words

#: words of a bracket that are tried as one date: "29 July 1914"
_WORDS_OF_DATE = 5
#: fields that are offered for one that is none
_MOST_NEAR = 3


def field_of(token: Token) -> Name | None:
    """The field that a word names before its colon."""
    typed, colon, _ = token.text.partition(":")
    return NAMES.get(fold(typed)) if colon and token.kind == "word" else None


def term(reading: Reading, token: Token, name: Name | None) -> QueryNode | None:
    """The leaf of a word or quote; None where there is nothing to look for.

    name   the field whose bracket it stands in
    """
    if token.kind == "quote":
        return _quoted(reading, token, name, "")
    known, following = field_of(token), reading.joined(token)
    mark = token.text.partition(":")[2] if known else token.text
    if following is not None and following.kind == "quote" and (mark in MARKS or (known and not mark)):
        return _quoted(reading, reading.take(), known or name, mark)
    if known is None:
        _check_field(reading, token, name)
        is_date = name is not None and name.kind == "date"
        return _valued(reading, token, name, _whole_date(reading, token) if is_date else token.text)
    if mark in ("", *MARKS):
        reading.fault(token, "value_missing")
        return _valued(reading, token, None, token.text)
    value = msgspec.structs.replace(token, start=token.end - len(mark), text=mark)
    return _valued(reading, value, known, mark)


def _check_field(reading: Reading, token: Token, name: Name | None) -> None:
    """Tells what looks like a field and is none."""
    typed, colon, value = token.text.partition(":")
    spelt, following = fold(typed), reading.joined(token)
    is_text = name is None or name.kind == "text"
    has_value = bool(value) or (following is not None and following.kind in ("quote", "open"))
    if not (colon and is_text and has_value and spelt.isidentifier()) or value.startswith("//"):
        return
    near = tuple(get_close_matches(spelt, NAMES, n=_MOST_NEAR, cutoff=0.5))
    # a full-width colon also parts titles in Chinese
    is_plain = reading.text[token.start + len(typed)] == ":"
    if spelt not in IDENTIFIER_SCHEMES and (is_plain or near):
        expected = f"a field's name, such as {near[0]}" if near else "a field's name"
        reading.fault(token, "field_unknown", expected, near)


def _valued(reading: Reading, token: Token, name: Name | None, value: str) -> QueryNode | None:
    if value.startswith(MARKS) and len(value) > 1:
        reading.fault(token, "mark_removed")
        value = value[1:]
    if name is None or name.kind == "text":
        return _plain(reading, token, name, value)
    if name.kind == "date":
        return _dated(reading, token, name, value)
    bare, fault = unmasked(name, value)
    if fault is not None:
        reading.fault(token, fault)
    return _looked_up(reading, token, name, bare) if bare else None


def _looked_up(reading: Reading, token: Token, name: Name, value: str) -> QueryNode:
    """A value as a whole; one that its field can never have is told, and found nowhere."""
    found = chosen(name.field, value) if name.kind == "facet" else value
    if found is None:
        reading.fault(token, "value_unknown", said_of(name.field), near_values(name.field, value))
    return looked_up(name, value if found is None else found)


def _plain(reading: Reading, token: Token, name: Name | None, value: str) -> QueryNode | None:
    field = name.field if name else None
    if value in OPERATORS and value == fold(value) and words(value):
        return Phrase(text=value, field=field)  # or it would be an operator when it is read again
    node, fault = word_node(value, field)
    if fault is not None:
        reading.fault(token, fault)
    return node


def _quoted(reading: Reading, token: Token, name: Name | None, mark: str) -> QueryNode | None:
    is_text = name is None or name.kind == "text"
    if not (words(token.text) if is_text else token.text.strip()):
        reading.fault(token, "quote_empty")
        return None
    if name is None or name.kind == "text":
        return _phrase(reading, token, name.field if name else None, mark)
    if token.slop is not None:
        reading.fault(token, "slop_removed")
    if mark == "^":
        reading.fault(token, "mark_removed")
    if name.kind == "date":
        return _dated(reading, token, name, token.text)
    return _looked_up(reading, token, name, token.text)


def _phrase(reading: Reading, token: Token, field: str | None, mark: str) -> QueryNode:
    is_loose = not mark and len(words(token.text)) in LOOSE_WORDS
    if token.slop and not is_loose:
        reading.fault(token, "slop_removed")
    elif token.slop and token.slop > MOST_SLOP:
        reading.fault(token, "slop_cut")
    match mark:
        case "^":
            return Starts(text=token.text, field=field)
        case "=":
            return Whole(text=token.text, field=field)
    return Phrase(text=token.text, field=field, slop=min(token.slop or 0, MOST_SLOP) if is_loose else 0)


def _whole_date(reading: Reading, token: Token) -> str:
    """A date of several words, where they stand in a bracket that asks for dates; else the word."""
    for last in range(min(reading.place + _WORDS_OF_DATE, len(reading.tokens)) - 1, reading.place - 1, -1):
        if reading.runs_left <= 0:
            break
        reading.runs_left -= 1
        run = reading.tokens[reading.place : last + 1]
        written = reading.text[token.start : run[-1].end]
        if all(each.kind == "word" for each in run) and bounds_of(written) is not None:
            reading.place = last + 1
            return written
    return token.text


def _dated(reading: Reading, token: Token, name: Name, value: str) -> QueryNode | None:
    # a full-width ~ divides years in Chinese
    bounds = bounds_of(value) or bounds_of(reading.text[token.start : token.end])
    if bounds is None:
        reading.fault(token, "date_unread")
        return _plain(reading, token, None, value) if token.kind == "word" else _quoted(reading, token, None, "")
    if bounds.swapped:
        reading.fault(token, "date_swapped")
    mode = "within" if name.field == "within" else "overlap"
    return Dates(start=bounds.start, end=bounds.end, mode=mode)  # type: ignore[arg-type]
