"""Counting: facets with choices in them, bars over time, dates of all ages, views, orders and pages."""

from __future__ import annotations

from index.request import FacetFilter
from mappings.dates.read import historical_date
from mappings.schema.record import Subject
from mappings.schema.text import Text
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import ask, record, thing, titles, values


def dated(title: str, start: str, end: str) -> object:
    """A thing of a time."""
    date = factories.date("1813", text=f"{start} to {end}", start=start, end=end)
    return thing(title, dates=(date,))


def test_modes_of_a_choice(index_of: IndexOf) -> None:
    def about(title: str, *subjects: str) -> object:
        return thing(title, subjects=tuple(Subject(label=Text(value=each)) for each in subjects))

    search = index_of([about("A", "Ships", "Maps"), about("B", "Ships"), about("C", "Poems")])  # type: ignore[list-item]

    def chosen(mode: str) -> list[str]:
        filters = (FacetFilter(facet="subject", values=("ships", "maps"), mode=mode),)  # type: ignore[arg-type]
        return titles(search, "", filters=filters, sort="title")

    assert chosen("any") == ["A", "B"]
    assert chosen("all") == ["A"]
    assert chosen("none") == ["C"]


def test_two_facets_narrow_each_other_and_not_themselves(index_of: IndexOf) -> None:
    search = index_of(
        [
            thing(f"{level} {lang}", level=level, type=kind)
            for level in ("item", "fonds")
            for kind, lang in (("Text", "x"), ("Image", "y"))
        ]
    )
    filters = (FacetFilter(facet="level", values=("item",)), FacetFilter(facet="type", values=("Text",)))
    answer = search.search(ask("", filters=filters, facets=("level", "type", "institution")))
    assert answer.total == 1
    assert values(answer, "level") == {"item": 1, "fonds": 1}
    assert values(answer, "type") == {"Text": 1, "Image": 1}
    assert values(answer, "institution") == {"riverside": 1}


def test_values_are_ordered_by_count_then_key_and_found_by_their_label(index_of: IndexOf) -> None:
    things = [thing(f"T{n}", subjects=(Subject(label=Text(value=f"Port of {n % 30:02}")),)) for n in range(60)]
    search = index_of(things)
    counted = search.search(ask("", facets=("subject",), facet_size=5)).facets["subject"]
    assert [(each.label, each.count) for each in counted] == [(f"Port of {n:02}", 2) for n in range(5)]
    (found,) = search.facet_values(ask(""), "subject", contains="of 29")
    assert (found.label, found.count) == ("Port of 29", 2)


def test_a_chosen_value_is_always_among_the_counts(index_of: IndexOf) -> None:
    search = index_of([thing("Ships", level="item"), thing("Maps", level="fonds")])
    filters = (FacetFilter(facet="level", values=("series",)),)
    answer = search.search(ask("", filters=filters, facets=("level",)))
    assert [(each.value, each.count) for each in answer.facets["level"] if each.selected] == [("series", 0)]


def test_things_stand_in_the_order_of_the_date_that_their_line_shows(index_of: IndexOf) -> None:
    about = factories.date("1100", kind="covered")
    search = index_of(
        [
            thing("Chronicle", dates=(about, factories.date("1700"))),
            thing("Charter", dates=(factories.date("1500"),)),
            thing("History", dates=(factories.date("1900"), factories.date("1990", kind="copyright"))),
            thing("Study", dates=(factories.date("1300", kind="covered"),)),
        ]
    )
    for sort, shown in (("date", ["1300", "1500", "1700", "1900"]), ("date_desc", ["1900", "1700", "1500", "1300"])):
        assert [hit.dates for hit in search.search(ask(sort=sort)).hits] == shown
    assert titles(search, "date:1100") == ["Chronicle"]


def test_dates_before_the_common_era_overlap_and_lie_within(index_of: IndexOf) -> None:
    search = index_of(
        [dated("Bronze", "-0220-01-01", "-0206-12-31"), dated("Roll", "1086-01-01", "1086-12-31"), thing("N", dates=())]  # type: ignore[list-item]
    )
    assert titles(search, "date:-0210..-0100") == ["Bronze"]
    assert titles(search, "within:-0210..-0100") == []
    assert titles(search, "within:-0300..-0200") == ["Bronze"]
    assert titles(search, "", date_from="1000", date_to="1100") == ["Roll"]
    assert titles(search, "date:<0001") == ["Bronze"]
    assert titles(search, "date:<1086") == ["Bronze"]
    assert titles(search, "date:<=1086", sort="date") == ["Bronze", "Roll"]
    assert titles(search, "date:>1086") == []
    assert titles(search, "date:>=1086") == ["Roll"]
    assert titles(search, 'date:(1086 OR "-0210")', sort="date") == ["Bronze", "Roll"]


def test_a_date_that_cannot_be_read_is_said_and_does_not_narrow(index_of: IndexOf) -> None:
    answer = index_of([thing("A")]).search(ask("", date_from="sometime"))
    assert answer.total == 1
    assert [notice.code for notice in answer.notices] == ["date_unread"]


