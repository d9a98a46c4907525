"""Chinese typed in Latin letters: offered while it is typed, and found where the letters are hardly words."""

from __future__ import annotations

import pytest

from index.ports import SearchBackend
from index.query.cql import parse_cql
from index.query.cql_printed import printed_cql
from index.query.recognising import recognised
from index.query.syntax import parse
from mappings.schema.access import EVERYONE
from mappings.schema.record import Place, Subject
from mappings.schema.text import Text
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing, titles


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """Chinese things and English ones, one of them seen by its holder alone."""
    return index_of(
        [
            thing("紅樓夢"),
            thing("新刻紅樓夢曲譜", agents=(factories.agent("曹雪芹"),)),
            thing("奏摺", places=(Place(label=Text(value="重慶")),)),
            thing("嫦娥"),
            thing("詞論", subjects=(Subject(label=Text(value="李清照"), kind="person"),)),
            thing("書目", agents=(factories.agent("商務印書館", roles=("pbl",)),)),
            *(thing(f"Change at {place}") for place in ("Wells", "Lynn", "Hythe")),
            thing("红楼密档", audience=HOLDER),
        ]
    )


def offered(search: SearchBackend, text: str) -> list[tuple[str, str]]:
    """Kind and text of each suggestion to the public."""
    return [(each.kind, each.text) for each in search.suggest(text, EVERYONE)]


@pytest.mark.parametrize("typed", ["honglou", "hong lou", "hongl", "hung lou", "hung-lou m", "hlm", "HLM", "Hónglóu"])
def test_chinese_titles_are_offered_for_latin_letters(search: SearchBackend, typed: str) -> None:
    found = offered(search, typed)
    assert found[0] == ("title", "紅樓夢")
    if not typed.lower().startswith("hlm"):
        assert ("title", "新刻紅樓夢曲譜") in found


def test_chinese_names_and_places_are_offered_too(search: SearchBackend) -> None:
    for typed in ("caoxue", "ts'ao hsueh-ch'in", "cxq"):
        assert ("creator", "曹雪芹") in offered(search, typed)
    assert offered(search, "chongq") == [("place", "重慶")]


def test_names_that_a_thing_is_about_or_was_published_by_are_spoken_too(search: SearchBackend) -> None:
    for typed, title, field in (("liqingzhao", "詞論", "subject"), ("shangwu yinshuguan", "書目", "creator")):
        (hit,) = search.search(ask(typed)).hits
        (why,) = hit.why
        assert (hit.title, why.how, why.field) == (title, "pinyin", field)
    assert ("subject", "李清照") in offered(search, "liqing")


def test_what_is_offered_finds_what_it_names(search: SearchBackend) -> None:
    for typed in ("honglou", "cxq", "chongqing"):
        for each in search.suggest(typed, EVERYONE):
            total = search.search(ask(each.query)).total
            assert total == (each.count or total) > 0, each


def test_hidden_things_are_offered_to_their_holder_alone(search: SearchBackend) -> None:
    assert ("title", "红楼密档") not in offered(search, "honglou")
    assert ("title", "红楼密档") in [(each.kind, each.text) for each in search.suggest("honglou", INSIDE)]
    assert titles(search, "honglou midang") == []
    assert search.sounds(parse("honglou midang").tree, EVERYONE) == {"honglou"}


@pytest.mark.parametrize("typed", ["hongloumeng", "hong lou meng", "hung lou meng"])
def test_chinese_is_found_by_its_sound_and_says_so(search: SearchBackend, typed: str) -> None:
    answer = search.search(ask(typed))
    assert {hit.title for hit in answer.hits} == {"紅樓夢", "新刻紅樓夢曲譜"}
    (chip,) = answer.chips
    assert (chip.kind, chip.label) == ("pinyin", typed)
    assert set(titles(search, chip.only or "")) == {"紅樓夢", "新刻紅樓夢曲譜"}
    assert titles(search, chip.without) == []
    (why,) = next(hit.why for hit in answer.hits if hit.title == "紅樓夢")
    assert (why.how, why.field, why.words, why.asked) == ("pinyin", "title", ("紅樓夢",), (typed,))


def test_other_words_have_to_stand_beside_it(search: SearchBackend) -> None:
    assert titles(search, "caoxueqin 曲譜") == ["新刻紅樓夢曲譜"]
    assert titles(search, "caoxueqin letters", relax="off") == []


def test_a_word_of_several_records_is_a_word(search: SearchBackend) -> None:
    answer = search.search(ask("change"))
    assert (answer.total, answer.chips) == (3, ())
    assert titles(search, "pinyin:change") == ["嫦娥"]


def test_sru_means_the_same_by_the_understood_query(search: SearchBackend) -> None:
    tree = parse("hongloumeng").tree
    meant = recognised(tree, {}, search.sounds(tree, EVERYONE))
    again = parse_cql(printed_cql(meant)).tree
    assert set(titles(search, tree=again)) == {"紅樓夢", "新刻紅樓夢曲譜"}
    assert titles(search, syntax="strict", text="hongloumeng") == []
