"""Private parts of MARC 21 are read by no rule, and a record that has some is not served as it came."""

from __future__ import annotations

import pymarc
import pytest

from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from mappings.engine.payload import has_private_parts
from mappings.schema.raw import RawRecord
from tests.factories import raw_record
from tests.mappings.engine.crosswalks import CONTEXT

RULES = """crosswalk: notes
extends: base/marc21@1
rules:
  - {id: everything, from: ["marc:541$a", "marc:542$a", "marc:561$a", "marc:583$a$x", "marc:852$x", "marc:856$x$z"],
     to: "descriptions[]"}
  - {id: nodes, each: "marc:583", make: {value: {from: "$x"}, kind: {const: note}}, to: "descriptions[]"}
"""
PRIVATE = [("541", "0", "a"), ("542", "0", "a"), ("561", "0", "a"), ("583", "0", "a"), ("583", "1", "x"),
           ("852", " ", "x"), ("856", "4", "x")]  # fmt: skip
PUBLIC = [("541", "1", "a"), ("561", " ", "a"), ("583", "1", "a"), ("856", "4", "z")]


def made(tag: str, indicator: str, code: str, *, in_xml: bool) -> RawRecord:
    """A record with one note."""
    record = pymarc.Record()
    record.add_field(
        pymarc.Field("001", data="1"),
        pymarc.Field("245", pymarc.Indicators("0", "0"), [pymarc.Subfield("a", "Title")]),
        pymarc.Field(tag, pymarc.Indicators(indicator, " "), [pymarc.Subfield(code, "SECRET")]),
    )
    written = pymarc.record_to_xml(record) if in_xml else record.as_marc()
    return raw_record(payload=written.decode(), charset="utf-8")


@pytest.mark.parametrize("in_xml", [True, False])
@pytest.mark.parametrize(("tag", "indicator", "code"), PRIVATE)
def test_what_is_private_is_read_by_no_rule(tag: str, indicator: str, code: str, in_xml: bool) -> None:
    raw = made(tag, indicator, code, in_xml=in_xml)
    found = apply(compiled(RULES), raw, CONTEXT)
    assert isinstance(found, Mapped)
    assert "SECRET" not in str(found.units[0].record)
    assert has_private_parts(raw)


@pytest.mark.parametrize("in_xml", [True, False])
@pytest.mark.parametrize(("tag", "indicator", "code"), PUBLIC)
def test_what_is_public_beside_it_is_read(tag: str, indicator: str, code: str, in_xml: bool) -> None:
    raw = made(tag, indicator, code, in_xml=in_xml)
    found = apply(compiled(RULES), raw, CONTEXT)
    assert isinstance(found, Mapped)
    assert "SECRET" in str(found.units[0].record)
    assert not has_private_parts(raw)


@pytest.mark.parametrize("in_xml", [True, False])
@pytest.mark.parametrize("name", ["unimarc", "cnmarc"])
def test_in_unimarc_the_same_tags_are_nothing_private(name: str, in_xml: bool) -> None:
    raw = made("541", "0", "a", in_xml=in_xml)
    assert not has_private_parts(raw, FORMATS[name])
    assert has_private_parts(raw, FORMATS["marc21"])
    assert has_private_parts(raw, FORMATS["mets"])


def test_records_that_are_no_marc_have_no_private_fields() -> None:
    assert not has_private_parts(raw_record())
    assert not has_private_parts(raw_record(payload='{"id": "1"}'))
