"""What a search gives back: hits, counts, bars, and what was understood. Frozen, ready for JSON.

Spans are `(start, end)` in code points of the text beside them; nothing here is HTML.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from index.orders import Reached

Clause = Literal["id", "code", "title", "words", "phrase", "filter", "date", "all", "pinned", "meaning"]
How = Literal[
    "exact",
    "stem",
    "prefix",
    "pattern",
    "fuzzy",
    "synonym",
    "context",
    "date",
    "named",
    "pinned",
    "semantic",
    "pinyin",
]
HistogramUnit = Literal["century", "decade", "year"]
Span = tuple[int, int]


class HitInstitution(msgspec.Struct, frozen=True, kw_only=True):
    """A holder of the thing, with its own code and page."""

    slug: str
    name: str
    reference_code: str | None = None
    #: the holder's own page
    url: str | None = None


class Snippet(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a field with the places where the query's words stand."""

    #: a text column of the field table, such as `description`
    field: str
    text: str
    spans: tuple[Span, ...]
    #: text was left out before / after
    cut_before: bool = False
    cut_after: bool = False


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason why a hit is there."""

    clause: Clause
    #: the column, look-up or facet that matched
    field: str
    #: words of the record that matched, as shown
    words: tuple[str, ...] = ()
    #: words of the query that they answer
    asked: tuple[str, ...] = ()
    how: How = "exact"


class HitGroup(msgspec.Struct, frozen=True, kw_only=True):
    """What a hit stands for, where hits are gathered by fonds or work."""

    #: the value of the facet `fonds` or `work` that finds all of it
    value: str
    #: title of the fonds; of a work that of the hit
    label: str
    #: hits that belong to it, this one among them
    count: int
    #: the next best of them
    others: tuple[SearchHit, ...] = ()


class SearchHit(msgspec.Struct, frozen=True, kw_only=True):
    """One cluster (view merged) or one institution's record (view members) that answers."""

    #: cluster id
    id: str
    #: the record, in the view of members and where the cluster has a single one
    record: str | None = None
    level: str
    title: str
    title_lang: str | None = None
    title_spans: tuple[Span, ...] = ()
    #: dates of the material as written
    dates: str = ""
    creators: tuple[str, ...] = ()
    institutions: tuple[HitInstitution, ...] = ()
    #: how many records stand behind the hit
    members: int = 1
    #: titles from the root down to the parent; a hidden one is empty
    ancestors: tuple[str, ...] = ()
    #: DCMI type code
    type: str | None = None
    languages: tuple[str, ...] = ()
    #: status and line of the most open member; conditions under which it may be seen are the record page's
    status: str = "unknown"
    line: str = "full"
    #: something of it can be seen online
    online: bool = False
    snippets: tuple[Snippet, ...] = ()
    why: tuple[Reason, ...] = ()
    #: found by what the query means; the words alone do not find it
    semantic: bool = False
    #: of a search that gathers hits: what it stands for; None where it belongs to nothing
    group: HitGroup | None = None


