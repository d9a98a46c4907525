"""Where a hit's texts answer the query: spans in code points, pieces of long texts, never HTML.

At most 2,000 characters of a text are read, around the first of the asked words that stands there as written, or else
in another form or by another name. What stands outside of them is named by `index.unread`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from index.analysis.spans import placed_words
from index.display import Shown
from index.ranking.sought import Found, Sought, find
from index.results import Snippet, Span
from mappings.schema.folding import is_han

#: characters of a text that are read with places
READ = 2_000
_BEFORE = 300
SNIPPETS = 3
SNIPPET_LENGTH = 180
_LEAD = 60
#: a stem's last letters may differ from those of the word: `parti` stands for party
_STEM_ENDS = 1
_SHORTEST_STEM = 3


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """A text as shown, with everything of the query that was found in it."""

    column: str
    text: str
    #: where the part that was read begins and ends
    read: Span
    found: tuple[tuple[Sought, Found], ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        """Marked places in order; neighbours and overlaps are one."""
        return merged(each.span for _, each in self.found)


def mark(shown: Shown, sought: Sequence[Sought]) -> Marked:
    """What of the query stands in one text."""
    start, end = _window(shown, sought)
    placed = placed_words(shown.text[start:end])
    found = tuple(
        (each, moved(place, start)) for each in sought if shown.column in each.columns for place in find(each, placed)
    )
    return Marked(column=shown.column, text=shown.text, read=(start, end), found=found)


def moved(found: Found, by: int) -> Found:
    """A place that was found in a piece, in the text that begins so much before it."""
    return Found(span=(found.span[0] + by, found.span[1] + by), how=found.how) if by else found


def _window(shown: Shown, sought: Sequence[Sought]) -> Span:
    text = shown.text
    if len(text) <= READ:
        return 0, len(text)
    lowered = text.lower()
    counting = [each for each in sought if shown.column in each.columns]
    places = _first(lowered, (_as_written(each) for each in counting))
    places = places or _first(lowered, (form for each in counting for form in _other_forms(each)))
    start = max(0, min(places, default=0) - _BEFORE)
    return start, min(len(text), start + READ)


def _first(lowered: str, forms: Iterable[str]) -> list[int]:
    """Where each of these that stands in the text stands first."""
    return [place for form in forms if form and (place := lowered.find(form)) >= 0]


def _as_written(sought: Sought) -> str:
    """As it was typed; another name for what was typed as the name is written."""
    if sought.how == "synonym":
        return sought.word or _joined(sought.run)
    return sought.asked.lower().rstrip("*")


def _other_forms(sought: Sought) -> Iterator[str]:
    """Its folded word, other forms, and what words with its stems begin with."""
    yield from (sought.word, _joined(sought.run), *sought.forms)
    yield from (stem[:-_STEM_ENDS] for stem in sought.stems if len(stem) > _SHORTEST_STEM)


def _joined(run: Sequence[str]) -> str:
    """Words side by side as they are written: Han without spaces."""
    return ("" if run and is_han(run[0][0]) else " ").join(run)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch joined."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def snippets(marked: Iterable[Marked]) -> tuple[Snippet, ...]:
    """At most three pieces of what was marked, those with most of the query first."""
    telling = [each for each in marked if each.found]
    telling.sort(key=lambda each: -len({sought.asked for sought, _ in each.found}))
    return tuple(_piece(each) for each in telling[:SNIPPETS])


def _piece(marked: Marked) -> Snippet:
    text, spans = marked.text, marked.spans
    if len(text) <= SNIPPET_LENGTH:
        return Snippet(field=marked.column, text=text, spans=spans)
    start = _fullest(spans)
    start = _word_start(text, max(0, start - _LEAD))
    end = min(len(text), start + SNIPPET_LENGTH)
    inside = tuple((a - start, min(b, end) - start) for a, b in spans if a >= start and a < end)
    return Snippet(
        field=marked.column, text=text[start:end], spans=inside, cut_before=start > 0, cut_after=end < len(text)
    )


def _fullest(spans: Sequence[Span]) -> int:
    """The beginning of the stretch with most marks."""
    room = SNIPPET_LENGTH - _LEAD
    return max(spans, key=lambda span: (sum(span[0] <= a < span[0] + room for a, _ in spans), -span[0]))[0]


def _word_start(text: str, place: int) -> int:
    if place == 0:
        return 0
    space = text.find(" ", place, place + 25)
    return place if space < 0 else space + 1
