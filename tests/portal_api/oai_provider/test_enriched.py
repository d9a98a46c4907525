"""`/oai/enriched/{institution}`: its own records with what others state, for the institution alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest
from lxml import etree
from msgspec.structs import replace

from federation.errors import RequestRefused
from federation.pipeline.enriching import key_made
from federation.storage import institutions
from federation.storage.engine import Store, embedded_url
from mappings.schema.access import Access
from mappings.schema.record import CatalogueRecord
from mappings.serialisations import enrichment
from tests.federation.linkage.records import catalogue_record, isbn
from tests.peers.oai_clients import records_by_sickle, sets_by_sickle
from tests.portal_api.oai_provider.giving import OAI, Given, giving

PATH = "/enriched/hill"
ADDED = f"{{{enrichment.NAMESPACE}}}value"
SAME = (isbn("9780306406157"),)
WINER = ("Winer, Delsa",)


def held_by(record: CatalogueRecord, slug: str) -> CatalogueRecord:
    """The record as one of an institution."""
    holding = replace(record.holding[0], institution=replace(record.holding[0].institution, slug=slug))
    return replace(record, holding=(holding,))


OURS = held_by(catalogue_record(1, "Almost strangers", feed="a", authors=WINER, identifiers=SAME), "hill")
ALONE = held_by(catalogue_record(2, "Letters of Zanzibar", feed="a", level="series"), "hill")
THEIRS = catalogue_record(3, "Almost strangers: a novel", feed="b", authors=WINER, year="2000", identifiers=SAME)
KEPT_BACK = catalogue_record(
    4, "Almost strangers, quillwort", feed="closed", authors=WINER, year="2000", identifiers=SAME
)


class Hill:
    """The institution, with its key."""

    def __init__(self, given: Given, key: str) -> None:
        self.given, self.key = given, key

    @property
    def headers(self) -> dict[str, str]:
        """What its programs send."""
        return {"Authorization": aiohttp.encode_basic_auth("hill", self.key)}

    async def records(self, prefix: str = "oai_dc", **window: str) -> dict[str, etree._Element | None]:
        """Identifier -> `<record>`; None for a tombstone; as sickle finds them."""
        return await asyncio.to_thread(self._records, prefix, window)

    def _records(self, prefix: str, window: dict[str, str]) -> dict[str, etree._Element | None]:
        found = records_by_sickle(self.given.url + PATH, prefix, auth=("hill", self.key), **window)
        return {each.header.identifier: None if each.deleted else each.xml for each in found}


@pytest.fixture(name="hill")
async def fixture_hill(tmp_path: Path) -> AsyncIterator[Hill]:
    """A book that two licensed institutions and an unlicensed one describe, and a series of one alone."""
    async with giving(tmp_path) as given:
        with given.store.transaction() as tx:
            institutions.put(tx, institutions.StoredInstitution(slug="hill", name="Hill Archive"))
        given.put(OURS, ALONE, THEIRS, KEPT_BACK)
        given.export()
        with given.store.transaction() as tx:
            key = key_made(tx, "hill")
        given.export()
        yield Hill(given, key)


async def test_its_own_records_come_under_its_own_identifiers_once_it_has_a_key(hill: Hill) -> None:
    assert set(await hill.records()) == {OURS.source.native_id, ALONE.source.native_id}
    named = {"verb": "GetRecord", "metadataPrefix": "mods", "identifier": OURS.source.native_id}
    assert (await hill.given.asked(PATH, hill.headers, **named)).find(f".//{OAI}metadata") is not None
    foreign = {**named, "identifier": THEIRS.source.native_id}
    refused = await hill.given.asked(PATH, hill.headers, **foreign)
    assert refused.find(f"{OAI}error").get("code") == "idDoesNotExist"


async def test_each_added_value_says_who_states_it(hill: Hill) -> None:
    found = await hill.records()
    ours, alone = found[OURS.source.native_id], found[ALONE.source.native_id]
    assert ours is not None
    added = {(each.get("field"), each.text, each.get("record")) for each in ours.iter(ADDED)}
    assert ("dates", "2000", "r3") in added
    assert all(record == "r3" for _, _, record in added)
    assert alone is not None
    assert list(alone.iter(ADDED)) == []


async def test_sets_say_what_was_added(hill: Hill) -> None:
    sets = await asyncio.to_thread(lambda: sets_by_sickle(hill.given.url + PATH, auth=("hill", hill.key)))
    assert set(sets) == {"changed", "dates"}
    for spec in sets:
        assert set(await hill.records(set=spec)) == {OURS.source.native_id}


async def test_a_record_leaves_the_sets_of_what_is_added_no_longer(hill: Hill) -> None:
    hill.given.put(replace(THEIRS, dates=()))
    hill.given.export()
    assert set(await hill.records(set="dates")) == set(await hill.records(set="changed")) == set()
    assert set(await hill.records()) == {OURS.source.native_id, ALONE.source.native_id}


async def test_what_has_no_licence_is_not_offered(hill: Hill) -> None:
    for prefix in ("oai_dc", "mods"):
        said = [etree.tostring(each).decode() for each in (await hill.records(prefix)).values() if each is not None]
        assert not any("quillwort" in each or "r4" in each for each in said)


@pytest.mark.parametrize("authorization", [None, "Basic !", "Bearer x", aiohttp.encode_basic_auth("hill", "wrong")])
@pytest.mark.parametrize("slug", ["hill", "a", "nobody"])
async def test_nobody_else_is_let_in(hill: Hill, slug: str, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    url = f"{hill.given.url}/enriched/{slug}"
    async with aiohttp.ClientSession(headers=headers) as session, session.get(f"{url}?verb=Identify") as answer:
        assert answer.status == 401
        assert "Basic" in answer.headers["WWW-Authenticate"]
        assert "Identify" not in await answer.text()


async def test_a_key_opens_its_own_institution_until_there_is_a_newer_one(hill: Hill) -> None:
    async def status(slug: str) -> int:
        url = f"{hill.given.url}/enriched/{slug}?verb=Identify"
        async with aiohttp.ClientSession(headers=hill.headers) as session, session.get(url) as answer:
            return answer.status

    assert (await status("hill"), await status("a")) == (200, 401)
    with hill.given.store.transaction() as tx:
        key_made(tx, "hill")
    assert await status("hill") == 401


async def test_what_another_institution_hides_is_taken_back_at_once(hill: Hill) -> None:
    hill.given.put(msgspec.structs.replace(THEIRS, access=Access(line="hidden")))
    ours = (await hill.records())[OURS.source.native_id]
    assert ours is not None
    assert list(ours.iter(ADDED)) == []
    assert "a novel" not in etree.tostring(ours).decode()


async def test_a_record_that_is_hidden_or_gone_leaves_a_tombstone_and_comes_back(hill: Hill) -> None:
    hidden = replace(ALONE, access=Access(line="hidden"))
    hill.given.put(hidden)
    assert (await hill.records())[ALONE.source.native_id] is None
    hill.given.export()
    assert (await hill.records())[ALONE.source.native_id] is None
    hill.given.put(ALONE)
    hill.given.export()
    assert (await hill.records())[ALONE.source.native_id] is not None


async def test_what_others_add_later_moves_the_datestamp(hill: Hill) -> None:
    before = await _stamp(hill)
    hill.given.put(replace(THEIRS, dates=()))
    hill.given.export()
    assert await _stamp(hill) > before


async def _stamp(hill: Hill) -> str:
    named = {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": OURS.source.native_id}
    return (await hill.given.asked(PATH, hill.headers, **named)).findtext(f".//{OAI}datestamp") or ""


async def test_the_about_is_valid_by_the_schema_that_is_served(hill: Hill) -> None:
    root = hill.given.url.removesuffix("/oai")
    async with aiohttp.ClientSession() as session, session.get(f"{root}/schemas/enrichment-1.0.xsd") as answer:
        judge = etree.XMLSchema(etree.fromstring(await answer.read()))
    ours = (await hill.records())[OURS.source.native_id]
    assert ours is not None
    (element,) = ours.iter(f"{{{enrichment.NAMESPACE}}}enrichment")
    assert judge.validate(etree.fromstring(etree.tostring(element)))
    broken = etree.tostring(element).replace(b' record="', b' rekord="')
    assert not judge.validate(etree.fromstring(broken))


def test_an_institution_that_there_is_not_gets_no_key(tmp_path: Path) -> None:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    with pytest.raises(RequestRefused), store.transaction() as tx:
        key_made(tx, "nobody")
    store.close()


async def test_two_feeds_that_use_one_identifier_give_one_item_which_lives_as_long_as_either(hill: Hill) -> None:
    native = ALONE.source.native_id
    anew = held_by(catalogue_record(5, "Letters of Zanzibar, anew", feed="b", level="series"), "hill")
    anew = replace(anew, source=replace(anew.source, native_id=native))
    hill.given.put(anew)
    hill.given.export()
    hidden = Access(line="hidden")
    hill.given.put(replace(ALONE, access=hidden))
    hill.given.export()
    found = (await hill.records())[native]
    assert found is not None
    assert "anew" in etree.tostring(found).decode()
    hill.given.put(replace(anew, access=hidden))
    hill.given.export()
    assert (await hill.records())[native] is None
