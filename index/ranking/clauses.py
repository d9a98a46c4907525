"""What lifts a hit beside its words: the whole query as an identifier or a code, and a title that has it together."""

from __future__ import annotations

from typing import NamedTuple

from index.analysis.codes import code_key, looks_like_code
from index.analysis.words import title_key
from index.fields import ANCHOR, exact
from index.query import primitives as p
from mappings.schema.folding import words

ID, CODE = 1_000.0, 300.0
TITLE_WHOLE, TITLE_START, TITLE_PHRASE = 200.0, 60.0, 30.0
_KEY_LENGTH = 500


class KnownBy(NamedTuple):
    """What has a text for an identifier, and what has it for a code, or for the beginning of one at a separator."""

    identifier: p.Primitive
    code: p.Primitive


def known_by(text: str) -> KnownBy | None:
    """The whole query as an identifier or a code; None where it is neither by its looks."""
    if not looks_like_code(text):
        return None
    key = code_key(text)
    return KnownBy(p.Term("identifier", key), p.any_of((p.Term("code", key), p.Term("code_path", key))))


def whole_text(text: str) -> tuple[p.Primitive, ...]:
    """The whole query as an identifier or a code: matches by itself."""
    known = known_by(text)
    return () if known is None else (p.Constant(known.identifier, ID), p.Constant(known.code, CODE))


def beside(text: str) -> tuple[p.Primitive, ...]:
    """Titles that are the query, begin with it, or hold its words side by side."""
    tokens = tuple(words(text))
    if not tokens:
        return ()
    field = exact("title")
    found = [
        p.Constant(p.Term("title_key", title_key(text)[:_KEY_LENGTH]), TITLE_WHOLE),
        p.Constant(p.Phrase(field, (ANCHOR, *tokens)), TITLE_START),
    ]
    if len(tokens) > 1:
        found.append(p.Constant(p.Phrase(field, tokens), TITLE_PHRASE))
    return tuple(found)
