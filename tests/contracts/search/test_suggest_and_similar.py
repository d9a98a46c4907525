"""What is offered while somebody types, and what is like a thing: nothing but what the reader may see."""

from __future__ import annotations

import pytest

from index.ports import SearchBackend
from mappings.schema.access import EVERYONE
from mappings.schema.hierarchy import Ancestor, Hierarchy
from mappings.schema.record import Place, Subject
from mappings.schema.text import Text
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing, titles


def about(title: str, *subjects: str, audience: str = "public", creator: str = "Smith, Jane") -> UnifiedRecord:
    """A thing of these subjects, by one person."""
    return thing(
        title,
        audience=audience,
        agents=(factories.agent(creator),),
        subjects=tuple(Subject(label=Text(value=each)) for each in subjects),
        places=(Place(label=Text(value="Harwich")),),
        holding=(factories.holding(reference_code=f"WA/HMM/{len(title)}"),),
    )


VISIBLE = (
    about("Harbour plans of Lynn", "Harbours", creator="Harding, Ann"),
    about("Old harbour of Wells", "Harbours", "Wells"),
    about("Chart of the north sea", "Charts", creator="Harding, Ann"),
    about("上海商會檔案", "Commerce"),
    about("Poems", "Poetry", creator="Lee, Laurie"),
)
HIDDEN = (
    about("Harquebus of Lynn", "Harquebuses", audience=HOLDER, creator="Harquebus, X."),
    about("Harbour secrets", "Harbours", audience=HOLDER, creator="Harding, Ann"),
)


@pytest.fixture(scope="module", name="both")
def fixture_both(index_of: IndexOf) -> tuple[SearchBackend, SearchBackend]:
    """A search over visible and hidden things, and one over the visible alone."""
    return index_of([*VISIBLE, *HIDDEN]), index_of(VISIBLE)


def offered(search: SearchBackend, text: str) -> list[tuple[str, str, int | None]]:
    """Kind, text and count of each suggestion to the public."""
    return [(each.kind, each.text, each.count) for each in search.suggest(text, EVERYONE)]


def test_beginnings_become_titles_names_subjects_and_places(both: tuple[SearchBackend, SearchBackend]) -> None:
    assert offered(both[0], "har")[2:] == [
        ("creator", "Harding, Ann", 2),
        ("subject", "Harbours", 2),
        ("place", "Harwich", 5),
    ]
    assert {text for _, text, _ in offered(both[0], "har")[:2]} == {"Harbour plans of Lynn", "Old harbour of Wells"}


def test_a_title_that_begins_so_comes_before_one_that_goes_on_so(both: tuple[SearchBackend, SearchBackend]) -> None:
    assert [text for _, text, _ in offered(both[0], "harb")][:2] == ["Harbour plans of Lynn", "Old harbour of Wells"]


def test_the_words_before_the_last_have_to_stand(both: tuple[SearchBackend, SearchBackend]) -> None:
    assert [text for _, text, _ in offered(both[0], "harbour pl")] == ["Harbour plans of Lynn"]
    assert offered(both[0], "harding a") == [("creator", "Harding, Ann", 2)]


def test_han_and_codes_and_institutions_go_on_too(both: tuple[SearchBackend, SearchBackend]) -> None:
    assert offered(both[0], "上海商") == [("title", "上海商會檔案", None)]
    assert ("code", "WA/HMM/21", None) in offered(both[0], "wa/hmm/2")
    assert ("institution", "Riverside Library", 5) in offered(both[0], "river")


@pytest.mark.parametrize("typed", ["", " ", "h", "()", "zzz", "\0", "*" * 600])
def test_nothing_is_offered_where_nothing_begins_so(both: tuple[SearchBackend, SearchBackend], typed: str) -> None:
    assert offered(both[0], typed) == []


