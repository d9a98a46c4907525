"""Values that are asked for by other names, or that there are not: the same on every backend."""

from __future__ import annotations

import pytest

from index.errors import QueryInvalid
from index.ports import SearchBackend
from index.request import FacetFilter
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, record, titles


def held(title: str, slug: str, name: str, audience: str = "public") -> UnifiedRecord:
    """A thing of an institution."""
    made = record(title, native_id=f"oai:x:{slug}", type="Image")
    member = factories.member(made, institution=slug, institution_name=name)
    return factories.unified_record(made, members=(member,), audience=audience)


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """Two holders, and one that the public does not know of."""
    return index_of(
        [
            held("Atlas", "north", "North Library"),
            held("Chart", "south", "South Archive"),
            held("Ledger", "secret", "Secret Archive", HOLDER),
        ]
    )


def test_a_holder_is_asked_for_by_its_name(search: SearchBackend) -> None:
    for value in ("north", "NORTH", "North Library", "north  library"):
        assert titles(search, f'institution:"{value}"') == ["Atlas"], value
        assert titles(search, "", filters=(FacetFilter(facet="institution", values=(value,)),)) == ["Atlas"], value
    chosen = FacetFilter(facet="institution", values=("North Library",))
    counted = search.search(ask("", filters=(chosen,), facets=("institution",))).facets["institution"]
    assert {each.value: (each.count, each.selected) for each in counted} == {"north": (1, True), "south": (1, False)}


def test_values_of_filters_have_names_too(search: SearchBackend) -> None:
    for facet, value in (("level", "items"), ("language", "English"), ("language", "en"), ("type", "image")):
        answer = search.search(ask("", filters=(FacetFilter(facet=facet, values=(value,)),)))
        assert (answer.total, answer.notices) == (2, ()), (facet, value)


def test_a_holder_that_there_is_not_is_told_with_those_like_it(search: SearchBackend) -> None:
    for request in (
        ask("institution:nort"),
        ask("", filters=(FacetFilter(facet="institution", values=("nort",)),)),
    ):
        answer = search.search(request)
        (notice,) = answer.notices
        assert answer.total == 0
        assert (notice.code, notice.field, notice.value, notice.near) == (
            "value_unknown",
            "institution",
            "nort",
            ("north",),
        )
    placed = search.search(ask("atlas institution:nort")).notices[0]
    assert (placed.position, placed.length) == (18, 4)
    with pytest.raises(QueryInvalid) as refused:
        search.search(ask("institution:nort", syntax="strict"))
    assert (refused.value.position, refused.value.code) == (12, "value_unknown")


@pytest.mark.parametrize(
    ("facet", "value", "near"),
    [("type", "picture", ("Image", "StillImage")), ("level", "fond", ("fonds",)), ("century", "1850", ())],
)
def test_a_value_that_a_facet_never_has_is_told(
    search: SearchBackend, facet: str, value: str, near: tuple[str, ...]
) -> None:
    answer = search.search(ask("", filters=(FacetFilter(facet=facet, values=(value,)),)))
    assert answer.total == 0
    assert [(each.code, each.value, each.near) for each in answer.notices] == [("value_unknown", value, near)]


def test_nobody_learns_of_a_holder_that_they_may_not_know_of(search: SearchBackend) -> None:
    (public,) = search.search(ask("institution:secre")).notices
    assert public.near == ()
    assert "secret" in search.search(ask("institution:secre", visibility=INSIDE)).notices[0].near
    assert search.search(ask('institution:"Secret Archive"')).notices[0].code == "value_unknown"


def test_a_typed_value_that_there_is_not_offers_others(search: SearchBackend) -> None:
    (notice,) = search.search(ask("type:picture")).notices
    assert (notice.code, notice.near) == ("value_unknown", ("Image", "StillImage"))
