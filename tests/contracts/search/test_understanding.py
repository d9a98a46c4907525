"""Words that name a place, a kind, a language or a holder find by what they name too, and say so; no word is lost."""

from __future__ import annotations

import pytest

from index.ports import SearchBackend
from mappings.schema.normal_forms import normalise
from mappings.schema.record import Language, Place
from mappings.schema.text import Text
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, record, thing, titles


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """Things that one query names in several ways."""
    hidden = record("Secret drawer", native_id="oai:x:hidden")
    vault = factories.member(hidden, institution="vault", institution_name="Vault House")
    return index_of(
        [
            thing("Views of Peking"),
            thing("北京風景"),
            thing("A walk", places=(Place(label=Text(value="Beijing")),)),
            thing("Lhasa views", type="Image", dates=(factories.date("1904"),)),
            thing("Lhasa photographs"),
            thing("Lhasa poems", languages=(Language(lang="fra"),)),
            thing("Ships letters"),
            thing("船舶書信"),
            factories.unified_record(hidden, audience=HOLDER, members=(vault,)),
        ]
    )


def test_a_place_is_found_by_every_name_that_it_has(search: SearchBackend) -> None:
    for text in ("peking", "北平", "Beijing", "北京"):
        assert set(titles(search, text)) == {"Views of Peking", "北京風景", "A walk"}
    assert titles(search, "peking")[0] == "Views of Peking"
    assert titles(search, "views peking") == ["Views of Peking"]


def test_the_chip_of_a_place_leads_to_the_place_or_the_word_alone(search: SearchBackend) -> None:
    (chip,) = search.search(ask("peking")).chips
    assert (chip.kind, chip.label, chip.without) == ("place", "peking", '"peking"')
    assert {"北京", "Beijing"} <= set(chip.also)
    assert titles(search, chip.only or "") == ["A walk"]
    assert titles(search, chip.without) == ["Views of Peking"]


def test_a_type_and_a_time_are_found_without_their_words(search: SearchBackend) -> None:
    assert set(titles(search, "lhasa photographs")) == {"Lhasa photographs", "Lhasa views"}
    assert titles(search, "lhasa photographs 1904") == ["Lhasa views"]
    assert {chip.kind for chip in search.search(ask("lhasa photographs 1904")).chips} == {"place", "type", "date"}
    assert titles(search, "lhasa type:Image") == ["Lhasa views"]


def test_a_language_is_found_where_nothing_else_can_be_meant(search: SearchBackend) -> None:
    assert titles(search, "lhasa in french") == ["Lhasa poems"]
    assert titles(search, "lhasa french") == []
    (chip,) = [chip for chip in search.search(ask("lhasa french")).chips if chip.kind == "language"]
    assert titles(search, chip.only or "") == ["Lhasa poems"]


def test_synonyms_find_across_languages_and_say_so(search: SearchBackend) -> None:
    answer = search.search(ask("ships letters"))
    assert [hit.title for hit in answer.hits] == ["Ships letters", "船舶書信"]
    assert {(reason.how, reason.asked) for reason in answer.hits[1].why} == {
        ("synonym", ("ships",)),
        ("synonym", ("letters",)),
    }
    assert [text for snippet in answer.hits[1].title_spans for text in [snippet]] == [(0, 4)]
    assert titles(search, '"ships" "letters"') == ["Ships letters"]


def test_another_name_of_a_place_is_told_and_has_no_other_forms(index_of: IndexOf) -> None:
    search = index_of([thing("Views of Florence"), thing("Florences and ducats"), thing("Firenze"), thing("Firenzes")])
    answer = search.search(ask("firenze"))
    assert {hit.title for hit in answer.hits} == {"Firenze", "Views of Florence", "Firenzes"}
    hits = {hit.title: hit.why for hit in answer.hits}
    (why,) = hits["Views of Florence"]
    assert (why.how, why.words, why.asked) == ("synonym", ("Florence",), ("firenze",))
    (chip,) = answer.chips
    assert titles(search, chip.only or "") == []


def test_another_form_of_another_name_is_told(index_of: IndexOf) -> None:
    search = index_of([thing("Journal of a tour"), thing("日記"), thing("日 行 記")])
    hits = {hit.title: hit.why for hit in search.search(ask("diaries")).hits}
    assert {title: (why[0].how, why[0].words) for title, why in hits.items()} == {
        "Journal of a tour": ("synonym", ("Journal",)),
        "日記": ("synonym", ("日記",)),
    }


def test_a_year_of_several_reigns_is_each_of_them_and_nothing_between(index_of: IndexOf) -> None:
    dated = ((815, "Tang"), (1624, "Genna"), (1200, "Between"), (1900, "Late"))
    search = index_of([thing(title, dates=(factories.date(str(year)),)) for year, title in dated])
    for query in ("元和十年", "date:元和十年", "within:元和十年"):
        assert set(titles(search, query)) == {"Tang", "Genna"}, query
    (chip,) = search.search(ask("元和十年")).chips
    assert set(titles(search, chip.only or "")) == {"Tang", "Genna"}
    assert {each.label: titles(search, each.only) for each in chip.readings} == {"815": ["Tang"], "1624": ["Genna"]}


def test_what_a_word_names_is_a_reason(search: SearchBackend) -> None:
    hits = {hit.title: hit.why for hit in search.search(ask("lhasa photographs")).hits}
    assert ("type", "named") in {(reason.field, reason.how) for reason in hits["Lhasa views"]}
    assert ("type", "named") not in {(reason.field, reason.how) for reason in hits["Lhasa photographs"]}


def test_a_holder_is_named_to_who_may_know_of_it(search: SearchBackend) -> None:
    assert "riverside library" in search.holders(ask().visibility)
    assert [chip.kind for chip in search.search(ask("lhasa riverside library")).chips] == ["place", "institution"]
    assert len(titles(search, "lhasa riverside library")) == 3
    assert search.search(ask("vault house")).chips == ()
    assert search.search(ask("vault house", visibility=INSIDE)).chips[0].kind == "institution"
    assert titles(search, "vault house", visibility=INSIDE) == ["Secret drawer"]


def test_strict_reading_takes_no_word_for_anything_else(search: SearchBackend) -> None:
    assert titles(search, "北平", syntax="strict") == []
    assert search.search(ask("北平", syntax="strict")).chips == ()


@pytest.mark.parametrize(
    "text", ["lhasa photographs 1904 in french ships", "北京 letters ships 1904 riverside library"]
)
def test_many_names_in_one_query_are_answered(search: SearchBackend, text: str) -> None:
    assert len(search.search(ask(text)).chips) >= 4


def test_an_identifier_named_by_its_kind_is_found_however_it_is_written(index_of: IndexOf) -> None:
    book = thing("Hints for farmers", identifiers=(normalise("isbn", "0-19-852663-6"),))
    search = index_of([book, thing("Hints for sailors")])
    for typed in ("ISBN 978-0-19-852663-6", "isbn 0198526636", "ISBN: 0-19-852663-6"):
        assert titles(search, typed) == ["Hints for farmers"], typed
    assert titles(search, "ISBN 978-0-19-852663-7") == []
