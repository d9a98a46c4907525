"""What a search finds, in which order, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from index.embedded.backend import EmbeddedSearch
from index.errors import NoGeneration, QueryInvalid
from index.ports import SearchBackend
from index.request import FacetFilter
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import ask, thing, titles


def titled(*titles: str) -> list[UnifiedRecord]:
    """A cluster a title."""
    return [
        factories.unified_record(factories.catalogue_record(native_id=f"oai:n:{number}", title=factories.title(title)))
        for number, title in enumerate(titles)
    ]


def found(search: SearchBackend, text: str, **fields: object) -> list[str]:
    """Titles of the hits, in order."""
    return [hit.title for hit in search.search(ask(text, **fields)).hits]


TITLES = ("Parish registers of Bath", "京都大學圖書館藏書目錄", "O'Brien letters", "Parish register 1813")


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """A search over a few titles."""
    return index_of(titled(*TITLES))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("parish register", ["Parish register 1813", "Parish registers of Bath"]),
        ("京都大学", ["京都大學圖書館藏書目錄"]),
        ("大學圖書館", ["京都大學圖書館藏書目錄"]),
        ("obrien", ["O'Brien letters"]),
        ("o’brien", ["O'Brien letters"]),
        ('"parish registers"', ["Parish registers of Bath"]),
        ('title:^"parish registers"', ["Parish registers of Bath"]),
        ('title:="parish register 1813"', ["Parish register 1813"]),
        ("registr*", []),
        ("regist* bath", ["Parish registers of Bath"]),
        ("regi?ters", ["Parish registers of Bath"]),
        ("registre~ 1813", ["Parish register 1813"]),
        ("parish -bath", ["Parish register 1813"]),
        ("bath OR obrien", ["O'Brien letters", "Parish registers of Bath"]),
        ('"parish bath"~3', ["Parish registers of Bath"]),
        ("id:oai:n:2", ["O'Brien letters"]),
        ("zzz", []),
    ],
)
def test_words_phrases_and_masks(search: SearchBackend, query: str, expected: Sequence[str]) -> None:
    answered = found(search, query)
    assert (sorted(answered) if " OR " in query else answered) == list(expected)


def test_a_title_that_is_the_query_comes_first_and_says_so(search: SearchBackend) -> None:
    hit = search.search(ask("parish register 1813")).hits[0]
    assert hit.why[0].clause == "title"
    assert [hit.title[start:end] for start, end in hit.title_spans] == ["Parish", "register", "1813"]


def test_a_stem_is_named_as_one(search: SearchBackend) -> None:
    hit = search.search(ask("bath register")).hits[0]
    assert {(reason.words, reason.how) for reason in hit.why} == {(("Bath",), "exact"), (("registers",), "stem")}


def test_a_choice_in_a_facet_does_not_narrow_its_own_counts(index_of: IndexOf) -> None:
    one, two = titled("Maps of Bath", "Maps of Wells")
    other = factories.catalogue_record(native_id="oai:n:9", title=factories.title("Maps of Ely"), level="fonds")
    search = index_of([one, two, factories.unified_record(other)])
    chosen = (FacetFilter(facet="level", values=("fonds",)),)
    answer = search.search(ask("maps", filters=chosen, facets=("level", "creator")))
    assert answer.total == 1
    assert [(each.value, each.count, each.selected) for each in answer.facets["level"]] == [
        ("item", 2, False),
        ("fonds", 1, True),
    ]
    assert [each.count for each in answer.facets["creator"]] == [1]


def test_without_hits_wider_searches_are_offered(search: SearchBackend) -> None:
    (way,) = search.search(ask("zzz parish")).ways_out
    assert (way.kind, way.drop, way.text, way.count) == ("word", "zzz", "parish", 2)


def test_titles_are_put_in_order_by_letters_and_pinyin(search: SearchBackend) -> None:
    assert found(search, "", sort="title") == [TITLES[1], TITLES[2], TITLES[3], TITLES[0]]


def test_no_index_yet_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoGeneration):
        EmbeddedSearch(tmp_path).search(ask("x"))


def test_strict_syntax_is_refused_with_its_place(search: SearchBackend) -> None:
    with pytest.raises(QueryInvalid):
        search.search(ask('"parish', syntax="strict"))


def test_a_hit_that_lacks_what_was_left_out_says_that_all_was_asked_for(index_of: IndexOf) -> None:
    (hit,) = index_of([thing("Maps"), thing("Letters")]).search(ask("-letters")).hits
    assert [(reason.clause, reason.words) for reason in hit.why] == [("all", ())]


def test_umlauts_are_found_by_both_of_their_spellings(index_of: IndexOf) -> None:
    search = index_of([thing("Nachlass Müller"), thing("Nachlass Mueller"), thing("Nachlass Miller")])
    for typed in ("Müller", "Mueller", "MUELLER", "Mu\u0308ller"):
        assert sorted(titles(search, typed)) == ["Nachlass Mueller", "Nachlass Müller"], typed
    assert titles(search, "Muller") == ["Nachlass Müller"]
    (hit,) = (each for each in search.search(ask("mueller")).hits if "ü" in each.title)
    assert [hit.title[a:b] for a, b in hit.title_spans] == ["Müller"]


def test_a_quoted_umlaut_is_found_in_both_of_its_spellings(index_of: IndexOf) -> None:
    search = index_of([thing("Der Nachlaß Müller"), thing("Nachlass Mueller in Kiel"), thing("Mueller, Nachlass")])
    for typed in ('"Nachlass Müller"', 'title:"nachlass Mu\u0308ller"', '"Nachlass Mueller"', '"nachlaß mueller"~2'):
        hits = search.search(ask(typed)).hits
        marked = [hit.title[a:b] for hit in hits for a, b in hit.title_spans]
        assert sorted(" ".join(marked).split()) == ["Mueller", "Müller", "Nachlass", "Nachlaß"], typed
    assert titles(search, '"Nachlass Muller"') == ["Der Nachlaß Müller"]
    assert titles(search, 'title:="der nachlass mueller"') == ["Der Nachlaß Müller"]
    assert titles(search, '"Kiel Nachlass"~5') == []
    assert titles(search, '"Müller der"~5') == titles(search, '"mueller der"~5') == []
    for masked in ("muelle*", "mue?ler", "muelller~"):
        assert len(titles(search, masked)) == 3, masked


def test_umlauts_of_compounds_are_found_by_both_of_their_spellings(index_of: IndexOf) -> None:
    search = index_of([thing("Häuser in Müller-Lüdenscheid"), thing("Haeuser in Mueller-Luedenscheid")])
    for typed in ("häuser", "haeuser", "müller-lüdenscheid", "mueller-luedenscheid", "luedenscheid"):
        assert len(titles(search, typed)) == 2, typed
