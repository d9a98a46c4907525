"""Hits gathered by fonds or work: a row for each with its count, in the order of the best hit, on every backend."""

from __future__ import annotations

import msgspec
import pytest

from index.ports import SearchBackend
from index.request import LAST_HIT, FacetFilter, Sort
from mappings.schema.access import Visibility
from mappings.schema.hierarchy import Ancestor, Hierarchy
from mappings.schema.ids import record_id
from mappings.schema.record import CatalogueRecord, OtherTitle
from mappings.schema.unified import Member, UnifiedRecord
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, record, thing, titles

MANY = 30


def fonds(name: str) -> str:
    """Id of the record of a fonds."""
    return record_id(factories.FEED, f"oai:x:{name}")


def part(title: str, name: str, *, audience: str = "public", **fields: object) -> UnifiedRecord:
    """A thing that stands in a fonds."""
    made = record(title, level="item", **fields)
    path = (Ancestor(id=fonds(name), level="fonds", title=name),)
    hierarchy = Hierarchy(root=fonds(name), parent=fonds(name), path=path, depth=1)
    return factories.unified_record(made, members=(factories.member(made, hierarchy=hierarchy),), audience=audience)


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """Two fonds, one of them with its own record, and what stands in none."""
    return index_of(
        [
            thing("Harvey papers", level="fonds"),
            *(part(f"Letter {number:02}", "Harvey papers") for number in range(MANY)),
            *(part(f"Letter from the quay {number}", "Quay trust") for number in range(2)),
            part("Letter that nobody may see", "Quay trust", audience=HOLDER),
            thing("Letter by itself", level="item"),
        ]
    )


def test_a_row_a_fonds_with_its_count_and_the_next_best(search: SearchBackend) -> None:
    answer = search.search(ask("", group="fonds", sort="title"))
    assert [(hit.title, hit.group and (hit.group.label, hit.group.count)) for hit in answer.hits] == [
        ("Harvey papers", ("Harvey papers", MANY + 1)),
        ("Letter by itself", None),
        ("Letter from the quay 0", ("Quay trust", 2)),
    ]
    assert (answer.total, answer.groups) == (MANY + 4, 3)
    first = answer.hits[0].group
    assert first is not None
    assert [hit.title for hit in first.others] == ["Letter 00", "Letter 01"]


def test_the_value_of_a_row_opens_it(search: SearchBackend) -> None:
    group = search.search(ask("letter", group="fonds", sort="title")).hits[0].group
    assert group is not None
    opened = search.search(ask("letter", filters=(FacetFilter(facet="fonds", values=(group.value,)),)))
    assert opened.total == group.count == MANY


def test_pages_are_of_rows_and_reach_each_once(search: SearchBackend) -> None:
    pages = [search.search(ask("", group="fonds", sort="title", page=page, page_size=1)) for page in range(1, 5)]
    assert [hit.title for page in pages for hit in page.hits] == [
        "Harvey papers",
        "Letter by itself",
        "Letter from the quay 0",
    ]
    assert {page.groups for page in pages} == {3}
    assert all(page.reached is None for page in pages)
    assert [page.before for page in pages] == [0, 1, 2, 3]


@pytest.mark.parametrize("sort", ["id", "date", "added"])
def test_rows_are_followed_to_the_last_each_once(index_of: IndexOf, sort: Sort) -> None:
    search = index_of(
        [
            *(part(f"Letter {number}", f"Fonds {number % 7}") for number in range(150)),
            *(thing(f"Letter alone {number}", level="item") for number in range(9)),
        ]
    )
    whole = search.search(ask("letter", group="fonds", sort=sort, page_size=100))
    assert (len(whole.hits), whole.groups, whole.reached) == (16, 16, None)
    request = ask("letter", group="fonds", sort=sort, page_size=3)
    answer = search.search(request)
    found = list(answer.hits)
    while answer.reached is not None:
        answer = search.search(msgspec.structs.replace(request, after=answer.reached))
        assert (answer.before, answer.total) == (len(found), 159)
        found += answer.hits
    assert found == list(whole.hits)
    for place in (12, 9, 6, 3, 0):
        assert answer.begun is not None
        answer = search.search(msgspec.structs.replace(request, after=answer.begun))
        assert list(answer.hits) == found[place : place + 3]
        assert (answer.before, answer.total) == (place, 159)
    assert answer.begun is None
    again = search.search(msgspec.structs.replace(request, after=answer.reached))
    assert list(again.hits) == found[3:6]


