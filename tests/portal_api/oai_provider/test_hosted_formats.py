"""A hosted feed gives the format in which it was sent, under the namespace that it names; to its own key also what is
hidden.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from aiohttp import ClientSession, encode_basic_auth
from lxml import etree

from federation.linkage.member_records import own_audience
from federation.pipeline.enriching import key_made
from federation.storage import catalogue_records, feeds
from federation.storage.engine import Store
from mappings.schema.access import PUBLIC
from portal_api.catalogue import StoredCatalogue
from tests.peers.oai_clients import records_by_sickle
from tests.portal_api.oai_provider.exported import Clock
from tests.portal_api.oai_provider.test_hosted import (
    FEED,
    add_feed,
    bring,
    file,
    fixture_clock,  # noqa: F401
    fixture_store,  # noqa: F401
    host,
    hosted_at,
    marc,
    oai,
    record,
    serving,
    text_of,
)

_MARC = (
    '<record{}><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">n1</controlfield>'
    '<datafield tag="{}" ind1=" " ind2=" "><subfield code="a">Whales</subfield></datafield>{}</record>'
)
_FIELD = (
    '<datafield tag="{}" ind1="{}" ind2=" "><subfield code="{}">{}</subfield>'
    '<subfield code="{}">{}</subfield></datafield>'
)
_DID = "<did><unittitle>Letters</unittitle></did>"
_EDM = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:edm="http://www.europeana.eu/schemas/edm/"><edm:ProvidedCHO rdf:about="http://example.org/1">'
    '<dc:title>Whales</dc:title><dc:creator rdf:resource="#a"/></edm:ProvidedCHO>'
    '<edm:Agent rdf:about="#a"/></rdf:RDF>'
)
_LIDO = (
    '<lido xmlns="http://www.lido-schema.org"><lidoRecID>1</lidoRecID><descriptiveMetadata><objectIdentificationWrap>'
    "<titleWrap><titleSet><appellationValue>Whales</appellationValue></titleSet></titleWrap>"
    "</objectIdentificationWrap></descriptiveMetadata></lido>"
)
_METS = (
    '<mets xmlns="http://www.loc.gov/METS/" xmlns:dc="http://purl.org/dc/elements/1.1/" OBJID="1"><dmdSec ID="d">'
    '<mdWrap MDTYPE="DC"><xmlData><dc:title>Whales</dc:title></xmlData></mdWrap></dmdSec></mets>'
)
SENT = {
    "qdc": ("<dcterms:dcterms {}><dc:identifier>1</dc:identifier><dc:title>Whales</dc:title></dcterms:dcterms>".format(
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'), "oai_qdc"),
    "mods": ("<mods><titleInfo><title>Whales</title></titleInfo></mods>", "mods"),
    "ead2002": (f"<ead><eadheader><eadid>1</eadid></eadheader><archdesc level='fonds'>{_DID}</archdesc></ead>", "ead"),
    "ead3": ("<ead xmlns='http://ead3.archivists.org/schema/'><control><recordid>1</recordid></control>"
             f"<archdesc level='fonds'>{_DID}</archdesc></ead>", "ead3"),
    "lido": (_LIDO, "lido"),
    "edm": (_EDM, "edm"),
    "mets": (_METS, "mets"),
    "marc21": (_MARC.format("", "245", ""), "marc21"),
    "unimarc": (_MARC.format(' xmlns="info:lc/xmlns/marcxchange-v2"', "200", ""), "unimarc"),
    "dat46": ("<文件实体><电子文件号>1</电子文件号><题名>Whales</题名></文件实体>", "dat46"),
}  # fmt: skip


def formats_in(answer: str) -> dict[str, tuple[str, str]]:
    """Prefix -> namespace and schema of an answer to ListMetadataFormats."""
    found = etree.fromstring(answer.encode()).iterfind(".//{*}metadataFormat")
    return {
        each.findtext("{*}metadataPrefix") or "": (
            each.findtext("{*}metadataNamespace") or "", each.findtext("{*}schema") or ""
        )
        for each in found
    }  # fmt: skip


def local_names(root: etree._Element) -> list[str]:
    """Of all elements in their order."""
    return [etree.QName(each).localname for each in root.iter()]


@pytest.mark.parametrize("name", SENT)
async def test_every_format_that_is_read_is_given_back_as_it_was_sent(
    store: Store, clock: Clock, tmp_path: Path, name: str
) -> None:
    body, prefix = SENT[name]
    add_feed(store, "own", f"base/{name}")
    bring(store, clock, f"<all>{body}</all>".encode(), key="own")
    async with serving(store, tmp_path) as url:
        named = formats_in(await text_of(hosted_at(url, "own"), "verb=ListMetadataFormats"))
        (found,) = await asyncio.to_thread(records_by_sickle, hosted_at(url, "own"), prefix)
        assert await asyncio.to_thread(records_by_sickle, hosted_at(url, "own"), "oai_dc")
    assert set(named) == {"oai_dc", prefix}
    namespace, schema = named[prefix]
    assert schema.startswith("http")
    element = etree.fromstring(found.raw).find("{*}metadata/*")
    assert element is not None
    if name not in ("qdc", "edm"):  # which have their names for the element around the statements
        assert etree.QName(element).namespace == namespace
    sent = etree.fromstring(body)
    assert [etree.QName(each).localname for each in element.iter()] == [
        etree.QName(one).localname for one in sent.iter()
    ]
    assert "".join(element.itertext()) == "".join(sent.itertext())


async def test_a_hosted_feed_gives_as_sent_what_the_exchange_itself_shows_to_nobody_else(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    """ADR 0042: the hosted feed is its institution's own publication; `raw_visible` is of the exchange's pages."""
    body = "<mods><titleInfo><title>Whales</title></titleInfo><note>ASSENT</note></mods>"
    add_feed(store, "own", "base/mods")
    bring(store, clock, f"<all>{body}</all>".encode(), key="own")
    with store.reading() as connection:
        (record_id,) = connection.execute(sa.select(catalogue_records.catalogue_record.c.id)).scalars()
        feed = feeds.get(connection, "own")
    assert feed is not None
    catalogue = StoredCatalogue(store)
    assert (feed.raw_visible, catalogue.raw(record_id, PUBLIC)) == ("institution", None)
    assert catalogue.raw(record_id, own_audience("town")) is not None
    async with serving(store, tmp_path) as url:
        (hosted,) = await asyncio.to_thread(records_by_sickle, hosted_at(url, "own"), "mods")
    assert ">ASSENT<" in hosted.raw
    with store.transaction() as tx:
        feeds.change(tx, msgspec.structs.replace(feed, raw_visible="public"))
    assert catalogue.raw(record_id, PUBLIC) is not None


async def test_a_table_is_given_as_its_crosswalk_reads_it(store: Store, clock: Clock, tmp_path: Path) -> None:
    add_feed(store, "table", "base/table")
    body = b"identifier,title,level\nT/1,Letters,fonds\nT/2,Zanzibar,fonds\n"
    bring(store, clock, body, key="table")
    async with serving(store, tmp_path) as url:
        named = formats_in(await text_of(hosted_at(url, "table"), "verb=ListMetadataFormats"))
        for prefix in ("oai_dc", "mods", "ead3"):
            listed = await text_of(hosted_at(url, "table"), f"verb=ListRecords&metadataPrefix={prefix}")
            assert "Letters" in listed
            assert oai(2) in listed
    assert {"oai_dc", "oai_qdc", "mods", "edm", "marc21", "ead3", "dat46"} == set(named)


async def test_private_parts_of_marc_go_out_to_nobody_but_whose_they_are(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    private = (
        _FIELD.format("541", "0", "6", "880-01", "a", "SECRET")
        + _FIELD.format("880", " ", "6", "541-01", "a", "SECRET")
        + _FIELD.format("856", "4", "u", "http://example.org/", "x", "SECRET")
    )
    add_feed(store, "marc", "base/marc21")
    bring(store, clock, f"<all>{_MARC.format('', '245', private)}</all>".encode(), key="marc")
    with store.transaction() as tx:
        key = key_made(tx, "town")
    host(store, clock)
    async with serving(store, tmp_path) as url:
        (public,) = await asyncio.to_thread(records_by_sickle, hosted_at(url, "marc"), "marc21")
        (own,) = await asyncio.to_thread(
            lambda: records_by_sickle(hosted_at(url, "marc"), "marc21", auth=("town", key))
        )
    assert "SECRET" not in public.raw
    assert "http://example.org/" in public.raw
    assert own.raw.count("SECRET") == 3


@pytest.fixture(name="key")
def fixture_key(store: Store, clock: Clock) -> str:
    """A feed with an open, a hidden and a closed record, and its institution's key."""
    add_feed(store, "q", "base/qdc")
    body = file(record(1), record(2, "Zanzibar", "不予公开"), record(3, "Wales", "closed until 2090"))
    bring(store, clock, body, key="q")
    with store.transaction() as tx:
        made = key_made(tx, "town")
    host(store, clock)
    return made


