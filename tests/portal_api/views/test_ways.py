"""Ways out of a search without hits keep all of it but what they name."""

from __future__ import annotations

import pytest

from index.results import SearchAnswer, WayOut
from portal_api.views.search import SearchParameters, search_view


@pytest.mark.parametrize(
    ("kind", "drop", "text", "expected"),
    [
        ("filter", "level", "maps", "/search?q=maps&type=Text&from=1800"),
        ("dates", "date", "maps", "/search?q=maps&type=Text&level=item"),
        ("spelling", "maps", "map", "/search?q=map&type=Text&level=item&from=1800"),
        ("word", "maps", "*", "/search?q=%2A&type=Text&level=item&from=1800"),
    ],
)
def test_only_what_is_named_falls(kind: str, drop: str, text: str, expected: str) -> None:
    parameters = SearchParameters(q="maps", type=("Text",), level=("item",), from_="1800", page=3)
    way = WayOut(kind=kind, drop=drop, label=drop, text=text, count=1)
    ((_, address),) = search_view(parameters, SearchAnswer(total=0, ways_out=(way,))).ways
    assert address == expected