def test_rows_behind_the_last_hit_of_pages_are_reached(index_of: IndexOf) -> None:
    dated = (factories.date("1800"),)
    late = enumerate(("Harvey papers", "Late", "Quay trust"))
    search = index_of(
        [
            *(part(f"Letter {number}", "Harvey papers", dates=dated) for number in range(LAST_HIT + 200)),
            *(part(f"Letter from the quay {number}", "Quay trust", dates=dated) for number in range(2)),
            *(part(f"Late letter {number}", name) for number, name in late),
        ]
    )
    request = ask("letter", group="fonds", sort="date", page_size=2)
    labels, answer = list[str](), search.search(request)
    while answer.hits:
        labels += [hit.group.label for hit in answer.hits if hit.group]
        if answer.reached is None:
            break
        answer = search.search(msgspec.structs.replace(request, after=answer.reached))
    assert sorted(labels) == ["Harvey papers", "Late", "Quay trust"]
    assert labels[-1] == "Late"
    # the way back leads past all the hits of rows that begin before
    assert answer.begun is not None
    back = search.search(msgspec.structs.replace(request, after=answer.begun))
    assert [hit.group.label for hit in back.hits if hit.group] == labels[:2]
    assert (back.before, back.begun) == (0, None)


def test_a_hit_of_two_fonds_stands_in_one_row_and_hides_no_other(index_of: IndexOf) -> None:
    one, two = record("Letter", native_id="oai:x:1"), record("Letter", native_id="oai:x:2")

    def stands(made: CatalogueRecord, name: str) -> Member:
        path = (Ancestor(id=fonds(name), level="fonds", title=name),)
        return factories.member(made, hierarchy=Hierarchy(root=fonds(name), parent=fonds(name), path=path, depth=1))

    both = factories.unified_record(one, members=(stands(one, "Harvey papers"), stands(two, "Quay trust")))
    search = index_of([both, part("Letter of later", "Quay trust", dates=(factories.date("1900"),))])
    request = ask("letter", group="fonds", sort="date", page_size=1)
    first = search.search(request)
    rows = [*first.hits, *search.search(msgspec.structs.replace(request, after=first.reached)).hits]
    assert sorted(hit.group.label for hit in rows if hit.group) == ["Harvey papers", "Quay trust"]


def test_rows_stand_in_the_order_that_is_asked_for(search: SearchBackend) -> None:
    by_words = search.search(ask("quay", group="fonds"))
    assert [hit.group and hit.group.label for hit in by_words.hits] == ["Quay trust"]


def test_what_the_reader_may_not_see_is_in_no_count(search: SearchBackend) -> None:
    def counted(**fields: object) -> list[int]:
        answer = search.search(ask("quay OR nobody", group="fonds", **fields))
        return [hit.group.count for hit in answer.hits if hit.group]

    assert counted() == [2]
    assert counted(visibility=INSIDE) == [3]


def test_the_title_of_a_fonds_is_told_to_those_alone_who_may_see_it(index_of: IndexOf) -> None:
    theirs, ours = "institution:seaside", "Quay trust"
    search = index_of([part("Letter", ours), part("Key", "Sealed vault", audience=theirs)])

    def label(name: str, *tokens: str) -> str:
        chosen = (FacetFilter(facet="fonds", values=(fonds(name),)),)
        sees = Visibility(tokens=("public", *tokens))
        asked = ask("nothing that stands anywhere", visibility=sees, filters=chosen, facets=("fonds",), relax="off")
        (value,) = search.search(asked).facets["fonds"]
        return value.label

    assert (label(ours), label(ours, HOLDER), label("Sealed vault", theirs)) == (ours, ours, "Sealed vault")
    assert label("Sealed vault") == label("Sealed vault", HOLDER) == fonds("Sealed vault")


