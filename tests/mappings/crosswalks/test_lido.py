"""LIDO: a whole record, records that are not as they should be, and the real records."""

from __future__ import annotations

import gzip
from collections import Counter

import pytest

from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped, Outcome, Rejected
from mappings.engine.own_tests import minimal_record
from mappings.engine.recognising import recognise
from tests import factories
from tests.mappings.crosswalks.test_base import CONTEXT
from tests.mappings.files import map_file
from tests.sample_data import require_data

LIDO = "http://www.lido-schema.org"
TITLE = "<titleWrap><titleSet><appellationValue>Fountain</appellationValue></titleSet></titleWrap>"
ONE = f"<descriptiveMetadata><objectIdentificationWrap>{TITLE}</objectIdentificationWrap></descriptiveMetadata>"


def mapped(inline: str) -> Outcome:
    return apply(compiled("base/lido"), minimal_record(FORMATS["lido"], inline), CONTEXT)


def described(identification: str = "", *, events: str = "") -> str:
    """A record with a title, further parts of its identification, and events."""
    wrapped = "".join(f"<eventSet><event>{event}</event></eventSet>" for event in events.split("\n") if event)
    return (
        f"<descriptiveMetadata><objectIdentificationWrap>{TITLE}{identification}</objectIdentificationWrap>"
        f"<eventWrap>{wrapped}</eventWrap></descriptiveMetadata>"
    )


def test_the_repository_holds_the_thing_under_its_inventory_number() -> None:
    repository = (
        "<repositoryWrap><repositorySet lido:type='former'><workID>old</workID></repositorySet><repositorySet>"
        "<repositoryName><legalBodyID lido:source='ISIL'>info:isil/DE-Mb112</legalBodyID><legalBodyName>"
        "<appellationValue>Foto Marburg</appellationValue></legalBodyName></repositoryName>"
        "<workID>A 12</workID></repositorySet></repositoryWrap>"
    )
    found = mapped(described(repository))
    assert isinstance(found, Mapped)
    (holding,) = found.units[0].record.holding
    assert (holding.institution.name, holding.institution.isil) == ("Foto Marburg", "DE-Mb112")
    assert holding.reference_code == "A 12"


def test_events_of_lido_1_1_are_known_by_their_address() -> None:
    events = (
        "<eventType><skos:Concept rdf:about='http://terminology.lido-schema.org/lido00228'><skos:prefLabel>Issue"
        "</skos:prefLabel></skos:Concept></eventType><eventDate><displayDate>1923</displayDate></eventDate>"
        "<eventPlace><displayPlace>Lisbon</displayPlace></eventPlace>"
    )
    found = mapped(described(events=events))
    assert isinstance(found, Mapped)
    record = found.units[0].record
    assert [(date.edtf, date.kind) for date in record.dates] == [("1923", "issued")]
    assert [(place.label.value, place.role) for place in record.places] == [("Lisbon", "published")]


def test_who_had_a_thing_made_did_not_make_it() -> None:
    actor = "<actorInRole><actor><nameActorSet><appellationValue>{}</appellationValue></nameActorSet></actor>"
    actor += "{}</actorInRole>"
    events = (
        "<eventType><term>Production</term></eventType><eventActor>"
        + actor.format("Mari", "<roleActor><term>sculptor</term></roleActor>")
        + "</eventActor><eventActor>"
        + actor.format("Pamphili", "<roleActor><term>patron</term></roleActor>")
        + "</eventActor><eventActor>"
        + actor.format("Unnamed", "")
        + "</eventActor>"
    )
    found = mapped(described(events=events))
    assert isinstance(found, Mapped)
    agents = {agent.name.value: agent.roles for agent in found.units[0].record.agents}
    assert agents == {"Mari": ("scl", "cre"), "Pamphili": ("pat",), "Unnamed": ("cre",)}


