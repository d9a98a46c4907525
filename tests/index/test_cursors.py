"""Cursors: what goes in comes out, for the search and the reader they were made for, for a day; and walks meet all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.cursors import LIFE, read_cursor, written_cursor
from index.embedded.backend import EmbeddedSearch
from index.errors import CursorInvalid
from index.orders import Reached
from index.request import FacetFilter, SearchRequest
from mappings.schema.access import Visibility
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.index.indexed import Clusters, ask, publish

KEY, NOW = b"k" * 32, datetime(2026, 11, 26, tzinfo=UTC)
REQUEST = ask("letters from Peking", sort="date")

places = st.builds(
    Reached,
    value=st.integers(-(2**63), 2**63 - 1),
    order_key=st.integers(0, 2**48 - 1),
    given=st.integers(0, 2**40),
)


@given(places)
def test_a_cursor_gives_back_its_place(reached: Reached) -> None:
    cursor = written_cursor(reached, REQUEST, KEY, NOW)
    assert read_cursor(cursor, REQUEST, KEY, NOW + LIFE) == reached
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", cursor)


@given(places, st.integers(0), st.integers(1, 255))
def test_a_cursor_with_any_byte_changed_is_none(reached: Reached, place: int, change: int) -> None:
    cursor = written_cursor(reached, REQUEST, KEY, NOW).encode()
    place %= len(cursor)
    altered = cursor[:place] + bytes([cursor[place] ^ change]) + cursor[place + 1 :]
    with pytest.raises(CursorInvalid):
        read_cursor(altered.decode("latin-1"), REQUEST, KEY, NOW)


@given(st.text())
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(CursorInvalid):
        read_cursor(text, REQUEST, KEY, NOW)


CURSOR = written_cursor(Reached(value=1, order_key=2, given=20), REQUEST, KEY, NOW)


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(REQUEST, text="letters from Nanking"),
        msgspec.structs.replace(REQUEST, sort="date_desc"),
        msgspec.structs.replace(REQUEST, view="members"),
        msgspec.structs.replace(REQUEST, date_from="1800"),
        msgspec.structs.replace(REQUEST, filters=(FacetFilter(facet="level", values=("item",)),)),
        msgspec.structs.replace(REQUEST, visibility=Visibility(tokens=("public", "institution:riverside"))),
    ],
)
def test_a_cursor_of_another_search_or_reader_is_refused(other: SearchRequest) -> None:
    with pytest.raises(CursorInvalid, match="not given for this search"):
        read_cursor(CURSOR, other, KEY, NOW)


@pytest.mark.parametrize(
    "same",
    [
        msgspec.structs.replace(REQUEST, text="  letters  from Peking "),
        msgspec.structs.replace(REQUEST, page_size=100, facets=("level",), histogram=True, prefer="riverside"),
    ],
)
def test_the_same_search_may_be_written_otherwise_and_shown_otherwise(same: SearchRequest) -> None:
    assert read_cursor(CURSOR, same, KEY, NOW).given == 20


def test_a_cursor_rests_a_day_and_no_longer_and_belongs_to_one_exchange() -> None:
    with pytest.raises(CursorInvalid, match="older than 24 hours"):
        read_cursor(CURSOR, REQUEST, KEY, NOW + LIFE + timedelta(hours=1, seconds=1))
    with pytest.raises(CursorInvalid):
        read_cursor(CURSOR, REQUEST, b"x" * 32, NOW)


def test_within_an_hour_the_same_place_has_the_same_cursor() -> None:
    reached = Reached(value=1, order_key=2, given=20)
    assert written_cursor(reached, REQUEST, KEY, NOW + timedelta(minutes=59)) == CURSOR


def letter(number: int, title: str = "Letter") -> UnifiedRecord:
    """A letter."""
    return factories.unified_record(
        factories.catalogue_record(native_id=f"oai:n:{number}", title=factories.title(title))
    )


def test_a_walk_by_id_meets_each_once_while_things_come_go_and_change(tmp_path: Path) -> None:
    clusters = Clusters(letter(number) for number in range(40))
    publish(tmp_path, clusters)
    search = EmbeddedSearch(tmp_path)
    lasting, going = set(clusters.present), letter(39).id
    request, met = ask("letter", sort="id", page_size=6), list[str]()
    for number in range(100, 200):
        answer = search.search(request)
        met += [hit.id for hit in answer.hits]
        if answer.reached is None:
            break
        request = msgspec.structs.replace(request, after=answer.reached)
        clusters.put(letter(number), letter(number - 100, "Letter, changed"))
        clusters.drop(going)
        publish(tmp_path, clusters)
    assert len(met) == len(set(met))
    assert lasting - {going} <= set(met)


def test_a_walk_goes_on_to_its_end_where_what_it_gave_is_gone_since(tmp_path: Path) -> None:
    clusters = Clusters(letter(number) for number in range(40))
    publish(tmp_path, clusters)
    search, request = EmbeddedSearch(tmp_path), ask("letter", sort="id", page_size=10)
    met: list[str] = []
    for _ in range(2):
        answer = search.search(request)
        met += [hit.id for hit in answer.hits]
        request = msgspec.structs.replace(request, after=answer.reached)
    for gone in met:
        clusters.drop(gone)
    publish(tmp_path, clusters)
    while request.after is not None:
        answer = search.search(request)
        met += [hit.id for hit in answer.hits]
        request = msgspec.structs.replace(request, after=answer.reached)
    assert len(set(met)) == 40