def translated(title: str, original: str, **fields: object) -> UnifiedRecord:
    """A translation that names its original."""
    named = OtherTitle(value=original, kind="uniform")
    return thing(title, titles=(named,), **fields)


def test_translations_and_editions_of_one_work_are_a_row(index_of: IndexOf) -> None:
    author = (factories.agent("Cao, Xueqin, 1717?-1763"),)
    search = index_of(
        [
            thing("红楼梦", agents=(factories.agent("Cao Xueqin"),), native_id="oai:x:1"),
            translated("The dream of the red chamber", "红楼梦", agents=author),
            translated("Der Traum der roten Kammer", "紅樓夢", agents=author),
            thing("红楼梦", agents=(factories.agent("Somebody Else"),), native_id="oai:x:2"),
            thing("红楼梦", agents=(), native_id="oai:x:3"),
        ]
    )
    answer = search.search(ask("", group="work", sort="title"))
    assert (answer.total, answer.groups) == (5, 3)
    counts = sorted(hit.group.count if hit.group else 0 for hit in answer.hits)
    assert counts == [0, 1, 3]
    whole = next(hit.group for hit in answer.hits if hit.group and hit.group.count == 3)
    assert len(titles(search, "", filters=(FacetFilter(facet="work", values=(whole.value,)),))) == 3


def test_a_row_of_a_work_opens_what_shares_its_title_or_its_uniform_title(index_of: IndexOf) -> None:
    author = (factories.agent("Cao, Xueqin"),)
    search = index_of(
        [
            translated("Red chamber", "红楼梦", agents=author, native_id="oai:x:1"),
            thing("Red chamber", agents=author, native_id="oai:x:2"),
            thing("红楼梦", agents=author, native_id="oai:x:3"),
        ]
    )
    answer = search.search(ask("", group="work", sort="title"))
    assert (answer.total, answer.groups) == (3, 2)
    for hit in answer.hits:
        assert hit.group is not None
        opened = search.search(ask("", filters=(FacetFilter(facet="work", values=(hit.group.value,)),)))
        assert opened.total == hit.group.count == 2


def test_the_preferred_holder_gives_the_line_and_stands_for_its_row(index_of: IndexOf) -> None:
    one, two = record("Atlas", native_id="oai:x:1"), record("Atlas, coloured", native_id="oai:x:2", level="item")
    members = (
        factories.member(one, institution="north", institution_name="North", dates="1800"),
        factories.member(two, institution="south", institution_name="South", dates="c. 1801"),
    )
    merged = factories.unified_record(one, members=members)
    search = index_of([merged])
    (hit,) = search.search(ask("atlas", prefer="south")).hits
    assert (hit.title, hit.dates, hit.institutions[0].slug) == ("Atlas, coloured", "c. 1801", "south")
    (plain,) = search.search(ask("atlas", prefer="nosuch")).hits
    assert (plain.title, plain.institutions[0].slug) == ("Atlas", "north")


def test_of_a_row_the_hit_of_the_preferred_holder_leads(index_of: IndexOf) -> None:
    def held(title: str, slug: str) -> UnifiedRecord:
        made = record(title, native_id=f"oai:x:{slug}")
        return factories.unified_record(made, members=(factories.member(made, institution=slug),))

    search = index_of([held("Atlas", "north"), held("Atlas", "south")])
    for slug in ("north", "south"):
        (hit,) = search.search(ask("", group="work", prefer=slug)).hits
        assert hit.institutions[0].slug == slug
        assert hit.group is not None
        assert hit.group.count == 2
