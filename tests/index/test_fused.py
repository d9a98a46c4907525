"""Searches by words and by meaning through a real index: pages, marks, filters, and what a reader may not see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from index.embedded.backend import EmbeddedSearch
from index.nearness import NearnessUnavailable
from index.places import search_at
from index.ports import SearchBackend
from index.request import FacetFilter, SearchRequest
from index.results import SearchAnswer
from mappings.schema.access import EVERYONE, Visibility
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.index.elastic.indexed import drop, settings
from tests.index.elastic.indexed import publish as publish_in_cluster
from tests.index.indexed import Clusters, indexed, publish


class Listed:
    """What is near by a list (`index.nearness.Nearness`); it keeps what it was asked."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids, self.asked = ids, list[str]()

    def near(self, text: str, limit: int) -> Sequence[str]:
        self.asked.append(text)
        return self.ids[:limit]

    def alike(self, cluster_id: str, limit: int) -> Sequence[str]:
        return [each for each in self.ids if each != cluster_id][:limit]


class Away:
    """A model that does not answer."""

    def alike(self, cluster_id: str, limit: int) -> Sequence[str]:
        raise NearnessUnavailable("too late")

    def near(self, text: str, limit: int) -> Sequence[str]:
        raise NearnessUnavailable("too late")


def thing(number: int, title: str, **fields: object) -> UnifiedRecord:
    record = factories.catalogue_record(
        native_id=str(number), title=factories.title(title), agents=(), subjects=(), descriptions=(), **fields
    )
    return replace(factories.unified_record(record), id=f"c{number:03}")


def search(folder: Path, things: Sequence[UnifiedRecord], near: Sequence[str]) -> EmbeddedSearch:
    found = indexed(folder, things)
    found.nearness = Listed(near)
    return found


def asked(found: SearchBackend, text: str, visibility: Visibility = EVERYONE, **fields: object) -> SearchAnswer:
    return found.search(SearchRequest(visibility=visibility, text=text, semantic="auto", **fields))  # type: ignore[arg-type]


def ids(answer: SearchAnswer) -> list[str]:
    return [hit.id for hit in answer.hits]


THINGS = (thing(1, "Whaling voyages"), thing(2, "Log book of the ship Essex"), thing(3, "Sermons"))


def test_what_means_the_same_is_found_marked_and_counted_apart(tmp_path: Path) -> None:
    found = asked(search(tmp_path, THINGS, ["c002", "c001"]), "whaling")
    assert ids(found) == ["c001", "c002"]
    assert (found.total, found.semantic_added) == (1, 1)
    assert [hit.semantic for hit in found.hits] == [False, True]
    assert [reason.how for reason in found.hits[1].why] == ["semantic"]


def test_where_the_words_stand_nowhere_meaning_alone_answers(tmp_path: Path) -> None:
    found = asked(search(tmp_path, THINGS, ["c002", "c001"]), "捕鲸")
    assert (ids(found), found.total, found.semantic_added) == (["c002", "c001"], 0, 2)


def test_totals_and_facets_are_those_of_the_words(tmp_path: Path) -> None:
    searched = search(tmp_path, THINGS, ["c003", "c002"])
    plain = searched.search(SearchRequest(visibility=EVERYONE, text="whaling", facets=("level",)))
    found = asked(searched, "whaling", facets=("level",))
    assert (found.total, found.facets) == (plain.total, plain.facets)


@pytest.mark.parametrize(
    "text",
    [
        '"whaling voyages"',
        "title:whaling",
        "whal*",
        "whaling -sermons",
        "WA/HMM/7",
        "MS1234",
        "whaling OR sermons",
        "*",
    ],
)
def test_codes_quotes_fields_masks_and_operators_are_answered_as_written(tmp_path: Path, text: str) -> None:
    searched = search(tmp_path, THINGS, ["c003"])
    found = asked(searched, text)
    assert (found.semantic_added, searched.nearness.asked) == (0, [])  # type: ignore[union-attr]


@pytest.mark.parametrize("fields", [{"sort": "title"}, {"view": "members"}, {"syntax": "strict"}])
def test_other_orders_views_and_strict_readers_get_words_alone(tmp_path: Path, fields: dict[str, object]) -> None:
    assert asked(search(tmp_path, THINGS, ["c003"]), "whaling", **fields).semantic_added == 0


def test_a_reader_may_leave_meaning_out(tmp_path: Path) -> None:
    searched = search(tmp_path, THINGS, ["c003"])
    assert searched.search(SearchRequest(visibility=EVERYONE, text="whaling")).semantic_added == 0


