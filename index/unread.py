"""Parts of the query that stand only where the marks of a long text do not reach: each is named, without a snippet.

The rest of a text is looked over by its words alone, which is cheap; only a piece that may have what is missing is read
with places, until all of it is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.analysis.pinyin import sounds_of
from index.analysis.spans import placed_words
from index.analysis.stems import spelt_out, stem_set
from index.analysis.words import COLUMN_LENGTH
from index.highlight import READ, Marked, moved
from index.ranking.sought import Found, Sought, find
from index.results import Span
from mappings.schema.folding import words

#: pieces overlap, so that words side by side stand whole in one of them
_OVERLAP = 200
#: a piece ends between words, so far from where it would
_NEAR = 64


def named_beside(marked: Sequence[Marked], sought: Sequence[Sought]) -> tuple[Marked, ...]:
    """What of the query no mark shows, where it stands in the texts that were not read whole."""
    long = [each for each in marked if each.read != (0, len(each.text))]
    if not long:
        return ()
    shown = {each.asked for text in marked for each, _ in text.found}
    missing = tuple(each for each in sought if each.asked not in shown)
    found = (_named(text, tuple(each for each in missing if text.column in each.columns)) for text in long)
    return tuple(each for each in found if each.found)


def _named(text: Marked, missing: Sequence[Sought]) -> Marked:
    """Of each the first place in the text."""
    found: dict[Sought, Found] = {}
    for start, end in _pieces(text.text[:COLUMN_LENGTH]) if missing else ():
        piece = text.text[start:end]
        known = set(words(piece)) | (set(words(spelt_out(piece))) if not piece.isascii() else set())
        left = [each for each in missing if each not in found and _may_stand(each, known)]
        placed = placed_words(piece) if left else ()
        for each in left:
            if (place := next(find(each, placed), None)) is not None:
                found[each] = moved(place, start)
        if len(found) == len(missing):
            break
    return Marked(column=text.column, text=text.text, read=text.read, found=tuple(found.items()))


def _pieces(text: str) -> Iterator[Span]:
    start = 0
    while True:
        end = _between_words(text, start + READ)
        yield start, end
        if end == len(text):
            return
        start = _between_words(text, end - _OVERLAP)


def _between_words(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.find(" ", place, place + _NEAR)
    return place if space < 0 else space


def _may_stand(sought: Sought, known: set[str]) -> bool:
    """Whether a text with these words may have it."""
    if sought.accepts is not None:
        return any(map(sought.accepts, known))
    if sought.sounds:
        first = set(sought.sounds[0])
        return any(not first.isdisjoint(sounds_of(word)) for word in known)
    if sought.word in known or not sought.forms.isdisjoint(known) or (sought.run and known.issuperset(sought.run)):
        return True
    return bool(sought.stems) and any(not sought.stems.isdisjoint(stem_set(word)) for word in known)
