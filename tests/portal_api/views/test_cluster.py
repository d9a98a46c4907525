"""A thing as its page shows it."""

from __future__ import annotations

from mappings.schema.access import Access
from mappings.schema.agents import Agent
from mappings.schema.hierarchy import Ancestor, Hierarchy
from mappings.schema.holding import Container, Holding, Institution
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


def test_who_looks_for_a_component_sees_its_box_and_for_what_its_access_was_stated() -> None:
    fonds = Ancestor(id="r" + "0" * 26, level="fonds", title="Papers")
    record = factories.catalogue_record(
        access=Access(status="restricted", inherited_from=fonds.id),
        hierarchy=Hierarchy(root=fonds.id, parent=fonds.id, path=(fonds,), depth=1),
        holding=(
            Holding(
                institution=Institution(name="City Archive", slug="city"),
                department="Maps",
                containers=(Container(type="box", number="3"), Container(type="folder", number="7")),
            ),
        ),
    )
    view = cluster_view(factories.unified_record(record))
    assert view.access_from is not None
    assert (view.access_from.id, view.access_from.title) == (fonds.id, "Papers")
    (witness,) = view.witnesses
    assert (witness.department, witness.containers) == ("Maps", ("box 3", "folder 7"))


def test_a_thing_shows_the_date_of_its_line_in_lists() -> None:
    dates = (factories.date("1100", kind="covered"), factories.date("1700"))
    assert cluster_view(factories.unified_record(factories.catalogue_record(dates=dates))).dates == "1700"
