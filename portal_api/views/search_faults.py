"""What a search asks for that no door gives: the faults of parameters that are right each for itself."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from index.request import LAST_HIT
from portal_api.errors import ParameterFault
from portal_api.http.marking import N_, Sentence
from portal_api.views.filters import identifiers
from portal_api.views.search import SearchParameters

#: identifiers of one search
MOST_IDS = 100


def too_many_ids(parameters: SearchParameters) -> ParameterFault | None:
    """The fault of more identifiers than are looked for at once."""
    if len(identifiers(parameters.ids)) <= MOST_IDS:
        return None
    detail = f"ids: at most {MOST_IDS} identifiers are looked for at once"
    said = Sentence(text=N_("At most %(most)s identifiers are looked for at once."), values={"most": MOST_IDS})
    return ParameterFault(parameter="ids", code="parameter-invalid", detail=detail, said=said)


def unknown_holder(parameters: SearchParameters, slugs: Collection[str]) -> ParameterFault | None:
    """The fault of a holder to be preferred that the exchange has not."""
    if not parameters.prefer or parameters.prefer in slugs:
        return None
    shown = parameters.prefer[:80]
    near = get_close_matches(shown, slugs, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    detail = f"prefer: expected the short name of an institution, found {shown!r}{hint}"
    said = Sentence(text=N_("There is no institution with the short name %(name)s."), values={"name": shown})
    return ParameterFault(parameter="prefer", code="parameter-invalid", detail=detail, said=said)


def too_deep() -> ParameterFault:
    """The fault of a page behind the last hit that pages reach."""
    detail = f"page: pages end at hit {LAST_HIT}; narrow the search"
    said = Sentence(text=N_("Pages end at hit %(last)s; narrow the search."), values={"last": LAST_HIT})
    return ParameterFault(parameter="page", code="parameter-invalid", detail=detail, said=said)


def cursor_beside_page() -> ParameterFault:
    """The fault of a cursor where a page is given too."""
    detail = "cursor: it takes the place of page; give one of them"
    said = Sentence(text=N_("A page is asked for by its number or by its place in a list, not by both."))
    return ParameterFault(parameter="cursor", code="parameter-invalid", detail=detail, said=said)
