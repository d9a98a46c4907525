"""A record that a version's key does not name is rejected by name (mapping 7)."""

from __future__ import annotations

from federation.pipeline.naming import NAMELESS, Naming
from harvester.files.units import Reading
from mappings.engine.inputs import FORMATS
from tests.factories import raw_record

READING = Reading(format=FORMATS["json"], keys=(("/number",),))


def test_what_the_key_does_not_name_has_no_name_and_a_reason() -> None:
    nameless, named = (raw_record(payload=each, format="json") for each in ('{"title": "A"}', '{"number": "7"}'))
    found = Naming(reading=READING).named(named)
    assert found is not None
    assert found.identifier == "7"
    assert Naming(reading=READING).named(nameless) is None
    assert NAMELESS.issue.code == "native_id_missing"
