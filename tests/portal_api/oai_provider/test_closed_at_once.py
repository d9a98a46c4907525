"""What is closed is closed in the answer to every verb, before any stage has come by, as it will be afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from federation.storage import feeds
from mappings.schema.access import Access
from portal_api.oai_provider import routes
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, put
from tests.portal_api.oai_provider.giving import OAI, Given, giving
from tests.portal_api.oai_provider.test_enriched import ALONE, Hill, fixture_hill
from tests.portal_api.oai_provider.test_enriched import PATH as ENRICHED

LETTERS = catalogue_record(1, "Letters of Zanzibar", feed="b", level="series")
OTHERS = [catalogue_record(number, title, feed="a") for number, title in ((2, "Umbrage"), (3, "Quillwort"))]
#: what every verb says of the repository; Identify says nothing of items
Said = dict[str, object]

assert fixture_hill


@pytest.fixture(name="given")
async def fixture_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Given]:
    """A series of one feed and two works of another, offered, on pages of two."""
    monkeypatch.setattr(routes, "PAGE_RECORDS", 2)
    async with giving(tmp_path) as given:
        given.put(LETTERS, *OTHERS)
        given.export()
        yield given


def hide(given: Given) -> None:
    put(given.store, [replace(LETTERS, access=Access(line="hidden"))])


def withhold(given: Given) -> None:
    put(given.store, [LETTERS], gone=[LETTERS.id])


def take_back(given: Given, **changes: object) -> None:
    with given.store.transaction() as tx:
        feed = feeds.get(tx.connection, "b")
        assert feed is not None
        feeds.change(tx, replace(feed, **changes))


WAYS: dict[str, Callable[[Given], None]] = {
    "hidden": hide,
    "withheld": withhold,
    "unlicensed": lambda given: take_back(given, metadata_licence=None),
    "not given on": lambda given: take_back(given, reexpose="none"),
}


@pytest.mark.parametrize("prefix", ["oai_dc", "mods"])
@pytest.mark.parametrize("path", ["", "/records"])
@pytest.mark.parametrize("close", WAYS.values(), ids=WAYS)
async def test_every_verb_tells_of_a_tombstone_at_once(
    given: Given, close: Callable[[Given], None], path: str, prefix: str
) -> None:
    identifier = await _only_of(given, path, "level:series")
    close(given)
    at_once = await _said(given, path, prefix, identifier)
    assert at_once["status"] == at_once["in lists"] == {"deleted"}
    link_all(given.store)
    given.export()
    assert await _said(given, path, prefix, identifier) == at_once


async def test_an_institutions_own_list_of_headers_knows_it_at_once(hill: Hill) -> None:
    asked = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    put(hill.given.store, [replace(ALONE, access=Access(line="hidden"))])
    answer = await hill.given.asked(ENRICHED, hill.headers, **asked)
    gone = {each.findtext(f"{OAI}identifier"): each.get("status") for each in answer.iter(f"{OAI}header")}
    assert gone[ALONE.source.native_id] == "deleted"
    assert list(gone.values()).count("deleted") == 1


async def _only_of(given: Given, path: str, spec: str) -> str:
    answer = await given.asked(path, verb="ListIdentifiers", metadataPrefix="oai_dc", set=spec)
    (identifier,) = answer.iter(f"{OAI}identifier")
    return str(identifier.text)


async def _said(given: Given, path: str, prefix: str, identifier: str) -> Said:
    """What the verbs say of an item, and how many items the lists count."""
    named = {"identifier": identifier, "metadataPrefix": prefix}
    one = await given.asked(path, verb="GetRecord", **named)
    formats = await given.asked(path, verb="ListMetadataFormats", identifier=identifier)
    listed: set[str | None] = set()
    sizes: set[str | None] = set()
    metadata = one.find(f".//{OAI}metadata")
    for verb in ("ListIdentifiers", "ListRecords"):
        arguments = {"metadataPrefix": prefix}
        while arguments:
            answer = await given.asked(path, verb=verb, **arguments)
            listed |= {each.get("status") for each in answer.iter(f"{OAI}header") if each[0].text == identifier}
            token = answer.find(f".//{OAI}resumptionToken")
            sizes |= {token.get("completeListSize")} if token is not None else set()
            arguments = {"resumptionToken": token.text} if token is not None and token.text else {}
    return {
        "status": {each.get("status") for each in one.iter(f"{OAI}header")},
        "sets": [each.text for each in one.iter(f"{OAI}setSpec")],
        "metadata": metadata,
        "formats": [each.text for each in formats.iter(f"{OAI}metadataPrefix")],
        "in lists": listed,
        "sizes": sizes,
    }
