"""`/oai/records`: each institution's own description, unmerged, and nothing that its access or licence keeps back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from federation.pipeline.ledger_check import verify
from federation.storage import feeds
from mappings.schema.access import Access
from mappings.schema.ids import is_record_id
from mappings.serialisations.provenance import NAMESPACE
from tests import factories
from tests.federation.linkage.records import catalogue_record, isbn
from tests.federation.pipeline.held import hold
from tests.peers.judge import Judge, oai_schema
from tests.peers.oai_clients import CLIENTS, Client, read_by_sickle, sets_by_sickle
from tests.peers.strict import Strict
from tests.portal_api.oai_provider.exported import AUTHORITY
from tests.portal_api.oai_provider.giving import OAI, Given, giving
from tests.sample_data import require_data

RECORDS = "/records"
SAME = (isbn("9780306406157"),)
HERE = catalogue_record(1, "Almost strangers", feed="a", authors=("Winer, Delsa",), year="2000", identifiers=SAME)
THERE = catalogue_record(
    2, "Almost strangers: a novel", feed="b", authors=("Winer, Delsa",), year="2000", identifiers=SAME
)
LETTERS = catalogue_record(3, "Letters of Zanzibar", feed="a", level="series")
KEPT_BACK = catalogue_record(4, "Quillwort", feed="closed")


@pytest.fixture(name="given")
async def fixture_given(tmp_path: Path) -> AsyncIterator[Given]:
    """Two descriptions of one book, a series, and a record of a feed without a licence."""
    async with giving(tmp_path) as given:
        given.put(HERE, THERE, LETTERS, KEPT_BACK)
        given.export()
        yield given


def named(item: str, prefix: str = "oai_dc") -> dict[str, str]:
    return {"verb": "GetRecord", "identifier": f"oai:{AUTHORITY}:{item}", "metadataPrefix": prefix}


async def test_each_record_comes_as_its_own_institution_describes_it(given: Given) -> None:
    merged = await given.texts("oai_dc")
    found = await given.texts("oai_dc", RECORDS)
    assert len(merged) == 2
    assert set(found) == {"r1", "r2", "r3"}
    assert "a novel" in str(found["r2"])
    assert "a novel" not in str(found["r1"])


async def test_records_stand_in_every_format_that_can_say_them(given: Given) -> None:
    assert set(await given.texts("mods", RECORDS)) == {"r1", "r2", "r3"}
    assert set(await given.texts("marc21", RECORDS)) == {"r1", "r2"}


async def test_a_feed_without_licence_is_not_given_on_and_one_that_loses_it_is_gone_at_once(given: Given) -> None:
    assert "Quillwort" not in str(await given.texts("oai_dc", RECORDS))
    with given.store.transaction() as tx:
        feed = feeds.get(tx.connection, "b")
        assert feed is not None
        feeds.change(tx, msgspec.structs.replace(feed, metadata_licence=None))
    assert (await given.texts("oai_dc", RECORDS))["r2"] is None


@pytest.mark.parametrize(("reexpose", "alone", "merged"), [("all", 1, 1), ("merged", 0, 1), ("none", 0, 0)])
async def test_a_feed_goes_as_far_as_its_people_let_it(
    given: Given, reexpose: feeds.Reexpose, alone: bool, merged: bool
) -> None:
    given.put(catalogue_record(5, "Umbrage", feed="b"))
    given.export()
    with given.store.transaction() as tx:
        feed = feeds.get(tx.connection, "b")
        assert feed is not None
        feeds.change(tx, msgspec.structs.replace(feed, reexpose=reexpose))
    for _ in range(2):
        assert ("Umbrage" in str(await given.texts("oai_dc", RECORDS))) == alone
        assert ("Umbrage" in str(await given.texts("oai_dc"))) == merged
        given.export()


@pytest.mark.parametrize("prefix", ["oai_dc", "mods"])
async def test_what_is_closed_is_gone_at_once_and_leaves_a_tombstone(given: Given, prefix: str) -> None:
    given.put(msgspec.structs.replace(LETTERS, access=Access(line="hidden")))
    assert (await given.texts(prefix, RECORDS))["r3"] is None
    given.export()
    found = await given.asked(RECORDS, **named("r3", prefix))
    assert found.find(f".//{OAI}header").get("status") == "deleted"


async def test_what_was_never_public_is_in_no_answer(given: Given) -> None:
    given.put(catalogue_record(9, "Umbrage", feed="a", line="hidden"))
    given.export()
    answers = [
        await given.asked(RECORDS, verb=verb, metadataPrefix=prefix)
        for verb in ("ListRecords", "ListIdentifiers")
        for prefix in ("oai_dc", "mods")
    ]
    for answer in [*answers, await given.asked(RECORDS, verb="ListSets")]:
        said = "".join(answer.itertext())
        assert "Umbrage" not in said
        assert ":r9" not in said
    refused = await given.asked(RECORDS, **named("r9"))
    assert refused.find(f"{OAI}error").get("code") == "idDoesNotExist"


@pytest.mark.parametrize("path", ["", RECORDS])
async def test_identify_shows_an_identifier_as_the_repository_gives_them(given: Given, path: str) -> None:
    said = await given.asked(path, verb="Identify")
    (sample,) = said.iter("{http://www.openarchives.org/OAI/2.0/oai-identifier}sampleIdentifier")
    local = sample.text.removeprefix(f"oai:{AUTHORITY}:")
    assert is_record_id(local.removeprefix("c-"))
    assert local.startswith("c-") == (not path)


async def test_a_reduced_line_gives_no_title(given: Given) -> None:
    given.put(msgspec.structs.replace(LETTERS, access=Access(line="reduced", status="closed", reason="privacy")))
    given.export()
    found = str((await given.texts("oai_dc", RECORDS))["r3"])
    assert "Zanzibar" not in found
    assert "closed (privacy)" in found


async def test_a_record_says_where_it_was_harvested(given: Given) -> None:
    hold(given.store, factories.raw_record(feed="a", identifier=HERE.source.native_id))
    (about,) = (await given.asked(RECORDS, **named("r1"))).iter(f"{OAI}about")
    assert about.findtext(f".//{{{NAMESPACE}}}identifier") == HERE.source.native_id


async def test_a_token_of_one_repository_is_none_of_another(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal_api.oai_provider.routes.PAGE_RECORDS", 1)
    first = await given.asked(RECORDS, verb="ListIdentifiers", metadataPrefix="oai_dc")
    token = first.findtext(f".//{OAI}resumptionToken")
    other = await given.asked(verb="ListIdentifiers", resumptionToken=token)
    assert other.find(f"{OAI}error").get("code") == "badResumptionToken"
    following = await given.asked(RECORDS, verb="ListIdentifiers", resumptionToken=token)
    assert following.find(f".//{OAI}header") is not None


async def test_each_record_stands_in_the_sets_that_its_own_description_names(given: Given) -> None:
    url = given.url + RECORDS
    sets = await asyncio.to_thread(sets_by_sickle, url)
    assert {"level:series", "institution:a"} <= set(sets)
    assert [item async for item in _of_set(given, "level:series")] == ["r3"]
    assert {item async for item in _of_set(given, "institution:a")} == {"r1", "r2", "r3"}
    (header,) = (await given.asked(RECORDS, **named("r3"))).iter(f"{OAI}header")
    assert {"institution:a", "level:series"} <= {each.text for each in header.iter(f"{OAI}setSpec")}


async def test_the_sets_of_one_repository_are_none_of_another(given: Given) -> None:
    only = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "set": "level:series"}
    merged = [each.text for each in (await given.asked(**only)).iter(f"{OAI}identifier")]
    assert len(merged) == 1
    assert merged != [f"oai:{AUTHORITY}:r3"]


async def test_a_set_holds_the_tombstone_of_what_stood_in_it_and_forgets_what_it_was_called(given: Given) -> None:
    given.put(msgspec.structs.replace(LETTERS, access=Access(line="hidden")))
    given.export()
    assert [item async for item in _of_set(given, "level:series")] == ["r3"]
    assert (await asyncio.to_thread(sets_by_sickle, given.url + RECORDS))["level:series"] == "level:series"


async def _of_set(given: Given, spec: str) -> AsyncIterator[str]:
    for each in await asyncio.to_thread(lambda: read_by_sickle(given.url + RECORDS, set=spec)):
        yield each.identifier.rpartition(":")[2]


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
async def test_foreign_clients_get_every_record_and_every_tombstone(given: Given, client: Client) -> None:
    given.put(msgspec.structs.replace(LETTERS, access=Access(line="hidden")))
    given.export()
    seen = await asyncio.to_thread(client, given.url + RECORDS, "oai_dc")
    assert {(each.identifier.rpartition(":")[2], each.deleted) for each in seen} == {
        ("r1", False),
        ("r2", False),
        ("r3", True),
    }


@pytest.mark.data
async def test_the_judges_find_nothing_and_the_ledger_answers_for_all(given: Given, tmp_path: Path) -> None:
    copies = tmp_path / "schemas"
    copies.mkdir()
    schema = oai_schema(require_data("schemas"), copies)
    given.put(msgspec.structs.replace(LETTERS, access=Access(line="hidden")))
    given.export()
    for prefix in ("oai_dc", "mods"):
        assert await asyncio.to_thread(Strict(given.url + RECORDS, prefix=prefix).findings) == []
    assert await asyncio.to_thread(Judge(given.url + RECORDS, schema).findings) == []
    assert verify(given.store).whole