def test_what_is_offered_finds_what_it_names(both: tuple[SearchBackend, SearchBackend]) -> None:
    for typed in ("har", "上海", "river", "wa/hmm/2"):
        for each in both[0].suggest(typed, EVERYONE):
            found = both[0].search(ask(each.query))
            assert found.total == (each.count or found.total) > 0, each


@pytest.mark.parametrize("typed", ["har", "harq", "harb", "harding", "harbour s", "wa/hmm/1"])
def test_hidden_things_change_no_suggestion(both: tuple[SearchBackend, SearchBackend], typed: str) -> None:
    assert offered(both[0], typed) == offered(both[1], typed)


def test_the_holder_is_offered_its_own(both: tuple[SearchBackend, SearchBackend]) -> None:
    assert {"Harquebus of Lynn", "Harquebuses"} <= {each.text for each in both[0].suggest("harq", INSIDE)}


def id_of(search: SearchBackend, title: str) -> str:
    """The id of the thing with this title."""
    return search.search(ask(f'title:="{title}"', visibility=INSIDE)).hits[0].id


def test_what_shares_names_and_subjects_is_similar_and_says_so(both: tuple[SearchBackend, SearchBackend]) -> None:
    found = both[0].similar(id_of(both[0], "Harbour plans of Lynn"), EVERYONE)
    assert {hit.title: hit.shared for hit in found} == {
        "Old harbour of Wells": ("Harbours", "harbour"),
        "Chart of the north sea": ("Harding, Ann",),
    }


def test_a_subject_in_common_says_more_than_a_publisher(index_of: IndexOf) -> None:
    def book(title: str, subject: str, publisher: str) -> UnifiedRecord:
        names = (factories.agent(publisher, roles=("pbl",)),)
        return thing(title, agents=names, subjects=(Subject(label=Text(value=subject)),))

    ours = book("Tides", "Harbours", "Hart & Sons")
    search = index_of([ours, book("Poems", "Poetry", "Hart & Sons"), book("Quays", "Harbours", "Lane")])
    found = search.similar(id_of(search, "Tides"), EVERYONE)
    assert [(hit.title, hit.shared) for hit in found] == [("Quays", ("Harbours",)), ("Poems", ("Hart & Sons",))]


def test_hidden_things_are_like_nothing(both: tuple[SearchBackend, SearchBackend]) -> None:
    search, without = both
    for title in titles(without):
        assert search.similar(id_of(search, title), EVERYONE) == without.similar(id_of(without, title), EVERYONE)
    assert search.similar(id_of(search, "Harbour secrets"), EVERYONE) == ()
    assert search.similar("c-nothing", EVERYONE) == ()
    assert "Harbour secrets" in {hit.title for hit in search.similar(id_of(search, "Harbour plans of Lynn"), INSIDE)}


def test_what_stands_above_and_below_a_unit_is_not_like_it(index_of: IndexOf) -> None:
    def unit(title: str, *above: UnifiedRecord) -> UnifiedRecord:
        path = tuple(Ancestor(id=each.members[0].record, level="fonds", title=each.title.value.value) for each in above)
        hierarchy = Hierarchy(root=path[0].id, parent=path[-1].id, path=path) if path else None
        return thing(title, hierarchy=hierarchy, agents=(factories.agent("Smith, Jane"),))

    fonds = unit("Papers of the harbour board")
    series = unit("Minutes of the harbour board", fonds)
    item = unit("Minute book of the harbour board", fonds, series)
    other = unit("Accounts of the harbour board")
    sister = unit("Plans of the harbour board", fonds)
    search = index_of([fonds, series, item, other, sister])

    def like(title: str) -> set[str]:
        return {hit.title for hit in search.similar(id_of(search, title), EVERYONE)}

    assert like("Papers of the harbour board") == {"Accounts of the harbour board"}
    assert like("Minutes of the harbour board") == {"Accounts of the harbour board", "Plans of the harbour board"}
    assert like("Minute book of the harbour board") == {"Accounts of the harbour board", "Plans of the harbour board"}
    assert len(like("Accounts of the harbour board")) == 4
