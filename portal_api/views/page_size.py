"""How many hits a page of results has: the reader's choice, which its links keep."""

from __future__ import annotations

from typing import Literal, get_args

from index.request import PAGE_SIZE
from portal_api.views.search import SearchParameters, of_door

#: each divides what pages reach, so that the last page is a whole one
PageSize = Literal[10, 20, 50, 100]
SIZES: tuple[int, ...] = get_args(PageSize)


class PageParameters(SearchParameters, frozen=True, kw_only=True):
    """What the results page may be asked besides."""

    page_size: PageSize = PAGE_SIZE


def on_page(parameters: SearchParameters) -> PageParameters:
    """The search with how many hits a page has, without its place in a list and what one door asks besides."""
    return of_door(PageParameters, parameters)
