"""A hosted feed gives an institution's records back: own identifiers, own format, tombstones, nothing hidden."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientSession, encode_basic_auth
from lxml import etree
from sickle import Sickle

from federation.pipeline import children, upload_run, withholding
from federation.pipeline import uploads as pipeline
from federation.pipeline.enriching import key_made
from federation.pipeline.hosted_identifiers import identifier_of, native_of
from federation.pipeline.ledger_check import verify
from federation.storage import feeds, hosted, institutions, opened, uploads
from federation.storage.engine import Store
from mappings.schema.ids import record_id
from portal_api.oai_provider import routes
from tests.peers.judge import Judge, oai_schema
from tests.peers.oai_clients import CLIENTS, Client, records_by_sickle
from tests.peers.strict import Strict
from tests.portal_api.oai_provider.exported import AUTHORITY, Clock, open_store, serving
from tests.sample_data import require_data

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
DC = "http://purl.org/dc/elements/1.1/"
MARC = "{http://www.loc.gov/MARC21/slim}"
FEED = "5c0ffee"


@pytest.fixture(name="clock")
def fixture_clock() -> Clock:
    return Clock()


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(routes, "PAGE_RECORDS", 10)
    store = open_store(tmp_path, clock)
    # the stages open a store by its address; here they have the one on the clock
    monkeypatch.setitem(opened._stores, store.url, store)
    add_feed(store, FEED)
    yield store
    store.close()


def add_feed(store: Store, key: str, crosswalk: str = "base/oai_dc", licence: str | None = LICENCE) -> None:
    feed = feeds.StoredFeed(
        key=key,
        name=f"Feed {key}",
        institution="town",
        source="upload",
        crosswalk=crosswalk,
        metadata_licence=licence,
    )
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town Archive"))
        feeds.add(tx, feed)


def bring(store: Store, clock: Clock, body: bytes, *, key: str = FEED, mode: uploads.Mode = "replace") -> None:
    """Uploads, applies and maps a file, and lets the second pass in which it was stamped."""
    clock.pass_seconds()
    found = uploads.receive(store, key, "town", "file", mode, [body], actor="operator")
    checked = pipeline.check(store, found.id)
    assert checked.state == "checked", checked.detail
    with store.transaction() as tx:
        pipeline.approve(tx, found.id, "town", released=True)
    upload_run.load(store, found.id)
    while children.map_once(store.url).behind:
        pass
    host(store, clock)


def host(store: Store, clock: Clock) -> None:
    """Lets the stage take in what waits, and the second pass in which it is stamped."""
    while children.host_once(store.url).behind:
        pass
    clock.pass_seconds()


def record(number: int, title: str = "A letter", rights: str = "") -> str:
    stated = f"<dc:rights>{rights}</dc:rights>" if rights else ""
    return f"<dc:dc><dc:identifier>T/{number}</dc:identifier><dc:title>{title}</dc:title>{stated}</dc:dc>"


def file(*records: str) -> bytes:
    return f'<all xmlns:dc="{DC}">{"".join(records)}</all>'.encode()


def marc(number: str, title: str) -> bytes:
    fields = {"001": number.encode(), "245": b"10\x1fa" + title.encode()}
    directory, data = b"", b""
    for tag, content in fields.items():
        directory += tag.encode() + b"%04d%05d" % (len(content) + 1, len(data))
        data += content + b"\x1e"
    base = 24 + len(directory) + 1
    leader = b"%05dnam a22%05d a 4500" % (base + len(data) + 1, base)
    return leader + directory + b"\x1e" + data + b"\x1d"


def hosted_at(url: str, key: str = FEED) -> str:
    return f"{url}/hosted/{key}"


def in_sets(number: int, *set_specs: str, rights: str = "") -> str:
    """An OAI record, whose header names sets."""
    named = "".join(f"<setSpec>{each}</setSpec>" for each in set_specs)
    header = f"<header><identifier>T/{number}</identifier>{named}</header>"
    return f"<record>{header}<metadata>{record(number, rights=rights)}</metadata></record>"


def oai(number: int) -> str:
    return f"oai:{AUTHORITY}:T%2F{number}"


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
async def test_clients_get_every_record_and_every_tombstone(
    store: Store, clock: Clock, tmp_path: Path, client: Client
) -> None:
    bring(store, clock, file(*map(record, range(25))))
    bring(store, clock, file(*map(record, range(5, 30))))
    async with serving(store, tmp_path) as url:
        seen = await asyncio.to_thread(client, hosted_at(url), "oai_dc")
    assert {(one.identifier, one.deleted) for one in seen} == {(oai(n), n < 5) for n in range(30)}
    assert len(seen) == 30


async def test_marc_goes_out_as_it_was_sent(store: Store, clock: Clock, tmp_path: Path) -> None:
    add_feed(store, "marc", "base/marc21")
    bring(store, clock, b"".join(marc(f"n{number}", f"Über Wale {number}") for number in range(12)), key="marc")
    async with serving(store, tmp_path) as url:
        found = await asyncio.to_thread(records_by_sickle, hosted_at(url, "marc"), "marc21")
        dublin = await asyncio.to_thread(records_by_sickle, hosted_at(url, "marc"), "oai_dc")
    assert len(found) == len(dublin) == 12
    element = etree.fromstring(found[0].raw).find(f".//{MARC}record")
    assert element is not None
    assert element.findtext(f"{MARC}controlfield[@tag='001']") == "n0"
    assert element.findtext(f"{MARC}datafield[@tag='245']/{MARC}subfield") == "Über Wale 0"
    assert dublin[0].metadata["title"] == ["Über Wale 0"]


async def test_an_increment_holds_what_changed_and_nothing_else(store: Store, clock: Clock, tmp_path: Path) -> None:
    bring(store, clock, file(*map(record, range(12))))
    with store.reading():
        since = clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    bring(store, clock, file(*map(record, range(11)), record(11, "Another"), record(99)))
    bring(store, clock, file(*map(record, range(11)), record(11, "Another"), record(99)), mode="add")
    async with serving(store, tmp_path) as url:
        found = await asyncio.to_thread(records_by_sickle, hosted_at(url), "oai_dc", **{"from": since})
    assert [one.header.identifier for one in found] == [oai(11), oai(99)]


async def text_of(url: str, query: str) -> str:
    async with ClientSession() as session, session.get(f"{url}?{query}") as response:
        return await response.text()


async def test_what_is_hidden_is_nowhere_and_what_is_closed_has_no_format_of_its_own(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    add_feed(store, "q", "base/qdc")
    body = file(record(1), record(2, "Zanzibar", "不予公开"), record(3, "Closed", "closed until 2090"))
    bring(store, clock, body, key="q")
    async with serving(store, tmp_path) as url:
        listed = await text_of(hosted_at(url, "q"), "verb=ListRecords&metadataPrefix=oai_dc")
        own = await text_of(hosted_at(url, "q"), "verb=ListIdentifiers&metadataPrefix=oai_qdc")
        one = await text_of(hosted_at(url, "q"), f"verb=GetRecord&metadataPrefix=oai_dc&identifier={oai(2)}")
    assert "Zanzibar" not in listed
    assert oai(2) not in listed + own
    assert "idDoesNotExist" in one
    assert oai(3) in listed
    assert oai(3) not in own
    assert oai(1) in own


async def test_a_record_that_becomes_hidden_leaves_a_tombstone(store: Store, clock: Clock, tmp_path: Path) -> None:
    bring(store, clock, file(record(1)))
    bring(store, clock, file(record(1, "Zanzibar", "不予公开")))
    async with serving(store, tmp_path) as url:
        listed = await text_of(hosted_at(url), "verb=ListRecords&metadataPrefix=oai_dc")
    assert 'status="deleted"' in listed
    assert "Zanzibar" not in listed


async def test_a_withheld_record_is_gone_from_both_lists_at_once(store: Store, clock: Clock, tmp_path: Path) -> None:
    bring(store, clock, file(record(1), record(2)))
    with store.transaction(actor="operator") as tx:
        withholding.withhold(tx, record_id(FEED, native_of(oai(1), AUTHORITY)), "a person's letter")
    async with serving(store, tmp_path) as url:
        for verb in ("ListIdentifiers", "ListRecords"):
            listed = await text_of(hosted_at(url), f"verb={verb}&metadataPrefix=oai_dc")
            assert listed.count('<header status="deleted">') == 1
            assert f'<header status="deleted"><identifier>{oai(1)}<' in listed


async def test_identify_shows_an_identifier_of_an_institutions_own(store: Store, clock: Clock, tmp_path: Path) -> None:
    bring(store, clock, file(record(1)))
    with store.transaction() as tx:
        key = key_made(tx, "town")
    async with serving(store, tmp_path) as url, ClientSession() as session:
        for path in (f"/hosted/{FEED}", "/enriched/town"):
            headers = {"Authorization": encode_basic_auth("town", key)}
            async with session.get(f"{url}{path}?verb=Identify", headers=headers) as answer:
                said = etree.fromstring(await answer.read())
            (sample,) = said.iter("{http://www.openarchives.org/OAI/2.0/oai-identifier}sampleIdentifier")
            assert native_of(sample.text, AUTHORITY) == "A/1"


async def test_only_licensed_feeds_of_files_are_given_back(store: Store, clock: Clock, tmp_path: Path) -> None:
    add_feed(store, "unlicensed", licence=None)
    bring(store, clock, file(record(1)), key="unlicensed")
    with store.transaction() as tx:
        feeds.add(tx, feeds.StoredFeed(key="peer", name="P", institution="town", metadata_licence=LICENCE))
    async with serving(store, tmp_path) as url, ClientSession() as session:
        for key in ("unlicensed", "peer", "nobody", "Feed%205c0ffee"):
            async with session.get(hosted_at(url, key) + "?verb=Identify") as response:
                assert response.status in (404, 500)
                assert "Identify>" not in await response.text()


@pytest.mark.parametrize(("reexpose", "opened"), [("all", True), ("merged", False), ("none", False)])
async def test_a_feed_of_files_is_open_where_each_of_its_records_is_given_on(
    store: Store, tmp_path: Path, reexpose: feeds.Reexpose, opened: bool
) -> None:
    with store.transaction() as tx:
        feed = feeds.get(tx.connection, FEED)
        assert feed is not None
        feeds.change(tx, msgspec.structs.replace(feed, reexpose=reexpose))
        key = key_made(tx, "town")
    async with serving(store, tmp_path) as url, ClientSession() as session:
        address = hosted_at(url) + "?verb=Identify"
        async with session.get(address) as response:
            assert (response.status == 200) == opened
        async with session.get(address, headers={"Authorization": encode_basic_auth("town", key)}) as response:
            assert response.status == 200


async def test_without_a_licence_a_feed_opens_to_its_institutions_key_alone(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    add_feed(store, "unlicensed", licence=None)
    bring(store, clock, file(record(1)), key="unlicensed")
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="hill", name="Hill Archive"))
        town, hill = key_made(tx, "town"), key_made(tx, "hill")
    host(store, clock)
    async with serving(store, tmp_path) as url:
        found = await asyncio.to_thread(records_by_sickle, hosted_at(url, "unlicensed"), auth=("town", town))
        assert [one.header.identifier for one in found] == [oai(1)]
        headers = {"Authorization": encode_basic_auth("hill", hill)}
        address = hosted_at(url, "unlicensed") + "?verb=Identify"
        async with ClientSession(headers=headers) as session, session.get(address) as response:
            assert response.status in (404, 500)
            assert "Identify>" not in await response.text()


async def test_a_token_is_of_one_feed_alone(store: Store, clock: Clock, tmp_path: Path) -> None:
    bring(store, clock, file(*map(record, range(12))))
    async with serving(store, tmp_path) as url:
        first = await text_of(hosted_at(url), "verb=ListIdentifiers&metadataPrefix=oai_dc")
        token = etree.fromstring(first.encode()).findtext(".//{*}resumptionToken")
        assert "<header>" in await text_of(hosted_at(url), f"verb=ListIdentifiers&resumptionToken={token}")
        assert "badResumptionToken" in await text_of(url, f"verb=ListIdentifiers&resumptionToken={token}")


async def test_its_sets_are_those_that_the_records_name(store: Store, clock: Clock, tmp_path: Path) -> None:
    bring(store, clock, file(in_sets(1, "maps:town"), in_sets(2, "maps", "古籍 a"), in_sets(3)))
    async with serving(store, tmp_path) as url:
        sets = await asyncio.to_thread(lambda: list(Sickle(hosted_at(url)).ListSets()))
        assert {each.setSpec: each.setName for each in sets} == {
            "maps": "maps", "maps:town": "maps:town", "!E5!8F!A4!E7!B1!8D!20a": "古籍 a"
        }  # fmt: skip
        maps = await text_of(hosted_at(url), "verb=ListRecords&metadataPrefix=oai_dc&set=maps")
        assert maps.count("<record>") == 2
        assert "<setSpec>maps:town</setSpec>" in maps
        old = await text_of(hosted_at(url), "verb=ListIdentifiers&metadataPrefix=oai_dc&set=!E5!8F!A4!E7!B1!8D!20a")
        assert oai(2) in old
        assert oai(1) not in old


async def test_another_set_moves_the_datestamp_and_a_tombstone_stands_where_its_record_stood(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    bring(store, clock, file(in_sets(1, "maps"), in_sets(2, "maps")))
    bring(store, clock, file(in_sets(1, "plans")))
    async with serving(store, tmp_path) as url:
        maps = await text_of(hosted_at(url), "verb=ListIdentifiers&metadataPrefix=oai_dc&set=maps")
        plans = await text_of(hosted_at(url), "verb=ListIdentifiers&metadataPrefix=oai_dc&set=plans")
    assert maps.count("<header") == 1
    assert '<header status="deleted">' in maps
    assert oai(1) in plans


async def test_what_is_closed_stands_in_no_set(store: Store, clock: Clock, tmp_path: Path) -> None:
    bring(store, clock, file(in_sets(1, "secret-plans", rights="closed until 2090"), in_sets(2, "maps")))
    async with serving(store, tmp_path) as url:
        sets = await text_of(hosted_at(url), "verb=ListSets")
        header = await text_of(hosted_at(url), f"verb=GetRecord&metadataPrefix=oai_dc&identifier={oai(1)}")
    assert "maps" in sets
    assert "secret-plans" not in sets + header


@pytest.mark.data
async def test_the_judges_find_nothing(store: Store, clock: Clock, tmp_path: Path) -> None:
    copies = tmp_path / "schemas"
    copies.mkdir()
    schema = oai_schema(require_data("schemas"), copies)
    bring(store, clock, file(*(in_sets(n, "maps:town", "古 籍") for n in range(25))))
    bring(store, clock, file(*(in_sets(n, "maps") for n in range(3, 25))))
    async with serving(store, tmp_path) as url:
        assert await asyncio.to_thread(Judge(hosted_at(url), schema).findings) == []
        assert await asyncio.to_thread(Strict(hosted_at(url), schema).findings) == []


def test_identifiers_lead_back_to_what_they_were_made_of() -> None:
    for native in ("T/1", "oai:x:1", "档号 1", f"oai:{AUTHORITY}:T%2F1", "a:b", "50%", "(DE-1)7"):
        assert native_of(identifier_of(native, AUTHORITY), AUTHORITY) == native
    assert identifier_of("urn:isbn:1", AUTHORITY) == "urn:isbn:1"


def test_the_ledger_answers_for_what_is_given(store: Store, clock: Clock) -> None:
    bring(store, clock, file(record(1)))
    bring(store, clock, file(record(2)))
    assert verify(store).whole


def test_a_change_that_comes_while_the_stage_looks_is_not_swallowed(store: Store) -> None:
    with store.transaction() as tx:
        tx.connection.execute(hosted.hosted_pending.insert().values(rid=1, seq=5))
    seen = hosted.Pending(rid=1, seq=4, feed=FEED, identifier="x")
    with store.transaction() as tx:
        hosted.put(tx, [], [seen])
    with store.reading() as connection:
        assert hosted.waiting(connection) == 1
