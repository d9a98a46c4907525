"""A search that finds nothing is widened step by step where the reader lets it, names the step, and loses no filter."""

from __future__ import annotations

import pytest

from index.ports import SearchBackend
from index.request import FacetFilter
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing

VISIBLE = (
    *("Parish registers of Wellington", "Parish registers of Ely", "Parish chest"),
    *("紅樓夢研究", "上海商會檔案", "Zyzzy letters"),
)


@pytest.fixture(scope="module", name="both")
def fixture_both(index_of: IndexOf) -> tuple[SearchBackend, SearchBackend]:
    """A search with hidden things, and one over the visible alone."""
    hidden = [
        thing(title, audience=HOLDER) for title in ("Zyzzogeton", "Zyzzogeton survey", "紅樓孟", "Ely quagga plans")
    ]
    return index_of([*map(thing, VISIBLE), *hidden]), index_of(map(thing, VISIBLE))


def relaxed(search: SearchBackend, text: str, **fields: object) -> tuple[str, str, set[str]]:
    """Step, what was searched, titles."""
    answer = search.search(ask(text, relax="auto", **fields))  # type: ignore[arg-type]
    titles = {hit.title for hit in answer.hits}
    return (answer.relaxed.step, answer.relaxed.text, titles) if answer.relaxed else ("", "", titles)


@pytest.mark.parametrize(
    ("typed", "step", "text", "titles"),
    [
        ("parsh wellingtn", "spelling", "parish wellington", {"Parish registers of Wellington"}),
        ("红楼孟", "sound", "红楼梦", {"紅樓夢研究"}),
        ("上海 商慧", "sound", "上海 商会", {"上海商會檔案"}),
        ("ely parish registers quartz", "half", "ely parish registers quartz", {"Parish registers of Ely"}),
        ("chest registers parish quartz", "half", "chest registers parish quartz",
         {"Parish registers of Wellington", "Parish registers of Ely", "Parish chest"}),
        ("chest registers parish quartz -wellington", "half", "chest registers parish quartz -wellington",
         {"Parish registers of Ely", "Parish chest"}),
    ],
)  # fmt: skip
def test_steps(both: tuple[SearchBackend, SearchBackend], typed: str, step: str, text: str, titles: set[str]) -> None:
    assert relaxed(both[0], typed) == (step, text, titles)


def test_words_that_were_understood_together_count_as_one_of_the_halves(index_of: IndexOf) -> None:
    letters = thing("Letters of a grocer", dates=(factories.date("1850"),))
    shoes = thing("Shoes of the 19th century", dates=(factories.date("1990"),))
    maps = thing("Quarries of Nashville", dates=(factories.date("1990"),))
    found = relaxed(index_of([letters, shoes, maps]), "letters 19th century nashville")
    assert found == ("half", "letters 19th century nashville", {"Letters of a grocer"})


def test_a_code_that_finds_nothing_is_not_halved(both: tuple[SearchBackend, SearchBackend]) -> None:
    assert relaxed(both[0], "PARISH/ELY/QM/7") == ("", "", set())
    assert relaxed(both[0], "parish ely registers qm")[0] == "half"


def test_two_things_that_are_sought_are_not_halved(index_of: IndexOf) -> None:
    search = index_of([thing("Letters of a grocer", dates=(factories.date("1990"),))])
    assert relaxed(search, "letters 19th century") == ("", "", set())


@pytest.mark.parametrize("typed", ["parish", "quartz feldspar", "红楼", '"parish quartz feldspar"', "日月星"])
def test_what_is_found_or_beyond_help_is_not_relaxed(both: tuple[SearchBackend, SearchBackend], typed: str) -> None:
    assert both[0].search(ask(typed, relax="auto")).relaxed is None


def test_the_search_as_asked_stands_beside(both: tuple[SearchBackend, SearchBackend]) -> None:
    answer = both[0].search(ask("parsh", relax="auto"))
    assert (answer.query, answer.total) == ("parsh", 3)
    assert both[0].search(ask("parsh", relax="off")).total == 0
    assert both[0].search(ask("parsh", relax="auto", syntax="strict")).total == 0


def test_filters_are_kept(both: tuple[SearchBackend, SearchBackend]) -> None:
    none = (FacetFilter(facet="level", values=("fonds",)),)
    assert relaxed(both[0], "parsh", filters=none) == ("", "", set())


def test_where_little_is_found_other_spellings_are_offered(both: tuple[SearchBackend, SearchBackend]) -> None:
    answer = both[0].search(ask("chest OR parsh", relax="auto"))
    assert (answer.total, answer.relaxed) == (1, None)
    assert [(way.kind, way.label, way.count) for way in answer.ways_out] == [("spelling", "parish", 3)]


@pytest.mark.parametrize(
    "typed", ["zyzzogetom", "红楼孟", "ely quagga plans quartz", "zyzzogeton letters", "ely quaga"]
)
def test_hidden_things_change_no_step(both: tuple[SearchBackend, SearchBackend], typed: str) -> None:
    assert relaxed(both[0], typed) == relaxed(both[1], typed)
    answers = [search.search(ask(typed, relax="auto")) for search in both]
    assert answers[0].ways_out == answers[1].ways_out


def test_its_holder_is_led_to_a_hidden_thing(both: tuple[SearchBackend, SearchBackend]) -> None:
    assert relaxed(both[0], "zyzzogetom", visibility=INSIDE)[:2] == ("spelling", "zyzzogeton")
