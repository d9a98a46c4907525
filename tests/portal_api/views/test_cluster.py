"""A thing as its page shows it."""

from __future__ import annotations

from mappings.schema.agents import Agent
from mappings.schema.record import Description, Subject
from mappings.schema.text import Text
from portal_api.views.cluster import cluster_view
from tests import factories


def test_class_numbers_are_no_subjects() -> None:
    subjects = (
        Subject(label=Text(value="Silk")),
        Subject(label=Text(value="813/.3"), kind="classification", scheme="ddc"),
    )
    view = cluster_view(factories.unified_record(factories.catalogue_record(subjects=subjects)))
    shown = {
        field.name: [reading.value.text for reading in field.readings] for area in view.areas for field in area.fields
    }
    assert (shown["subjects"], shown["classes"]) == (["Silk"], ["813/.3"])


def test_the_statement_of_responsibility_stands_with_the_titles_and_a_name_has_all_its_roles() -> None:
    said = Description(value="鲁迅著", kind="statement_of_responsibility")
    agent = Agent(name=Text(value="Lu, Xun"), roles=("aut", "ill"))
    record = factories.catalogue_record(descriptions=(said,), agents=(agent,))
    areas = {area.name: area.fields for area in cluster_view(factories.unified_record(record)).areas}
    assert ["鲁迅著"] in [[reading.value.text for reading in field.readings] for field in areas["identity"]]
    (names,) = (field for field in areas["context"] if field.name == "agents")
    assert [reading.value.notes for reading in names.readings] == [("aut", "ill")]
