"""EDM: records as providers and as Europeana write them, records that are not as they should be, and the real ones."""

from __future__ import annotations

from collections import Counter

import pytest

from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped, Rejected
from mappings.engine.own_tests import minimal_record
from mappings.engine.recognising import recognise
from mappings.schema.record import CatalogueRecord
from tests import factories
from tests.mappings.crosswalks.test_base import CONTEXT
from tests.mappings.files import map_file
from tests.sample_data import require_data


def mapped(inline: str) -> CatalogueRecord:
    found = apply(compiled("base/edm"), minimal_record(FORMATS["edm"], inline), CONTEXT)
    assert isinstance(found, Mapped), found
    return found.units[0].record


def described(inner: str) -> CatalogueRecord:
    """A record with a title and more of its object."""
    return mapped(f"<edm:ProvidedCHO rdf:about='#o'><dc:title>Letter</dc:title>{inner}</edm:ProvidedCHO>")


def test_a_concept_gives_its_label_address_and_notation() -> None:
    record = described(
        "<dc:subject>Harbours</dc:subject><dc:subject><skos:Concept rdf:about='http://c.example/1'>"
        "<skos:prefLabel xml:lang='en'>Ships</skos:prefLabel><skos:notation>41</skos:notation></skos:Concept>"
        "</dc:subject>"
    )
    plain, concept = record.subjects
    assert (plain.label.value, plain.uri) == ("Harbours", None)
    assert (concept.label.value, concept.label.lang, concept.uri) == ("Ships", "eng", "http://c.example/1")
    assert concept.notation == "41"


def test_an_agent_keeps_its_names_in_other_languages() -> None:
    (agent,) = described(
        "<dc:creator><edm:Agent rdf:about='http://a.example/1'><skos:prefLabel>鲁迅</skos:prefLabel>"
        "<skos:prefLabel>Lu Xun</skos:prefLabel><edm:begin>1881-09-25</edm:begin><edm:end>1936-10-19</edm:end>"
        "</edm:Agent></dc:creator>"
    ).agents
    assert (agent.name.value, agent.dates, agent.roles) == ("鲁迅", "1881/1936", ("cre",))
    assert [variant.value for variant in agent.variants] == ["Lu Xun"]


def test_a_creator_known_by_an_address_alone_is_named_as_incomplete_and_not_guessed() -> None:
    raw = minimal_record(
        FORMATS["edm"],
        "<edm:ProvidedCHO><dc:title>A</dc:title><dc:creator rdf:resource='http://a.example/1'/></edm:ProvidedCHO>",
    )
    found = apply(compiled("base/edm"), raw, CONTEXT)
    assert isinstance(found, Mapped)
    assert found.units[0].record.agents == ()
    assert [issue.code for issue in found.units[0].issues] == ["incomplete"]


def test_a_literal_creator_is_read_as_in_dublin_core() -> None:
    (agent,) = described("<dc:creator>Lu, Xun, 1881-1936</dc:creator><dc:creator>Unknown</dc:creator>").agents
    assert (agent.name.value, agent.dates, agent.kind) == ("Lu, Xun", "1881/1936", "person")


def test_what_is_only_described_goes_by_the_beginning_of_its_description() -> None:
    title = mapped(f"<edm:ProvidedCHO><dc:description>{'word ' * 60}</dc:description></edm:ProvidedCHO>").title
    assert title.supplied
    assert title.value == ("word " * 24).strip()


def test_coverage_is_a_place_or_a_time() -> None:
    record = described("<dc:coverage>Lisbon</dc:coverage><dc:coverage>19th century</dc:coverage>")
    assert [place.label.value for place in record.places] == ["Lisbon"]
    assert [(date.text, date.kind) for date in record.dates] == [("19th century", "covered")]


def test_an_address_that_is_not_of_the_web_is_refused() -> None:
    record = mapped("<ore:Aggregation><edm:isShownAt rdf:resource='javascript:alert(1)'/></ore:Aggregation>")
    assert (record.digital, record.holding[0].url) == ((), None)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("<html><body>404</body></html>", "not_the_format"),
        ('<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "title_missing"),
    ],
)
def test_what_is_no_record_is_refused_by_name(payload: str, code: str) -> None:
    raw = factories.raw_record(payload=f"<record><metadata>{payload}</metadata></record>")
    found = apply(compiled("base/edm"), raw, CONTEXT)
    assert isinstance(found, Rejected)
    assert found.issue.code == code


def test_rdf_is_recognised_as_edm_by_what_it_describes() -> None:
    rdf = (
        '<records><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:e="http://www.europeana.eu/schemas/edm/">{}</r:RDF></records>'
    )
    assert recognise(rdf.format("<e:ProvidedCHO/>").encode()) == "edm"
    assert recognise(rdf.format("<e:Event/>").encode()) is None


@pytest.mark.data
def test_every_real_record_maps_with_rights_dates_and_links() -> None:
    (path,) = sorted(require_data("records/edm").glob("*.xml.gz"))
    outcomes = [outcome for _, outcome in map_file(compiled("base/edm"), path.read_bytes(), CONTEXT, name="edm")]
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Mapped": 1506}
    found = [unit.record for outcome in outcomes if isinstance(outcome, Mapped) for unit in outcome.units]
    assert all(record.rights.uri == "http://rightsstatements.org/vocab/InC/1.0/" for record in found)
    assert all(record.dates[0].edtf and record.digital and record.identifiers for record in found)
    assert Counter(record.level_inferred for record in found) == {False: 1473, True: 33}
