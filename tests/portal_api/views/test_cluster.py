"""A thing as its page shows it."""

from __future__ import annotations

from mappings.schema.record import Subject
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
