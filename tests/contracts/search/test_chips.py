"""Words that name a time find by either meaning, and every understood part can be taken off by asking anew."""

from __future__ import annotations

import pytest

from index.errors import QueryInvalid
from index.ports import SearchBackend
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import ask, thing, titles


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """Things of a year, things that only name it, and others."""
    return index_of(
        [
            thing("Letters of Scott", dates=(factories.date("1955"),)),
            thing("Letters of Wells", dates=(factories.date("1900"),)),
            thing("Scott 1955 wall calendar letters", dates=(factories.date("1954"),)),
            thing("上海商會檔案", dates=(factories.date("1920"),)),
        ]
    )


def test_a_year_finds_what_is_of_it_and_what_names_it(search: SearchBackend) -> None:
    assert sorted(titles(search, "scott 1955")) == ["Letters of Scott", "Scott 1955 wall calendar letters"]
    assert sorted(titles(search, "1955")) == ["Letters of Scott", "Scott 1955 wall calendar letters"]
    assert titles(search, "scott letters 1955")[0] == "Scott 1955 wall calendar letters"


def test_a_period_in_chinese_and_a_century_are_times(search: SearchBackend) -> None:
    assert titles(search, "上海 民国") == ["上海商會檔案"]
    assert "Letters of Wells" in titles(search, "letters 20th century")


def test_the_chip_of_a_year_leads_to_either_meaning_alone(search: SearchBackend) -> None:
    (chip,) = search.search(ask("scott 1955")).chips
    assert (chip.kind, chip.label, chip.only, chip.without) == ("date", "1955", "scott date:1955", 'scott "1955"')
    assert titles(search, chip.only or "") == ["Letters of Scott"]
    assert titles(search, chip.without) == ["Scott 1955 wall calendar letters"]
    assert not [each for each in search.search(ask(chip.without)).chips if each.kind == "date"]


def test_every_condition_is_a_chip_that_can_be_taken_off(search: SearchBackend) -> None:
    answer = search.search(ask("scott -wells level:item"))
    assert [(chip.kind, chip.label, chip.without) for chip in answer.chips] == [
        ("not", "-wells", "scott level:item"),
        ("field", "level:item", "scott -wells"),
    ]


def test_why_a_hit_without_the_word_is_there(search: SearchBackend) -> None:
    by_title = {hit.title: hit.why for hit in search.search(ask("scott 1955")).hits}
    assert "date" in {reason.how for reason in by_title["Letters of Scott"]}
    assert "date" not in {reason.how for reason in by_title["Scott 1955 wall calendar letters"]}


def test_what_is_read_strictly_is_what_was_written(search: SearchBackend) -> None:
    assert titles(search, "scott 1955", syntax="strict") == ["Scott 1955 wall calendar letters"]
    with pytest.raises(QueryInvalid):
        search.search(ask("scott (1955", syntax="strict"))


def test_several_times_stay_words(search: SearchBackend) -> None:
    assert not search.search(ask("1954 1955")).chips


def test_words_on_either_side_of_or_are_understood(search: SearchBackend) -> None:
    answer = search.search(ask("calendar OR 民国"))
    assert sorted(hit.title for hit in answer.hits) == ["Scott 1955 wall calendar letters", "上海商會檔案"]
    (chip,) = (each for each in answer.chips if each.kind == "date")
    assert (chip.only, chip.without) == ("calendar OR date:民国", 'calendar OR "民国"')
    inside = search.search(ask("letters (1955 OR wells)"))
    assert len(inside.hits) == 3
    (year,) = (each for each in inside.chips if each.kind == "date")
    assert year.only == "letters (date:1955 OR wells)"
    assert [each.kind for each in search.search(ask("letters -(1955 OR wells)")).chips if each.kind == "date"] == []


def test_ids_of_the_exchange_are_chips(search: SearchBackend) -> None:
    (hit,) = search.search(ask("shanghai 上海")).hits[:1] or search.search(ask("上海")).hits[:1]
    for name in (hit.id, hit.record or ""):
        answer = search.search(ask(f"letters {name}"))
        assert [(each.kind, each.only) for each in answer.chips if each.kind == "identifier"] == [
            ("identifier", f"letters id:{name}")
        ]
        assert titles(search, f"id:{name}") == titles(search, name) == [hit.title]


def test_a_code_that_there_is_is_a_chip(index_of: IndexOf) -> None:
    held = (factories.holding(reference_code="WA/HMM/CM/Col/1"),)
    search = index_of([thing("Zebra", holding=held), thing("Letters of WA"), thing("Letters, AC/DC")])
    answer = search.search(ask("zebra WA/HMM"))
    assert [(each.kind, each.label, each.only, each.without) for each in answer.chips] == [
        ("code", "WA/HMM", "zebra code:WA/HMM/*", 'zebra "WA/HMM"')
    ]
    assert titles(search, "zebra WA/HMM") == ["Zebra"]
    assert search.search(ask("zebra AC/DC")).chips == ()
    assert [each.kind for each in search.search(ask("WA/HMM/CM/Col/1")).chips] == ["code"]


def test_a_code_with_blanks_is_a_chip(index_of: IndexOf) -> None:
    held = (factories.holding(reference_code="Ms. Or. 123 b"),)
    search = index_of([thing("Zebra", holding=held), thing("Zebra of 123 letters"), thing("Ms. letters 123")])
    answer = search.search(ask("zebra Ms. Or. 123 b"))
    assert [(each.kind, each.label, each.only, each.without) for each in answer.chips] == [
        ("code", "Ms. Or. 123 b", 'zebra code:"Ms. Or. 123 b/*"', 'zebra "Ms. Or. 123 b"')
    ]
    assert titles(search, answer.chips[0].only or "") == ["Zebra"]
    above = search.search(ask("ms. or. 123"))
    assert [(each.kind, each.only) for each in above.chips] == [("code", 'code:"ms. or. 123/*"')]
    assert [hit.title for hit in above.hits][:1] == ["Zebra"]


def test_words_and_a_number_are_no_code_unless_there_is_one(index_of: IndexOf) -> None:
    search = index_of([thing("Zebra 12 b"), thing("Letters", holding=(factories.holding(reference_code="May 1900"),))])
    assert search.search(ask("zebra 12 b")).chips == ()
    assert {each.kind for each in search.search(ask("letters May 1900")).chips} <= {"date", "synonym", "type"}
