"""A feed is tried over real HTTP: ten records mapped, or the reason why there are none; nothing is stored."""

from __future__ import annotations

import pytest
from aiohttp import web

from federation.pipeline.trial import LIMITS, Trial, try_feed
from federation.storage.feeds import StoredFeed
from federation.storage.institutions import StoredInstitution
from mappings.engine.outcome import Mapped
from mappings.errors import CrosswalkMissing
from tests.federation.pipeline.test_harvest import PatientClock, parse
from tests.peers.courteous.repository import Repository, items, page, serving

HOLDER = StoredInstitution(slug="peer", name="Peer Library")
LOOPBACK = ("127.0.0.0/8",)
IDENTIFY = (
    "<Identify><repositoryName>Peer &amp; Co</repositoryName><baseURL>http://127.0.0.1/oai</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>a@peer.example</adminEmail>"
    "<earliestDatestamp>2020-01-01</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
    "<granularity>YYYY-MM-DD</granularity></Identify>"
)
FORMATS = (
    "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix></metadataFormat>"
    "<metadataFormat><metadataPrefix>marc21</metadataPrefix></metadataFormat></ListMetadataFormats>"
)


def courteous(request: web.Request) -> web.Response | None:
    answers = {"Identify": IDENTIFY, "ListMetadataFormats": FORMATS}
    verb = request.query.get("verb", "")
    return page(answers[verb]) if verb in answers else None


async def tried(url: str, networks: tuple[str, ...] = LOOPBACK, **fields: object) -> Trial:
    feed = StoredFeed(key="k", name="Peer", institution="peer", base_url=url, networks=networks, **fields)  # type: ignore[arg-type]
    limits = LIMITS.__class__(page_bytes=1 << 20, connect_seconds=5, silence_seconds=1, page_seconds=2)
    return await try_feed(feed, HOLDER, parse=parse, clock=PatientClock(), user_agent="test", limits=limits)


async def test_a_repository_says_who_it_is_and_its_first_ten_records_are_mapped() -> None:
    repository = Repository(items(120, deleted_every=4), before=courteous)
    async with serving(repository) as url:
        found = await tried(url)
    assert found.identity is not None
    assert (found.identity.name, found.identity.granularity) == ("Peer & Co", "YYYY-MM-DD")
    assert found.prefixes == ("oai_dc", "marc21")
    assert (len(found.samples), found.claim, found.failure) == (10, 120, "")
    assert sum(isinstance(sample.outcome, Mapped) for sample in found.samples) == 8
    assert [asked["verb"] for asked in repository.asked] == ["Identify", "ListMetadataFormats", "ListRecords"]


async def test_a_web_page_is_no_repository() -> None:
    def html(request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>Library</title>", content_type="text/html")

    async with serving(Repository((), before=html)) as url:
        assert (await tried(url)).failure == "not_a_repository"


async def test_an_address_inside_the_network_is_refused_before_it_is_asked() -> None:
    repository = Repository(items(3))
    async with serving(repository) as url:
        assert (await tried(url, networks=())).failure == "address_refused"
    assert repository.asked == []


async def test_nobody_there_is_unreachable() -> None:
    async with serving(Repository(())) as url:
        pass
    assert (await tried(url)).failure == "unreachable"


async def test_an_answer_that_never_ends_is_cut_off() -> None:
    def endless(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * (2 << 20))

    async with serving(Repository((), before=endless)) as url:
        assert (await tried(url)).failure == "oversize"


async def test_a_fault_of_the_server_is_named_by_its_status() -> None:
    def broken(request: web.Request) -> web.Response:
        return web.Response(status=500, text="out of order")

    async with serving(Repository((), before=broken)) as url:
        assert (await tried(url)).failure == "status_500"


async def test_an_error_of_the_protocol_is_told_in_the_repositorys_words() -> None:
    def refusing(request: web.Request) -> web.Response | None:
        if request.query["verb"] == "ListRecords":
            return page('<error code="cannotDisseminateFormat">no such format</error>')
        return courteous(request)

    async with serving(Repository((), before=refusing)) as url:
        found = await tried(url, metadata_prefix="ead")
    assert (found.failure, found.detail, found.prefixes) == (
        "cannotDisseminateFormat",
        "no such format",
        ("oai_dc", "marc21"),
    )


async def test_an_empty_repository_is_said_to_be_empty() -> None:
    async with serving(Repository((), before=courteous)) as url:
        assert (await tried(url)).failure == "noRecordsMatch"


async def test_broken_xml_ends_in_a_reason() -> None:
    def broken(request: web.Request) -> web.Response:
        return web.Response(text="<OAI-PMH><Identify><repositoryName>Peer", content_type="text/xml")

    async with serving(Repository((), before=broken)) as url:
        found = await tried(url)
    ended = "found the end of the answer at byte 39"
    assert (found.failure, found.fault) == ("truncated", f"expected the end of the OAI-PMH document, {ended}")


async def test_a_crosswalk_that_is_not_there_is_refused_before_anything_is_asked() -> None:
    repository = Repository(items(3))
    async with serving(repository) as url:
        with pytest.raises(CrosswalkMissing):
            await tried(url, crosswalk="base/nothing")
    assert repository.asked == []
