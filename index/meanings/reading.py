"""What an unquoted text names, span by span: the longest name first, and the first kind that knows it keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import msgspec

from index.analysis.romanised import phrases, readings, spells_syllables
from index.fields import PINYIN
from index.meanings.claims import NO_SOUNDS, Claim, Holders, Sounds, key_of, one_of, valued
from index.meanings.identifiers import code, identifier, is_like_code
from index.meanings.names import kind, language, place, synonym
from index.meanings.pieces import Piece, joined, pieces_of
from index.meanings.times import time
from index.query.asked import STOP_WORDS
from index.query.model import Phrase

#: words that a name has at most
_LONGEST = 8
#: spans that are read, and words of a text that are looked at for them; the rest are words alone
_MOST, _READ = 6, 48
#: words of a code with blanks
_LONGEST_CODE = 5
#: ways in which one span is spelt
_SPELT = 8


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a text that name something."""

    #: numbers of the first of its pieces, and of the one behind them
    start: int
    end: int
    before: str
    text: str
    after: str
    claims: tuple[Claim, ...]


def spans_of(text: str, holders: Holders, sounds: Sounds = NO_SOUNDS) -> tuple[Span, ...]:
    """The spans that name something, in order; several times are none, for a thing is seldom of two."""
    return _spans(text, tuple(sorted(holders.items())), sounds)


def romanised(text: str, holders: Holders) -> Iterator[str]:
    """Spans that may spell Chinese words and name nothing: words side by side as far as they do, then each alone."""
    pieces = pieces_of(text)[:_READ]
    for spells, run in groupby(pieces, lambda piece: not piece.is_glued and spells_syllables(piece.text)):
        together = tuple(run)[:_LONGEST] if spells else ()
        spans = (joined(together), *(piece.text for piece in together))
        yield from (span for span in dict.fromkeys(spans) if readings(span) and not _claims(span, holders, NO_SOUNDS))


def coded(text: str) -> Iterator[str]:
    """Words that may be reference codes."""
    yield from (piece.text for piece in pieces_of(text)[:_READ] if not piece.is_glued and is_like_code(piece.text))


def coded_with_blanks(text: str) -> Iterator[str]:
    """Words side by side that may be one reference code, such as `Ms. Or. 123 b`, the longest from each word first."""
    words = text.split()[:_READ]
    for at in range(len(words)):
        for end in range(min(len(words), at + _LONGEST_CODE), at + 1, -1):
            code_like = " ".join(words[at:end])
            if is_like_code(code_like) and not (identifier(code_like) or time(code_like)):
                yield code_like


def outside(text: str, spans: Sequence[Span]) -> str:
    """The words of a text that stand in none of its spans, which are in order."""
    pieces = pieces_of(text)
    starts, ends = (0, *(span.end for span in spans)), (*(span.start for span in spans), len(pieces))
    return " ".join(filter(None, (joined(pieces[a:b]) for a, b in zip(starts, ends, strict=True))))


@lru_cache(maxsize=1_000)
def _spans(text: str, holders: tuple[tuple[str, str], ...], sounds: Sounds) -> tuple[Span, ...]:
    found = list(_found(pieces_of(text), dict(holders), sounds))
    times = _settled([span for span in found if span.claims[0].kind == "date"])
    return tuple(span for span in found if span.claims[0].kind != "date" or span in times)[:_MOST]


def _settled(times: Sequence[Span]) -> Sequence[Span]:
    """The one time that is meant: a thing is seldom of two, but a period may be part of a name beside a year."""
    years = [span for span in times if span.text[:1].isdigit()]
    return next((found for found in (times, years) if len(found) == 1), ())


def _found(pieces: Sequence[Piece], holders: Holders, sounds: Sounds) -> Iterator[Span]:
    at = 0
    while at < min(len(pieces), _READ):
        for end in range(min(len(pieces), at + _LONGEST), at, -1):
            text = joined(pieces[at:end])
            if claims := _claims(text, holders, sounds):
                before, after = joined(pieces[:at]), joined(pieces[end:])
                yield Span(start=at, end=end, before=before, text=text, after=after, claims=claims)
                at = end
                break
        else:
            at += 1


def _claims(text: str, holders: Holders, sounds: Sounds) -> tuple[Claim, ...]:
    """What one span names; other names of a thing join what the thing is."""
    key = key_of(text)
    if not key or key in STOP_WORDS:
        return ()
    first = (
        identifier(text)
        or _code(text, sounds)
        or time(text)
        or place(text)
        or kind(text)
        or language(text)
        or _holder(key, holders)
    )
    found = (first, synonym(text) if first is None or first.kind == "type" else None)
    return tuple(claim for claim in found if claim is not None) or _spelt(text, sounds)


def _code(text: str, sounds: Sounds) -> Claim | None:
    return code(text) if text in sounds and is_like_code(text) else None


def _spelt(text: str, sounds: Sounds) -> tuple[Claim, ...]:
    """The Chinese words that Latin letters spell."""
    if text not in sounds or is_like_code(text):
        return ()
    spelt = tuple(dict.fromkeys(" ".join(each) for reading in readings(text) for each in phrases(reading)))[:_SPELT]
    node = one_of(Phrase(text=each, field=PINYIN) for each in spelt)
    return (Claim(kind="pinyin", meaning=node, only=node, also=spelt),)


def _holder(key: str, holders: Holders) -> Claim | None:
    value = holders.get(key)
    return None if value is None else _held_by(value)


def _held_by(value: str) -> Claim:
    node = valued("institution", (value,))
    return Claim(kind="institution", meaning=node, only=node)
