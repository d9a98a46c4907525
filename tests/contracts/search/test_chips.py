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