def test_a_filter_holds_for_what_is_near_too(tmp_path: Path) -> None:
    things = (*THINGS, thing(4, "Sea letters", level="fonds"))
    chosen = (FacetFilter(facet="level", values=("fonds",)),)
    found = asked(search(tmp_path, things, ["c002", "c004"]), "whaling", filters=chosen)
    assert (ids(found), found.total) == (["c004"], 0)


def test_a_narrow_filter_is_reached_far_down_the_list(tmp_path: Path) -> None:
    many = [thing(number, f"Paper {number}") for number in range(600)]
    last = thing(700, "Sea letters", level="fonds")
    chosen = (FacetFilter(facet="level", values=("fonds",)),)
    near = [*(each.id for each in many), last.id]
    assert ids(asked(search(tmp_path, [*many, last], near), "whaling", filters=chosen)) == ["c700"]


def test_a_date_holds_for_what_is_near_too(tmp_path: Path) -> None:
    things = (*THINGS, thing(4, "Sea letters", dates=(factories.date("1850"),)))
    found = asked(search(tmp_path, things, ["c002", "c004"]), "whaling", date_from="1850", date_to="1850")
    assert ids(found) == ["c004"]


def test_a_vector_of_what_was_hidden_or_went_reveals_nothing(tmp_path: Path) -> None:
    clusters = Clusters(THINGS)
    clusters.drop("c002")
    clusters.present["c003"] = [replace(THINGS[2], audience="institution:own")]
    publish(tmp_path, clusters)
    searched = EmbeddedSearch(tmp_path)
    searched.nearness = Listed(["c002", "c003", "c009"])
    public = asked(searched, "小说")
    assert (public.hits, public.total, public.semantic_added) == ((), 0, 0)
    own = Visibility(tokens=("public", "institution:own"))
    assert ids(asked(searched, "小说", own)) == ["c003"]


def test_what_people_pinned_stays_first(tmp_path: Path) -> None:
    found = asked(search(tmp_path, THINGS, ["c002", "c001"]), "whaling", pinned=("c003",))
    assert ids(found)[0] == "c003"
    assert sorted(ids(found)) == ["c001", "c002", "c003"]


def test_pages_give_every_hit_once(tmp_path: Path) -> None:
    titled = [thing(number, "Whaling log " + "and so on " * (number % 7)) for number in range(130)]
    other = [thing(number, "Sermons") for number in range(200, 280)]
    near = [each.id for pair in zip(other, titled, strict=False) for each in pair]
    searched = search(tmp_path, [*titled, *other], near)
    answers = [asked(searched, "whaling", page=number, page_size=30) for number in range(1, 8)]
    seen = [id_ for answer in answers for id_ in ids(answer)]
    first = answers[0]
    assert len(seen) == len(set(seen)) == first.total + first.semantic_added
    assert {each.id for each in titled} <= set(seen)
    assert len({answer.semantic_added for answer in answers}) == 1


@pytest.mark.elasticsearch
def test_on_elasticsearch_the_same_is_found_marked_and_counted(elasticsearch: str) -> None:
    clusters = Clusters(THINGS)
    clusters.put(replace(thing(4, "Hidden letters"), audience="institution:own"))
    place = settings(elasticsearch)
    publish_in_cluster(place, clusters)
    try:
        found = asked(search_at(place, nearness=Listed(["c004", "c002", "c009", "c001"])), "whaling")
        assert (ids(found), found.total, found.semantic_added) == (["c001", "c002"], 1, 1)
        assert [hit.semantic for hit in found.hits] == [False, True]
    finally:
        drop(place)


def test_a_model_that_does_not_answer_leaves_the_words_and_says_so(tmp_path: Path) -> None:
    searched = indexed(tmp_path, THINGS)
    plain = asked(searched, "whaling")
    searched.nearness = Away()
    found = asked(searched, "whaling")
    assert [notice.code for notice in found.notices] == ["meaning_away"]
    assert (found.hits, found.total) == (plain.hits, plain.total)


@pytest.mark.parametrize("group", ["fonds", "work"])
def test_rows_are_found_by_words_alone_and_that_is_told(tmp_path: Path, group: str) -> None:
    searched = search(tmp_path, THINGS, ["c002"])
    assert "meaning_not_gathered" not in [notice.code for notice in asked(searched, "whaling").notices]
    found = asked(searched, "whaling", group=group)
    assert [notice.code for notice in found.notices] == ["meaning_not_gathered"]
    assert (found.semantic_added, "c002" in ids(found)) == (0, False)
    assert asked(searched, '"whaling"', group=group).notices == ()
