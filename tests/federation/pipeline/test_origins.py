"""What is told of where a member came from, and what is not given on again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.origins import MOST_ABOUTS, Origin, abouts, origin_of, origins_of
from federation.storage import raw_origins
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.raw_origins import RawOrigin
from mappings.schema.raw import RawRecord
from mappings.serialisations.provenance import MARK, MOST_LEVELS, OriginDescription, write
from tests import factories
from tests.federation.pipeline.held import hold

SETTINGS = ExportSettings(authority="exchange.example", public_url="https://exchange.example")
FEED = StoredFeed(key="k", name="K", institution="a", base_url="https://archive.example/oai")
BEFORE = factories.origin_description(namespace="http://www.loc.gov/mods/v3", altered="false")


def raw(*incoming: OriginDescription, identifier: str = "oai:archive.example:1", **fields: object) -> RawOrigin:
    """A record that came with a chain."""
    payload = f"<record><about>{write(incoming)}</about></record>" if incoming else ""
    made = RawOrigin(
        identifier=identifier,
        datestamp="2026-01-31",
        format="oai_dc",
        harvested=factories.NOON,
        namespaces={},
        payload=payload,
    )
    return replace(made, **fields)


def told(origin: Origin) -> OriginDescription:
    """The outermost level of the first chain."""
    return origin.chains[0][0]


def test_a_record_names_repository_identifier_datestamp_and_format_of_its_harvest() -> None:
    found = told(origin_of(raw(format="oai_mods"), FEED, SETTINGS))
    assert found == OriginDescription(
        base_url="https://archive.example/oai",
        identifier="oai:archive.example:1",
        datestamp="2026-01-31",
        namespace="http://www.loc.gov/mods/v3",
        harvest_date=factories.NOON.strftime("%Y-%m-%dT%H:%M:%SZ"),
        altered="true",
    )


@pytest.mark.parametrize("format_", ["table", "json", "dat46"])
def test_what_has_no_namespace_is_told_in_the_one_in_which_it_is_hosted(format_: str) -> None:
    feed = replace(FEED, source="upload", base_url="")
    found = told(origin_of(raw(format=format_), feed, SETTINGS))
    assert found.namespace == "http://www.openarchives.org/OAI/2.0/oai_dc/"


@pytest.mark.parametrize(
    ("base_url", "fields", "expected"),
    [
        ("https://u:secret@archive.example/oai?key=secret#x", {}, "https://archive.example/oai"),
        ("https://archive.example:8443/oai", {}, "https://archive.example:8443/oai"),
        ("http://10.1.2.3/oai", {}, "https://exchange.example/oai/hosted/k"),
        ("http://catalogue/oai", {}, "https://exchange.example/oai/hosted/k"),
        ("https://inside.example/oai", {"networks": ("10.0.0.0/8",)}, "https://exchange.example/oai/hosted/k"),
        ("", {"source": "upload"}, "https://exchange.example/oai/hosted/k"),
    ],
)
def test_neither_secrets_nor_inner_addresses_are_told(base_url: str, fields: dict[str, object], expected: str) -> None:
    feed = replace(FEED, base_url=base_url, **fields)
    assert told(origin_of(raw(), feed, SETTINGS)).base_url == expected


def test_a_source_without_an_address_that_may_be_told_gives_no_about() -> None:
    feed = replace(FEED, source="upload", base_url="")
    origin = origin_of(raw(), feed, ExportSettings(authority="exchange.example"))
    assert (origin.chains, origin.is_refused, abouts([origin])) == ((), False, "")


def test_identifiers_and_datestamps_that_the_schema_refuses_are_written_as_it_asks() -> None:
    assert told(origin_of(raw(identifier="oai:a:档 1"), FEED, SETTINGS)).identifier == "oai:a:%E6%A1%A3%201"
    found = told(origin_of(raw(datestamp="2026-02-30"), FEED, SETTINGS))
    assert found.datestamp == found.harvest_date


def test_an_incoming_chain_is_nested_as_it_came() -> None:
    origin = origin_of(raw(BEFORE, BEFORE), FEED, SETTINGS)
    assert origin.chains == ((told(origin), BEFORE, BEFORE),)
    assert not origin.is_refused


@pytest.mark.parametrize(
    "fields",
    [
        {"base_url": "https://exchange.example/oai"},
        {"identifier": "oai:exchange.example:c-r1"},
    ],
)
def test_what_came_from_here_is_not_given_on_again(fields: dict[str, str]) -> None:
    assert origin_of(raw(BEFORE, replace(BEFORE, **fields)), FEED, SETTINGS).is_refused
    assert not origin_of(raw(BEFORE), FEED, SETTINGS).is_refused
    assert origin_of(raw(identifier="oai:exchange.example:c-r1"), FEED, SETTINGS).is_refused


def test_a_chain_through_too_many_hands_is_not_given_on() -> None:
    assert not origin_of(raw(*[BEFORE] * (MOST_LEVELS - 1)), FEED, SETTINGS).is_refused
    assert origin_of(raw(*[BEFORE] * MOST_LEVELS), FEED, SETTINGS).is_refused


def test_a_record_carries_twenty_abouts_at_most() -> None:
    origin = origin_of(raw(), FEED, SETTINGS)
    assert abouts([origin] * (MOST_ABOUTS + 5)).count("<about>") == MOST_ABOUTS


def with_about(number: int) -> RawRecord:
    payload = f"<record><metadata/><about>{write([BEFORE])}</about></record>"
    return factories.raw_record(identifier=f"oai:archive.example:{number}", payload=payload, feed="k")


def test_payloads_are_read_only_where_they_tell_of_an_earlier_harvest(store: Store) -> None:
    plain = factories.raw_record(identifier="oai:archive.example:2", feed="k")
    hold(store, with_about(1), plain)
    with store.reading() as connection:
        found = raw_origins.find(connection, "k", [f"oai:archive.example:{n}" for n in (1, 2, 3)], mark=MARK)
        members = [
            replace(factories.member(), record=f"r{n}", feed="k", native_id=f"oai:archive.example:{n}")
            for n in (1, 2, 3)
        ]
        origins = origins_of(connection, members, {"k": FEED}, SETTINGS)
    assert {name: bool(each.payload) for name, each in found.items()} == {
        "oai:archive.example:1": True,
        "oai:archive.example:2": False,
    }
    assert {name: len(each.chains[0]) for name, each in origins.items()} == {"r1": 2, "r2": 1}