class FacetCount(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a facet: key, the label to show, how many hits choosing it (alone in its facet) gives."""

    value: str
    label: str
    count: int
    selected: bool = False
    #: what has it is left out of the hits; the count is of what would be left out
    excluded: bool = False


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of the histogram; a record counts in each bar that its range touches."""

    #: first and last astronomic year of the bar, ready for `date_from` and `date_to`
    first: int
    last: int
    count: int


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """At most 24 bars without gaps, and what has no place among them."""

    unit: HistogramUnit
    bars: tuple[Bar, ...]
    #: records without a date
    undated: int = 0
    #: records whose range is too wide to stand in bars of this unit
    wide: int = 0


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something of the query that was read otherwise than written, or not at all."""

    #: code points of the text as typed
    position: int
    length: int
    #: `index.query.faults.Code`, `meaning_away`, `meaning_not_gathered` or `forms_trimmed`
    code: str
    #: spelt much the same: of a field that is none names of fields, of a value that its field never has values
    near: tuple[str, ...] = ()
    #: of a value that was asked for beside the text or by a name: its facet, and the value
    field: str = ""
    value: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """The same for notices that need to be told once."""
        return (self.code, self.field, self.value)


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the query that was taken to mean something: shown, never applied unseen."""

    #: notice, date, period, identifier, field …
    kind: str
    position: int
    length: int
    #: the part as typed
    text: str
    #: what it was taken for, in the query's own notation (`date:1931..1945`); of a notice its code
    meaning: str


ChipKind = Literal[
    "code", "identifier", "date", "place", "type", "level", "language", "institution", "synonym", "pinyin",
    "dates", "field", "phrase", "not", "or", "mask", "part",
]  # fmt: skip


class ChipReading(msgspec.Struct, frozen=True, kw_only=True):
    """One of several things that words may name, and the query text that asks for it alone."""

    label: str
    only: str


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the query as it was understood, and the queries that settle it: a chip is taken off by asking anew."""

    #: up to `synonym` words that name something, sought as words or as that; the others are conditions as typed
    kind: ChipKind
    #: in the notation of the search box
    label: str
    #: the query text without this part; of what was understood the words stay as words alone
    without: str
    #: of what was understood: the query text with the words as what they name alone, where that is a condition
    only: str | None = None
    #: other names that are looked for
    also: tuple[str, ...] = ()
    #: of what may be one of several things, such as a year of two reigns with one title: each of them
    readings: tuple[ChipReading, ...] = ()


class WayOut(msgspec.Struct, frozen=True, kw_only=True):
    """For a search without hits, or with few: a wider one that has more."""

    #: spelling, filter, dates, word, operator
    kind: str
    #: what to leave out or spell otherwise: a facet's key, `date`, or words of the query
    drop: str
    #: the value's label or the words; of a spelling the words that may have been meant
    label: str
    #: the query text of the wider search (unchanged where a filter falls)
    text: str
    count: int


#: spelling: words near those typed; sound: characters of equal sound; half: half of the words suffice
RelaxingStep = Literal["spelling", "sound", "half"]


class Relaxed(msgspec.Struct, frozen=True, kw_only=True):
    """The search found nothing as it was asked; what is shown was found so."""

    step: RelaxingStep
    #: what was searched in its place, in the notation of the search box; of `half` what was asked
    text: str


SuggestionKind = Literal["title", "creator", "subject", "place", "institution", "code"]


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A way to go on from what was typed."""

    kind: SuggestionKind
    #: as shown
    text: str
    #: the query that asks for it
    query: str
    #: how many things the value has; of titles and codes none is told
    count: int | None = None
    #: of a title: the thing itself
    cluster: str | None = None


class SimilarHit(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that is like another, and what it shares with it."""

    id: str
    title: str
    title_lang: str | None = None
    level: str
    dates: str = ""
    creators: tuple[str, ...] = ()
    institutions: tuple[HitInstitution, ...] = ()
    #: names, subjects and words of titles that both have, the rarest first
    shared: tuple[str, ...] = ()
    #: it means much the same, where the exchange has the extra
    near: bool = False


class SearchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All that a results page needs."""

    total: int
    #: rows on all pages, of a search that gathers hits: of the best that pages reach; on a walk those given so far
    groups: int | None = None
    #: hits on all pages that were found by meaning alone; neither `total` nor facets count them
    semantic_added: int = 0
    #: every part of the index answered in time; else there may be more hits, and counts are too low
    exact: bool = True
    hits: tuple[SearchHit, ...] = ()
    #: facet key -> counts, largest first, selected values always among them
    facets: dict[str, tuple[FacetCount, ...]] = {}
    histogram: Histogram | None = None
    understood: tuple[Understood, ...] = ()
    chips: tuple[Chip, ...] = ()
    notices: tuple[Notice, ...] = ()
    #: what the hits were found by, where the search as asked found none
    relaxed: Relaxed | None = None
    #: where the search as asked found nothing; where it found little, other spellings alone
    ways_out: tuple[WayOut, ...] = ()
    #: the tree that was searched, printed: what the page shows as "understood as"
    query: str = ""
    #: name and commit of the index that answered, for caches
    commit: str = ""
    page: int = 1
    page_size: int = 20
    #: how many hits stand before these
    before: int = 0
    #: the last hit, where the order is walked and there are more behind it
    reached: Reached | None = None
    #: the first hit, where the order is walked and there are some before it
    begun: Reached | None = None