def test_images_carry_their_own_rights_and_never_those_of_the_work() -> None:
    found = mapped(
        "<administrativeMetadata><rightsWorkWrap><rightsWorkSet><rightsType><term>CC0</term></rightsType>"
        "</rightsWorkSet></rightsWorkWrap><resourceWrap><resourceSet><resourceRepresentation lido:type='image_thumb'>"
        "<linkResource>https://m.example/1.jpg</linkResource></resourceRepresentation><rightsResource><rightsType>"
        "<term>http://www.europeana.eu/rights/rr-f/</term></rightsType></rightsResource></resourceSet><resourceSet>"
        "<resourceRepresentation><linkResource>javascript:alert(1)</linkResource></resourceRepresentation>"
        "</resourceSet></resourceWrap></administrativeMetadata>"
    )
    assert isinstance(found, Mapped)
    record = found.units[0].record
    assert record.rights.uri == "http://creativecommons.org/publicdomain/zero/1.0/"
    (image,) = record.digital
    assert (image.role, image.rights) == ("thumbnail", "http://rightsstatements.org/vocab/InC/1.0/")
    assert "url_refused" in {issue.code for issue in found.units[0].issues}


def test_a_thing_without_a_title_goes_by_what_it_is() -> None:
    found = mapped(
        "<descriptiveMetadata><objectClassificationWrap><objectWorkTypeWrap><objectWorkType><term>cup</term>"
        "</objectWorkType></objectWorkTypeWrap></objectClassificationWrap></descriptiveMetadata>"
    )
    assert isinstance(found, Mapped)
    title = found.units[0].record.title
    assert (title.value, title.supplied) == ("cup", True)


def test_a_record_in_a_wrapper_is_read_and_those_behind_it_are_named() -> None:
    one = f"<lido>{ONE}</lido>"
    payload = f'<record><metadata><lidoWrap xmlns="{LIDO}">{one}{{}}</lidoWrap></metadata></record>'
    for others, codes in (("", set()), (one * 2, {"records_passed_over"})):
        found = apply(compiled("base/lido"), factories.raw_record(payload=payload.format(others)), CONTEXT)
        assert isinstance(found, Mapped)
        assert {issue.code for issue in found.units[0].issues} == codes


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (f'<lidoWrap xmlns="{LIDO}"/>', "payload_empty"),
        ("<html><body>404</body></html>", "not_the_format"),
        (f'<lido xmlns="{LIDO}"><lidoRecID>1</lidoRecID></lido>', "title_missing"),
    ],
)
def test_what_is_no_record_is_refused_by_name(payload: str, code: str) -> None:
    raw = factories.raw_record(payload=f"<record><metadata>{payload}</metadata></record>")
    found = apply(compiled("base/lido"), raw, CONTEXT)
    assert isinstance(found, Rejected)
    assert found.issue.code == code


def test_a_file_of_lido_is_recognised_and_cut_into_its_records() -> None:
    body = f'<l:lidoWrap xmlns:l="{LIDO}"><l:lido/><l:lido/></l:lidoWrap>'.encode()
    assert recognise(body) == recognise(b"\xef\xbb\xbf" + body) == "lido"
    assert len(list(map_file(compiled("base/lido"), body, CONTEXT, name="file"))) == 2


@pytest.mark.data
def test_every_real_record_maps_and_most_are_dated_and_placed() -> None:
    outcomes: list[Outcome] = []
    for path in sorted(require_data("records/lido").glob("*.xml.gz")):
        assert recognise(gzip.decompress(path.read_bytes())) == "lido"
        outcomes += [outcome for _, outcome in map_file(compiled("base/lido"), path.read_bytes(), CONTEXT, name="lido")]
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Mapped": 489}
    found = [unit.record for outcome in outcomes if isinstance(outcome, Mapped) for unit in outcome.units]
    assert sum(any(date.edtf for date in record.dates) for record in found) >= 350
    assert sum(bool(record.places) for record in found) >= 475
    assert sum(bool(record.holding[0].reference_code) for record in found) == 486
    assert all(record.access.status == "unknown" for record in found)
