"""EDM as it is given out."""

from __future__ import annotations

import pytest
from lxml import etree

from mappings.schema.rights import Rights
from mappings.serialisations.cover import EntryHidden, FormatUnavailable
from mappings.serialisations.edm import write
from tests import factories
from tests.mappings.serialisations.judging import URI, closed, full, full_record, schema

PAGE = "https://exchange.example/r/c-1"
NAMES = {
    "edm": "http://www.europeana.eu/schemas/edm/",
    "ore": "http://www.openarchives.org/ore/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def _found(xml: str, path: str) -> list[str]:
    return [str(each) for each in etree.fromstring(xml).xpath(path, namespaces=NAMES)]


def test_object_aggregation_and_file_belong_together() -> None:
    xml = write(full(), identifiers=(PAGE,))
    assert _found(xml, "edm:ProvidedCHO/@rdf:about") == [PAGE]
    assert _found(xml, "ore:Aggregation/edm:aggregatedCHO/@rdf:resource") == [PAGE]
    assert _found(xml, "//edm:isShownBy/@rdf:resource") == ["https://x.example/1/full.jpg"]
    assert _found(xml, "edm:WebResource/@rdf:about") == ["https://x.example/1/full.jpg"]
    assert _found(xml, "edm:WebResource/dc:format/text()") == ["image/jpeg"]
    assert _found(xml, "//edm:rights/@rdf:resource") == [URI]
    assert _found(xml, "//edm:type/text()") == ["TEXT"]


def test_the_material_of_a_closed_record_is_not_linked() -> None:
    xml = write(closed("full"))
    assert "full.jpg" not in xml
    assert _found(xml, "//edm:isShownAt/@rdf:resource") == ["https://x.example/1?a=1&b=2"]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"rights": Rights()}, "a rights URI"),
        ({"type": "Event"}, "a type of material"),
        ({"type": None}, "a type of material"),
        ({"digital": (), "holding": (factories.holding(),)}, "a link to the object"),
        ({"type": None, "rights": Rights()}, "needs a type of material that EDM knows and a rights URI, which"),
        (
            {"type": None, "rights": Rights(), "digital": (), "holding": (factories.holding(),)},
            "a type of material .* and a rights URI and a link to the object",
        ),
    ],
)
def test_a_record_without_what_edm_needs_is_told_apart(fields: dict[str, object], wanted: str) -> None:
    with pytest.raises(FormatUnavailable, match=wanted):
        write(factories.unified_record(full_record(**fields)))


def test_a_reduced_line_cannot_be_said_in_edm() -> None:
    with pytest.raises(FormatUnavailable):
        write(closed("reduced"))


def test_a_hidden_entry_is_not_written() -> None:
    with pytest.raises(EntryHidden):
        write(closed("hidden"))


@pytest.mark.data
def test_what_is_written_is_valid_by_the_schema_of_europeana() -> None:
    judge = schema("edm/EDM.xsd")
    for unified in (full(), closed("full")):
        judge.assertValid(etree.fromstring(write(unified, identifiers=(PAGE,))))


@pytest.mark.data
def test_the_judge_finds_an_aggregation_without_rights() -> None:
    root = etree.fromstring(write(full()))
    for rights in root.iter(f"{{{NAMES['edm']}}}rights"):
        rights.getparent().remove(rights)
    assert not schema("edm/EDM.xsd").validate(root)