def test_bars_are_of_the_finest_unit_that_fits_and_have_no_gaps(index_of: IndexOf) -> None:
    years = ("1801", "1803", "1803", "1810")
    search = index_of([thing(f"T{n}", dates=(factories.date(year),)) for n, year in enumerate(years)])
    bars = search.search(ask("", histogram=True)).histogram
    assert bars is not None
    assert bars.unit == "year"
    assert [(bar.first, bar.count) for bar in bars.bars if bar.count] == [(1801, 1), (1803, 2), (1810, 1)]
    assert len(bars.bars) == 10


def test_many_centuries_give_at_most_24_bars(index_of: IndexOf) -> None:
    things = [dated(f"T{n}", f"{n * 100 + 1:04}-01-01", f"{n * 100 + 1:04}-12-31") for n in range(40)]
    bars = index_of([*things, thing("N", dates=())]).search(ask("", histogram=True)).histogram  # type: ignore[list-item]
    assert bars is not None
    assert (bars.unit, len(bars.bars), bars.undated) == ("century", 24, 1)


def test_a_year_of_a_reign_of_several_stands_where_its_line_and_each_reading_say(index_of: IndexOf) -> None:
    search = index_of(
        [thing("Steles", dates=(historical_date("至元三年"),)), thing("Later", dates=(factories.date("1350"),))]
    )
    (hit,) = search.search(ask("steles")).hits
    assert hit.dates == "至元三年"
    assert titles(search, "", sort="date") == ["Steles", "Later"]
    for typed in ("date:1266", "date:1337", "date:至元三年", "date:1300..1340"):
        assert titles(search, typed) == ["Steles"], typed
    answer = search.search(ask("steles", facets=("century",), histogram=True))
    assert values(answer, "century") == {"1200": 1, "1300": 1}
    for century in ("1200", "1300"):
        chosen = (FacetFilter(facet="century", values=(century,)),)
        assert titles(search, "steles", filters=chosen) == ["Steles"]
    bars = answer.histogram
    assert bars is not None
    assert {bar.count for bar in bars.bars if bar.first <= 1337 and bar.last >= 1266} == {1}


def test_orders_are_total_and_pages_meet(index_of: IndexOf) -> None:
    search = index_of([thing("Same title", native_id=f"oai:x:{n}") for n in range(130)])
    for sort in ("relevance", "title", "creator", "code", "date", "date_desc"):
        pages = [search.search(ask("same", sort=sort, page=page)).hits for page in range(1, 8)]
        ids = [hit.id for page in pages for hit in page]
        assert len(ids) == len(set(ids)) == 130
        assert ids == [hit.id for hit in search.search(ask("same", sort=sort, page_size=100)).hits] + ids[100:]


def test_codes_are_ordered_by_their_numbers_and_what_has_none_is_last(index_of: IndexOf) -> None:
    coded = {"A": "WA/10", "B": "WA/9", "C": "WA", "D": "wa/9/1", "E": "", "F": "全宗 2"}
    search = index_of(
        [thing(name, holding=(factories.holding(reference_code=code or None),)) for name, code in coded.items()]
    )
    assert titles(search, "", sort="code") == ["C", "B", "D", "A", "F", "E"]
    assert titles(search, "", sort="code", page=2, page_size=4) == ["F", "E"]


def test_creators_are_ordered_by_name_and_what_has_none_is_last(index_of: IndexOf) -> None:
    made = {"A": "Smith, Jane", "B": "鲁迅", "C": "De Vries, Jan", "D": "", "E": "Müller, Hans"}
    search = index_of([thing(title, agents=(factories.agent(name),) if name else ()) for title, name in made.items()])
    assert titles(search, "", sort="creator") == ["C", "B", "E", "A", "D"]


def test_undated_things_come_last_in_both_orders_of_time(index_of: IndexOf) -> None:
    early, late = thing("Early", dates=(factories.date("1500"),)), thing("Late", dates=(factories.date("1900"),))
    search = index_of([thing("Never", dates=()), late, early])
    assert titles(search, "", sort="date") == ["Early", "Late", "Never"]
    assert titles(search, "", sort="date_desc") == ["Late", "Early", "Never"]


def test_the_view_of_members_has_a_hit_a_record(index_of: IndexOf) -> None:
    one, two = record("Atlas", native_id="oai:x:1"), record("Atlas, coloured", native_id="oai:x:2")
    members = (
        factories.member(one, institution="north", institution_name="North"),
        factories.member(two, institution="south", institution_name="South"),
    )
    search = index_of([factories.unified_record(one, members=members), thing("Ships")])
    merged = search.search(ask("atlas", facets=("institution",), prefer="south"))
    assert (merged.total, values(merged, "institution")) == (1, {"north": 1, "south": 1})
    assert [holder.slug for holder in merged.hits[0].institutions] == ["south", "north"]
    apart = search.search(ask("atlas", view="members", sort="title"))
    assert [(hit.title, hit.record) for hit in apart.hits] == [("Atlas", one.id), ("Atlas, coloured", two.id)]


def test_a_page_of_no_hits_counts(index_of: IndexOf) -> None:
    answer = index_of([thing("A"), thing("B")]).search(ask("", page_size=0, facets=("level",)))
    assert (answer.total, answer.hits, values(answer, "level")) == (2, (), {"item": 2})
