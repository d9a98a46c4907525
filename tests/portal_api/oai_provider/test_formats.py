"""The formats of `/oai`: bodies made when they are asked for, of what stands now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest
from lxml import etree

from federation.storage import feeds
from mappings.schema.access import Access
from mappings.schema.holding import Holding, Institution, ReferenceParts
from mappings.serialisations import dat46
from mappings.serialisations.provenance import NAMESPACE
from tests import factories
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.held import hold
from tests.mappings.serialisations.judging import schema
from tests.portal_api.oai_provider.exported import AUTHORITY
from tests.portal_api.oai_provider.giving import LICENCE, OAI, Given, giving

BOOK = catalogue_record(1, "Almost strangers", feed="a", level="work", authors=("Winer, Delsa",), year="2000")
LETTERS = catalogue_record(2, "Letters", feed="a", level="series")
ARRANGED = msgspec.structs.replace(
    catalogue_record(3, "关于修建铁路的请示", feed="a", level="item"),
    holding=(
        Holding(
            institution=Institution(name="示例市档案馆"),
            reference_code="J1-2-3",
            parts=ReferenceParts(fonds="J1", file="2", item="3"),
        ),
    ),
)


@pytest.fixture(name="given")
async def fixture_given(tmp_path: Path) -> AsyncIterator[Given]:
    """A book and a series of letters, given on."""
    async with giving(tmp_path) as given:
        given.put(BOOK, LETTERS)
        given.export()
        yield given


async def test_every_format_lists_what_it_can_say(given: Given) -> None:
    for prefix in ("oai_dc", "oai_qdc", "mods"):
        found = await given.texts(prefix)
        assert set(found) == {"c-r1", "c-r2"}
        assert "Almost strangers" in str(found["c-r1"])
    assert set(await given.texts("marc21")) == {"c-r1"}
    assert set(await given.texts("ead3")) == {"c-r2"}


#: of those whose schema knows their root; what `oai_qdc` encloses is judged with its serialisation
SCHEMAS = {
    "oai_dc": "oai/oai_dc.xsd",
    "mods": "mods/mods-3-8.xsd",
    "edm": "edm/EDM.xsd",
    "marc21": "marc/MARC21slim.xsd",
    "ead3": "ead3/ead3.xsd",
}


@pytest.mark.data
@pytest.mark.parametrize("prefix", SCHEMAS)
async def test_every_format_is_given_as_its_schema_asks(given: Given, prefix: str) -> None:
    answer = await given.asked(verb="ListRecords", metadataPrefix=prefix)
    found = [each[0] for each in answer.iter(f"{OAI}metadata")]
    judge = schema(SCHEMAS[prefix])
    for each in found:
        judge.assertValid(etree.fromstring(etree.tostring(each)))
        each.append(etree.Element("{http://nowhere.example/}broken"))
        assert not judge.validate(etree.fromstring(etree.tostring(each)))
    assert found or prefix == "edm"  # neither of the two is a digital object


async def test_what_is_arranged_by_a_chinese_code_is_given_after_dat46(given: Given) -> None:
    given.put(ARRANGED)
    given.export()
    answer = await given.asked(verb="ListRecords", metadataPrefix="dat46")
    ((found,),) = answer.iter(f"{OAI}metadata")
    etree.XMLSchema(etree.fromstring(dat46.schema())).assertValid(
        etree.fromstring(etree.tostring(found, encoding="unicode"))
    )
    offered = await given.asked(verb="ListMetadataFormats")
    (address,) = [each.text for each in offered.iter(f"{OAI}schema") if "dat46" in str(each.text)]
    async with aiohttp.ClientSession() as session, session.get(str(address)) as file:
        assert await file.read() == dat46.schema()


async def test_an_item_that_a_format_cannot_say_is_refused_in_it(given: Given) -> None:
    identifier = f"oai:{AUTHORITY}:c-r2"
    refused = await given.asked(verb="GetRecord", identifier=identifier, metadataPrefix="marc21")
    assert refused.find(f"{OAI}error").get("code") == "cannotDisseminateFormat"
    offered = await given.asked(verb="ListMetadataFormats", identifier=identifier)
    assert [each.text for each in offered.iter(f"{OAI}metadataPrefix")] == ["oai_dc", "oai_qdc", "mods", "ead3"]


@pytest.mark.parametrize("prefix", ["oai_dc", "mods"])
async def test_what_was_closed_a_moment_ago_is_given_to_nobody(given: Given, prefix: str) -> None:
    """Neither a body that is stored nor one that is made on demand; what stayed open is given on all the same."""
    given.put(msgspec.structs.replace(LETTERS, access=Access(line="hidden")))
    found = await given.texts(prefix)
    assert found["c-r2"] is None
    assert "Almost strangers" in str(found["c-r1"])
    given.export()
    assert (await given.texts(prefix))["c-r2"] is None


@pytest.mark.parametrize("prefix", ["oai_dc", "mods"])
async def test_a_record_says_where_its_members_were_harvested(given: Given, prefix: str) -> None:
    named = {"verb": "GetRecord", "identifier": f"oai:{AUTHORITY}:c-r1", "metadataPrefix": prefix}
    assert (await given.asked(**named)).find(f".//{OAI}about") is None
    hold(given.store, factories.raw_record(feed="a", identifier=BOOK.source.native_id))
    given.put(msgspec.structs.replace(BOOK, level="item"))
    given.export()
    (about,) = (await given.asked(**named)).iter(f"{OAI}about")
    assert about.findtext(f".//{{{NAMESPACE}}}baseURL") == "https://a.example/oai"
    assert about.findtext(f".//{{{NAMESPACE}}}identifier") == BOOK.source.native_id
    given.put(msgspec.structs.replace(BOOK, access=Access(line="hidden")))
    given.export()
    assert (await given.asked(**named)).find(f".//{OAI}about") is None


async def test_what_came_from_here_is_a_tombstone(given: Given) -> None:
    letters = msgspec.structs.replace(LETTERS.source, native_id=f"oai:{AUTHORITY}:c-r9")
    hold(given.store, factories.raw_record(feed="a", identifier=letters.native_id))
    given.put(msgspec.structs.replace(LETTERS, source=letters))
    given.export()
    assert (await given.texts("oai_dc"))["c-r2"] is None


async def test_what_changed_a_moment_ago_comes_again_under_its_new_datestamp(given: Given) -> None:
    title = msgspec.structs.replace(LETTERS.title, value="Letters home")
    given.put(msgspec.structs.replace(LETTERS, title=title))
    given.export()
    assert "Letters home" in str((await given.texts("mods"))["c-r2"])


def license_feed(given: Given, key: str, licence: str | None) -> None:
    with given.store.transaction() as tx:
        feed = feeds.get(tx.connection, key)
        assert feed is not None
        feeds.change(tx, msgspec.structs.replace(feed, metadata_licence=licence))


async def test_what_loses_its_licence_is_gone_at_once_and_what_gets_one_is_given_on(given: Given) -> None:
    stamps = await stamps_of(given)
    license_feed(given, "a", None)
    assert (await given.texts("oai_dc"))["c-r1"] is None
    given.export()
    assert set((await given.texts("oai_dc")).values()) == {None}
    license_feed(given, "a", LICENCE)
    given.export()
    assert "Almost strangers" in str((await given.texts("oai_dc"))["c-r1"])
    assert await stamps_of(given) != stamps


async def test_another_licence_moves_no_datestamp_of_what_stays_as_it_was(given: Given) -> None:
    stamps = await stamps_of(given)
    license_feed(given, "b", None)
    given.export()
    assert await stamps_of(given) == stamps


async def stamps_of(given: Given) -> list[str]:
    listed = await given.asked(verb="ListIdentifiers", metadataPrefix="oai_dc")
    return [each.text for each in listed.iter(f"{OAI}datestamp")]
