"""What a reader may not see is in no answer, and no answer depends on it."""

from __future__ import annotations

import msgspec
import pytest

from index.ports import SearchBackend
from index.request import FacetFilter
from mappings.schema.access import EVERYONE, Visibility
from mappings.schema.record import Description, Place, Subject
from mappings.schema.text import Text
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing, titles, values

FACETS = ("institution", "creator", "subject", "place", "level", "type", "language", "access", "rights", "fonds")


def visible() -> list[UnifiedRecord]:
    """What everybody may see."""
    towns = ("Bath", "Wells", "Ely")
    return [
        thing(f"Letters from {town}", level=level, dates=(factories.date(year),))
        for town, level, year in zip(towns, ("item", "fonds", "file"), ("1813", "1850", "1901"), strict=True)
    ]


def hidden() -> list[UnifiedRecord]:
    """What the holder alone may see: words, names, places and a century of its own."""
    return [
        thing(
            f"Zyzzogeton letters {number}",
            audience=HOLDER,
            agents=(factories.agent("Quagga, Xerxes"),),
            subjects=(Subject(label=Text(value="Secretum")), Subject(label=Text(value="BAPTISM"))),
            places=(Place(label=Text(value="Nowhere")),),
            dates=(factories.date("1413"),),
            descriptions=(Description(value="Letters from Bath, withheld.", kind="abstract"),),
        )
        for number in range(20)
    ]


@pytest.fixture(scope="module", name="both")
def fixture_both(index_of: IndexOf) -> tuple[SearchBackend, SearchBackend]:
    """A search with the hidden things, and one that never had them."""
    mixed = [each for pair in zip(hidden(), [*visible(), *[None] * 17], strict=True) for each in pair if each]
    return index_of(mixed), index_of(visible())


QUESTIONS = (
    "", "letters", "letters bath", "zyzzogeton", "zyzz*", "quagga", "secretum letters", "nowhere OR bath", "date:1413",
    "subject:secretum", "letter~ bath", "-wells", "withheld", "code:RIV/*", "level:fonds", '"letters from"',
)  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("sort", ["relevance", "date", "date_desc", "title"])
def test_answers_are_the_same_byte_by_byte_with_and_without_hidden_things(
    both: tuple[SearchBackend, SearchBackend], question: str, sort: str
) -> None:
    chosen = (FacetFilter(facet="level", values=("item",)),)
    for filters in ((), chosen):
        request = ask(question, sort=sort, facets=FACETS, histogram=True, filters=filters)
        answers = [msgspec.structs.replace(search.search(request), commit="") for search in both]
        assert msgspec.json.encode(answers[0]) == msgspec.json.encode(answers[1])


def test_no_word_of_a_hidden_thing_is_in_values_labels_or_numbers(both: tuple[SearchBackend, SearchBackend]) -> None:
    search, without = both
    for facet in FACETS:
        request = ask("")
        assert search.facet_values(request, facet) == without.facet_values(request, facet)
    assert not search.facet_values(ask(""), "creator", contains="quagga")
    assert search.labels("creator", ["quagga, xerxes"]) == {"quagga, xerxes": "quagga, xerxes"}
    assert search.stats(EVERYONE).clusters == without.stats(EVERYONE).clusters == 3


def test_who_acts_for_the_holder_finds_the_hidden_things_too(both: tuple[SearchBackend, SearchBackend]) -> None:
    search, _ = both
    answer = search.search(ask("letters", visibility=INSIDE, facets=("creator",)))
    assert answer.total == 23
    assert values(answer, "creator") == {"quagga, xerxes": 20, "smith, jane": 3}
    assert answer.facets["creator"][0].label == "Quagga, Xerxes"


def test_an_audience_meets_its_own_form_of_a_thing_and_no_other(index_of: IndexOf) -> None:
    public = thing("[item, RIV/1/2]", native_id="oai:x:1")
    own = thing("The whole title", native_id="oai:x:1", audience=HOLDER)
    search = index_of([public, own])
    assert titles(search, "") == ["[item, RIV/1/2]"]
    assert titles(search, "", visibility=INSIDE) == ["The whole title"]
    assert titles(search, "whole") == []


def test_another_institution_sees_what_the_public_sees(index_of: IndexOf) -> None:
    search = index_of([*visible(), *hidden()])
    assert len(titles(search, "", visibility=Visibility(tokens=("public", "institution:other")))) == 3
