"""A probe names what a repository does wrong, in a bounded number of requests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aiohttp import web

from harvester.egress import session
from harvester.feeds import Feed
from harvester.probe import REQUESTS, Probe, probe
from harvester.settings import Limits
from harvester.source import Source
from tests.federation.pipeline.test_harvest import PatientClock, parse
from tests.peers.awkward.behaviours import BEHAVIOURS
from tests.peers.awkward.peer import Peer
from tests.peers.awkward.peer import serving as awkward
from tests.peers.courteous.repository import Item, Repository, items, page, serving

#: the courteous peer of the tests names another address as its own
USUAL = {"base_url_differs", "prefix_not_offered"}


async def probed(url: str, prefix: str = "oai_dc", sets: tuple[str, ...] = ()) -> Probe:
    feed = Feed(key="probe", base_url=url, metadata_prefix=prefix, set_specs=sets, networks=("127.0.0.0/8",))
    clock, limits = PatientClock(), Limits(silence_seconds=0.3)
    async with session(feed, user_agent="test", limits=limits) as connections:
        return await probe(feed, Source(connections, parse, clock, limits), clock)


def codes(found: Probe) -> set[str]:
    return {finding.code for finding in found.findings} - USUAL


async def test_a_courteous_repository_is_ready() -> None:
    repository = Repository(items())
    async with serving(repository) as url:
        found = await probed(url)
    assert (found.readiness, found.reason, codes(found)) == ("ready_with_warnings", "", set())
    assert (found.claim, found.page_size) == (120, 20)
    assert found.requests == len(repository.asked) <= REQUESTS
    assert found.identity is not None
    assert found.identity.name == "Peer"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("05 empty last token", "size_unstated"),
        ("112 Identify 500", "identify_fails"),
        ("91 single-use token, answer lost", "token_single_use"),
    ],
)
async def test_what_is_wrong_is_named(name: str, code: str) -> None:
    behaviour = next((each for each in BEHAVIOURS if each.name == name), None)
    if behaviour is None:
        pytest.fail(f"no peer is called {name}")
    async with awkward(Peer(behaviour)) as url:
        found = await probed(url)
    assert code in codes(found)
    assert found.requests <= REQUESTS


async def test_records_that_need_repair_or_cannot_be_read_are_counted() -> None:
    odd = [Item("oai:a:1", "2020-01-01", "Salt & Pepper"), Item("", "2020-01-01", "x"), Item("oai:a:3", "soon", "y")]
    async with serving(Repository(odd)) as url:
        found = await probed(url)
    assert codes(found) >= {"records_repaired", "records_unreadable", "datestamps_invalid"}
    assert "1 of 3 are no well-formed XML; mended here" in [finding.detail for finding in found.findings]


async def test_dates_that_are_ignored_are_named() -> None:
    def dateless(request: web.Request) -> web.Response | None:
        wanted = {name: value for name, value in request.query.items() if name not in ("from", "until")}
        return repository.reply(wanted)

    repository = Repository(items(5), before=dateless)
    async with serving(repository) as url:
        assert "dates_ignored" in codes(await probed(url))


async def test_an_answer_that_breaks_off_is_told_with_the_place_where_it_ends() -> None:
    body = page("<ListRecords><record>").body
    assert isinstance(body, bytes)

    async with serving(Repository([], before=lambda request: web.Response(body=body[:-12]))) as url:
        found = await probed(url)
    ended = f"expected the end of the OAI-PMH document, found the end of the answer at byte {len(body) - 12}"
    assert (found.readiness, found.reason, found.detail) == ("not_harvestable", "truncated", ended)
    assert f"expected an answer to Identify, found truncated ({ended})" in [each.detail for each in found.findings]


async def test_a_web_page_is_no_repository_whatever_it_tells_of_oai_pmh() -> None:
    for told in ("<h1>OAI-PMH</h1>", "<pre>&lt;OAI-PMH xmlns=…&gt;</pre>", "<!-- <OAI-PMH> -->", "<OAI-PMH>"):
        whole = f"<!DOCTYPE html><HTML lang='en'><body>{told}<p>Our endpoint is at /oai/request.</p></body></html>"
        async with serving(Repository([], before=lambda request, text=whole: web.Response(text=text))) as url:  # type: ignore[misc]
            found = await probed(url)
        assert (found.reason, found.detail) == ("not_a_repository", ""), told


@pytest.mark.parametrize("start", ["", "<br />\n<b>Notice</b>: Undefined index\n", '<?xml version="1.0"?><!-- OAI -->'])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
async def test_what_begins_as_a_list_breaks_off_whatever_stands_before_it(start: str, charset: str) -> None:
    body = f"{start}<oai:OAI-PMH xmlns:oai='http://www.openarchives.org/OAI/2.0/'><oai:Identify>".encode(charset)
    async with serving(Repository([], before=lambda request: web.Response(body=body))) as url:
        found = await probed(url)
    assert found.reason == "truncated"
    assert found.detail.endswith(f"byte {len(body)}")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda request: web.Response(text="<html/>"), "not_a_repository"),
        (lambda request: web.Response(status=401), "status_401"),
        (lambda request: web.Response(text=" \n"), "empty"),
        (lambda request: page("Warning: too many connections"), "answer_missing"),
        (lambda request: page('<error code="cannotDisseminateFormat"/>'), "cannotDisseminateFormat"),
        (lambda request: page("<ListRecords/>"), "no_records"),
    ],
)
async def test_what_cannot_be_harvested_says_why(answer: object, reason: str) -> None:
    async with serving(Repository([], before=answer)) as url:  # type: ignore[arg-type]
        found = await probed(url)
    assert (found.readiness, found.reason) == ("not_harvestable", reason)


MAPS = [
    Item("oai:a:1", "2020-01-01", "Map", set_spec="maps:old"),
    Item("oai:a:2", "2020-01-02", "Letter", set_spec="x"),
]


@pytest.mark.parametrize(
    ("records", "wanted", "detail"),
    [
        (MAPS, "maps:old", ""),
        (MAPS, "maps", ""),
        (MAPS, "maps:odd", "expected the set maps:odd, found 2 others, such as maps:old"),
        (items(3), "maps", "expected the set maps, found no sets"),
    ],
)
async def test_a_set_that_the_repository_does_not_list_is_named(records: list[Item], wanted: str, detail: str) -> None:
    async with serving(Repository(records)) as url:
        found = await probed(url, sets=(wanted,))
    assert [each.detail for each in found.findings if each.code == "set_not_listed"] == [detail] * bool(detail)
    assert found.sets == tuple(sorted({item.set_spec for item in records} - {""}))
    assert "sets_not_listed" not in codes(found)


async def test_of_sets_that_go_on_behind_their_first_page_nothing_is_said() -> None:
    said = "<ListSets><set><setSpec>a</setSpec></set><resumptionToken>t</resumptionToken></ListSets>"
    first = Repository(items(3), before=lambda request: page(said) if request.query["verb"] == "ListSets" else None)
    async with serving(first) as url:
        found = await probed(url, sets=("b",))
    assert (found.sets, found.more_sets) == (("a",), True)
    assert not codes(found) & {"set_not_listed", "sets_not_listed"}


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (lambda: page('<error code="badVerb"/>'), "badVerb"),
        (lambda: page("<ListSets/>"), "none"),
        (lambda: web.Response(status=404), "status_404"),
    ],
)
async def test_a_repository_that_does_not_list_its_sets_is_told(answer: Callable[[], web.Response], fault: str) -> None:
    silent = Repository(items(3), before=lambda request: answer() if request.query["verb"] == "ListSets" else None)
    async with serving(silent) as url:
        found = await probed(url)
    told = [each.detail for each in found.findings if each.code == "sets_not_listed"]
    assert told == [f"expected ListSets to list sets, found {fault}"]
    assert found.requests <= REQUESTS