async def asked(url: str, query: str, key: str) -> str:
    headers = {"Authorization": encode_basic_auth("town", key)} if key else {}
    async with ClientSession(headers=headers) as session, session.get(f"{url}?{query}") as response:
        return await response.text()


async def test_what_is_hidden_is_listed_to_the_key_of_its_institution_alone(
    store: Store, key: str, tmp_path: Path
) -> None:
    with store.transaction() as tx:
        other = key_made(tx, "town") if not key else "no-such-key"
    async with serving(store, tmp_path) as url:
        for prefix in ("oai_dc", "oai_qdc"):
            listed = await asked(hosted_at(url, "q"), f"verb=ListRecords&metadataPrefix={prefix}", key)
            assert [word in listed for word in ("A letter", "Zanzibar", "Wales")] == [True, True, True]
        for stranger in ("", other):
            listed = await asked(hosted_at(url, "q"), "verb=ListRecords&metadataPrefix=oai_dc", stranger)
            assert "Zanzibar" not in listed
            assert oai(2) not in listed
            one = f"verb=GetRecord&metadataPrefix=oai_dc&identifier={oai(2)}"
            assert "idDoesNotExist" in await asked(hosted_at(url, "q"), one, stranger)


async def test_what_appears_and_goes_is_told_to_the_key(store: Store, clock: Clock, key: str, tmp_path: Path) -> None:
    bring(store, clock, file(record(1, "Now hidden", "不予公开"), record(4, "New", "不予公开")), key="q")
    async with serving(store, tmp_path) as url:
        own = await asked(hosted_at(url, "q"), "verb=ListRecords&metadataPrefix=oai_dc", key)
        public = await asked(hosted_at(url, "q"), "verb=ListRecords&metadataPrefix=oai_dc", "")
    assert [word in own for word in ("Now hidden", "New")] == [True, True]
    assert (own.count('status="deleted"'), public.count('status="deleted"')) == (2, 2)
    assert [word in public for word in ("Now hidden", "New", oai(4))] == [False, False, False]


