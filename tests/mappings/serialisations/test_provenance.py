"""Provenance as it is given out, and as it is read of what came with a record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from mappings.serialisations.provenance import NAMESPACE, OriginDescription, chains_of, is_moment, is_uri, write
from tests.mappings.serialisations.judging import schema

HERE = OriginDescription(
    base_url="https://archive.example/oai",
    identifier="oai:archive.example:1",
    datestamp="2026-01-31",
    namespace="http://www.openarchives.org/OAI/2.0/oai_dc/",
    harvest_date="2026-02-01T10:00:00Z",
)
BEFORE = replace(HERE, base_url="http://first.example/oai?x=1&y=2", altered="false", datestamp="2026-01-30T09:00:00Z")


def record(*abouts: str, prefix: str = "") -> str:
    """A record with `about` containers."""
    return f"<record{prefix}><header/><metadata/>{''.join(f'<about>{each}</about>' for each in abouts)}</record>"


def test_a_chain_is_nested_the_last_harvest_outermost() -> None:
    outer = etree.fromstring(write([HERE, BEFORE])).find(f"{{{NAMESPACE}}}originDescription")
    inner = outer.find(f"{{{NAMESPACE}}}originDescription")
    assert outer.findtext(f"{{{NAMESPACE}}}baseURL") == HERE.base_url
    assert (outer.get("altered"), inner.get("altered")) == ("true", "false")
    assert inner.findtext(f"{{{NAMESPACE}}}baseURL") == BEFORE.base_url
    assert inner.find(f"{{{NAMESPACE}}}originDescription") is None


def test_what_came_with_a_record_is_read_as_it_was_written() -> None:
    other = replace(BEFORE, base_url="https://second.example/oai")
    payload = record(write([BEFORE, HERE]), "<rights>none</rights>", write([other]))
    assert chains_of(payload, {}) == [(BEFORE, HERE), (other,)]
    assert write(chains_of(payload, {})[0]) == write([BEFORE, HERE])


def test_prefixes_declared_around_the_record_are_known() -> None:
    plain = write([BEFORE])
    start = plain.index("<originDescription")
    inner = plain[start:].replace("</provenance>", "").replace("<", "<p:").replace("<p:/", "</p:")
    payload = record(f"<p:provenance>{inner}</p:provenance>")
    assert chains_of(payload, {"p": NAMESPACE}) == [(BEFORE,)]
    assert chains_of(payload, {}) == []


def test_a_chain_ends_before_a_level_that_the_schema_would_refuse() -> None:
    faults = (replace(HERE, datestamp="2026-02-30"), replace(HERE, altered="perhaps"), replace(HERE, base_url="no uri"))
    for faulty in faults:
        assert chains_of(record(write([BEFORE, faulty, HERE])), {}) == [(BEFORE,)]
        assert chains_of(record(write([faulty])), {}) == []


@given(st.text())
def test_any_payload_gives_chains_that_can_be_written(text: str) -> None:
    assert chains_of(f"<record>{text}riginDescription", {}) == []
    assert not is_moment(text) or len(text) >= 10
    assert not is_uri(text) or ":" in text


@pytest.mark.data
def test_what_is_written_is_valid_by_the_schema_and_the_schema_can_refuse() -> None:
    judge = schema("oai/provenance.xsd")
    assert judge.validate(etree.fromstring(write([HERE, BEFORE, HERE])))
    assert not judge.validate(etree.fromstring(write([replace(HERE, datestamp="yesterday")])))
