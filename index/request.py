"""One question to the index, complete: who asks, what, narrowed how, in which order.

The reader's `Visibility` has no default: a search without one does not type-check.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from index.orders import Reached
from index.query.model import DateMode, QueryNode
from mappings.schema.access import Visibility

#: `date` earliest first (undated last), `date_desc` latest first (undated last), `title` A-Z, Han by pinyin, `creator`
#: by the first who made it, `code` by the reference code with its numbers by value (what has none is last),
#: `added` what came here last first, `changed` what changed last last, `id` an order of no meaning that never changes
Sort = Literal["relevance", "date", "date_desc", "title", "creator", "code", "added", "changed", "id"]
#: merged: one hit a cluster; members: one hit an institution's record
View = Literal["merged", "members"]
#: fonds, work: one row for all that stand in one fonds, or are editions of one work
Group = Literal["none", "fonds", "work"]
#: any: one of the values; all: every one of them; none: not one
FilterMode = Literal["any", "all", "none"]
#: lenient never fails and gives notices; strict raises QueryInvalid
Syntax = Literal["lenient", "strict"]

#: auto: a search without hits is widened step by step, and says so; strict reading never is
Relaxing = Literal["auto", "off"]

#: auto: plain words find what means the same too, where the exchange has the extra
Semantic = Literal["auto", "off"]

#: numbered pages reach to this hit; orders that are walked go on from there (`index.orders`)
LAST_HIT = 1_000
PAGE_SIZE: Final = 20
FACET_SIZE = 20


class FacetFilter(msgspec.Struct, frozen=True, kw_only=True):
    """A choice inside one facet; it never narrows that facet's own counts."""

    #: one of `index.facets.COUNTED`, such as `institution`; `identifier` or `ancestors`
    facet: str
    values: tuple[str, ...]
    mode: FilterMode = "any"


class SearchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A search; hashable, so it can key a cache."""

    visibility: Visibility
    #: as typed into the box; not read where `tree` is given
    text: str = ""
    tree: QueryNode | None = None
    syntax: Syntax = "lenient"
    #: several choices inside a facet: several entries of it; all entries hold at once
    filters: tuple[FacetFilter, ...] = ()
    #: year, ISO or EDTF date as typed, inclusive; one that cannot be read gives a notice (strict: QueryInvalid)
    date_from: str | None = None
    date_to: str | None = None
    date_mode: DateMode = "overlap"
    sort: Sort = "relevance"
    page: int = 1
    #: of an order that is walked: the hit to go on behind, in place of a page
    after: Reached | None = None
    #: number of the first hit wanted, in place of a page: to `LAST_HIT`, and at any depth of the order of `id`
    first_hit: int | None = None
    #: 0 = counts alone, at most 100
    page_size: int = PAGE_SIZE
    #: facets to count, of `index.facets.COUNTED`
    facets: tuple[str, ...] = ()
    facet_size: int = FACET_SIZE
    #: of a facet that is to have another number of values: (facet, number)
    facet_sizes: tuple[tuple[str, int], ...] = ()
    #: count bars over time too
    histogram: bool = False
    view: View = "merged"
    relax: Relaxing = "off"
    semantic: Semantic = "off"
    group: Group = "none"
    #: slug of an institution whose line a hit shows, and whose hit stands for its group, where it holds the thing
    prefer: str | None = None
    #: clusters that people pinned to the query (`index.best_bets`): found whatever its words find, first by relevance
    pinned: tuple[str, ...] = ()
    #: language of the page, BCP 47, for the labels of bars and notices
    language: str = "en"

    @property
    def takes_meaning(self) -> bool:
        """Whether what means much the same may join what has the words: in the order of relevance, a row a thing."""
        is_row_a_thing = self.view == "merged" and self.group == "none"
        return self.semantic == "auto" and self.sort == "relevance" and is_row_a_thing