async def test_a_token_is_of_one_asker_alone(store: Store, clock: Clock, tmp_path: Path) -> None:
    bring(store, clock, file(*map(record, range(12))))
    with store.transaction() as tx:
        key = key_made(tx, "town")
    host(store, clock)
    async with serving(store, tmp_path) as url:
        tokens = {}
        for given in ("", key):
            first = await asked(hosted_at(url, FEED), "verb=ListRecords&metadataPrefix=oai_dc", given)
            tokens[given] = etree.fromstring(first.encode()).findtext(".//{*}resumptionToken")
        for given in ("", key):
            for token_of, token in tokens.items():
                page = await asked(hosted_at(url, FEED), f"verb=ListRecords&resumptionToken={token}", given)
                assert ("badResumptionToken" in page) == (given != token_of)


async def test_a_record_of_iso_2709_in_unimarc_is_iso_25577(store: Store, clock: Clock, tmp_path: Path) -> None:
    add_feed(store, "uni", "base/unimarc")
    bring(store, clock, marc("n1", "Whales").replace(b"245", b"200"), key="uni")
    async with serving(store, tmp_path) as url:
        (found,) = await asyncio.to_thread(records_by_sickle, hosted_at(url, "uni"), "unimarc")
    element = etree.fromstring(found.raw).find("{*}metadata/*")
    assert element is not None
    assert (element.tag, element.get("format")) == ("{info:lc/xmlns/marcxchange-v1}record", "UNIMARC")
