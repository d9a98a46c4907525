"""What anybody brings is mapped and counted within bounds; what cannot be is told by name; nobody is led inside."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from federation.pipeline import sandbox_workers
from federation.pipeline.sandbox import RECORDS, SHOWN, NotTried, Tried, try_file
from federation.pipeline.sandbox_address import Address
from federation.pipeline.sandbox_workers import Sandbox
from federation.pipeline.workers import Bounds
from mappings.engine.outcome import Mapped
from portal_api.clock import SystemClock
from tests.harvester.files.test_mapping import PAGE
from tests.mappings.formats.test_iso2709 import TITLE
from tests.peers.courteous.repository import Repository, items, serving
from tests.peers.loopback import listening

DC = "http://purl.org/dc/elements/1.1/"
LOOPBACK = ("127.0.0.0/8",)
#: EAC-CPF: a person, whose relations quote what an archive holds
_PEOPLE = (
    b'<eac-cpf xmlns="urn:isbn:1-933666-21-7"><relations><objectXMLWrap><mods xmlns="http://www.loc.gov/mods/v3">'
    b"<titleInfo><title>Quoted</title></titleInfo></mods></objectXMLWrap></relations></eac-cpf>"
)


def letters(number: int, more: str = "") -> bytes:
    each = f'<dc:dc xmlns:dc="{DC}"><dc:title>Letter</dc:title>{more}</dc:dc>'
    return f"<all>{each * number}</all>".encode()


def file(folder: Path, body: bytes, name: str = "brought") -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


def tried(folder: Path, body: bytes, crosswalk: str = "") -> Tried:
    found = try_file(file(folder, body), crosswalk)
    assert isinstance(found, Tried), found
    return found


def test_what_no_rule_reads_of_a_finding_aid_is_told_by_its_units(tmp_path: Path) -> None:
    component = '<c level="file"><did><unittitle>Letters</unittitle></did><index><head>Names</head></index></c>'
    body = f'<archdesc level="fonds"><did><unittitle>Papers</unittitle></did><dsc>{component * 3}</dsc></archdesc>'
    found = tried(tmp_path, f'<ead xmlns="http://ead3.archivists.org/schema/">{body}</ead>'.encode())
    (line,) = found.unread
    assert (line.path, line.records, line.units) == ("ead:index/ead:head", 1, 3)
    assert line.unit == "archdesc[1]/dsc[1]/c[1]"


def test_a_file_gets_the_crosswalk_of_its_format_sums_coverage_and_score(tmp_path: Path) -> None:
    found = tried(tmp_path, letters(3, "<dc:date>1830</dc:date><dc:audience>household</dc:audience>"))
    assert (found.format, found.crosswalk.partition("@")[0]) == ("oai_dc", "base/oai_dc")
    assert (found.records, found.more, found.sums, found.units) == (3, False, {"mapped": 3}, 3)
    assert [(line.path, line.records) for line in found.unread] == [("dc:audience", 3)]
    assert found.filled["dates"] == 3
    assert {check.name: check.holding for check in found.checks}["date_read"] == 3
    assert found.score == sum(check.weight for check in found.checks if check.holding)
    outcome = found.samples[0].outcome
    assert isinstance(outcome, Mapped)
    assert outcome.units[0].record.title.value == "Letter"


def test_of_many_records_only_the_first_are_mapped_and_shown(tmp_path: Path) -> None:
    found = tried(tmp_path, letters(RECORDS + 5))
    assert (found.records, found.more, len(found.samples)) == (RECORDS, True, SHOWN)
    assert not tried(tmp_path, letters(RECORDS)).more


def test_packed_files_and_other_formats_are_recognised(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("one.xml", letters(1))
        package.writestr("two.xml", letters(2))
    assert tried(tmp_path, packed.getvalue()).records == 3
    assert tried(tmp_path, gzip.compress(letters(2))).records == 2
    assert tried(tmp_path, PAGE).sums == {"mapped": 1, "deleted": 1}
    assert tried(tmp_path, TITLE).format == "marc21"


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b"", "format_unknown"),
        (b"no catalogue at all", "format_unknown"),
        (b"<html><body>404</body></html>", "format_unknown"),
        (_PEOPLE, "not_a_record_format"),
        (gzip.compress(_PEOPLE), "not_a_record_format"),
        ("题名,日期\n甲,1954\n乙,1955\n".encode(), "no_key_column"),
        (b"PK\x03\x04 broken", "package_broken"),
        (gzip.compress(b"\0" * (40 << 20)), "package_bomb"),
        (b'<!DOCTYPE a [<!ENTITY b "b">]><all>&b;</all>', "doctype_refused"),
    ],
)
def test_what_cannot_be_tried_is_told_by_name(tmp_path: Path, body: bytes, failure: str) -> None:
    found = try_file(file(tmp_path, body))
    assert isinstance(found, NotTried)
    assert found.failure == failure


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "an empty file"),
        (b"%PDF-1.7 report", "a PDF document"),
        (b"<!DOCTYPE html><title>Catalogue</title>", "a web page"),
        (b"<notes><note/></notes>", "a file of the kind xml"),
        ("题名,日期\n甲,1954\n".encode(), "题名, 日期"),
    ],
)
def test_what_was_found_in_place_of_a_catalogue_is_said(tmp_path: Path, body: bytes, found: str) -> None:
    said = try_file(file(tmp_path, body))
    assert isinstance(said, NotTried)
    assert f"found {found}" in said.detail


@pytest.mark.parametrize("before", ["", "<?xml version='1.0'?>\n<!-- a finding aid -->\n"])
def test_declarations_are_told_with_their_line(tmp_path: Path, before: str) -> None:
    bomb = '<!DOCTYPE ead [<!ENTITY x "y">]>\n<ead xmlns="urn:isbn:1-931666-22-9"><eadheader/></ead>'
    found = try_file(file(tmp_path, (before + bomb).encode()))
    line = before.count("\n") + 1
    assert found == NotTried(
        failure="doctype_refused", detail=f"expected no declarations in a DOCTYPE, found some at line {line}"
    )


def test_a_crosswalk_that_is_named_is_used_and_a_wrong_one_told(tmp_path: Path) -> None:
    assert tried(tmp_path, letters(1), "base/qdc").format == "qdc"
    found = try_file(file(tmp_path, letters(1)), "base/marc21")
    assert isinstance(found, NotTried)


@asynccontextmanager
async def sandbox(*networks: str, bounds: Bounds = sandbox_workers.BOUNDS) -> AsyncIterator[Sandbox]:
    made = Sandbox(SystemClock(), "test", networks=networks, takes_own_port=bool(networks), bounds=bounds)
    try:
        yield made
    finally:
        made.close()


async def test_a_repository_is_asked_for_its_first_records_in_the_richest_format() -> None:
    async with serving(Repository(items(45))) as url, sandbox(*LOOPBACK) as made:
        found = await made.address(Address(url=url))
    assert isinstance(found, Tried), found
    assert found.identity is not None
    assert (found.identity.name, found.records, found.claim, found.more) == ("Peer", 45, 45, False)
    assert found.crosswalk.startswith("base/")


async def test_an_address_inside_is_refused_before_anything_is_sent() -> None:
    asked = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(body=letters(1))

    async with answering(answer) as url, sandbox() as made:
        for address in (url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "[::ffff:127.0.0.1]")):
            found = await made.address(Address(url=address))
            assert isinstance(found, NotTried)
            assert found.failure == "address_refused", address
    assert asked == 0


async def test_an_address_that_leads_inside_is_refused_there() -> None:
    async def answer(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://[::1]:9/oai")

    async with answering(answer) as url, sandbox(*LOOPBACK) as made:
        found = await made.address(Address(url=url))
    assert isinstance(found, NotTried)
    assert found.failure == "address_refused"


async def test_what_is_no_repository_is_read_as_a_file() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=letters(2), content_type="text/xml")

    async with answering(answer) as url, sandbox(*LOOPBACK) as made:
        found = await made.address(Address(url=f"{url}/letters.xml"))
        assert isinstance(found, Tried), found
        assert (found.records, found.identity) == (2, None)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/", "//x", "http://", "x", "http://[::1", ""])
async def test_only_whole_web_addresses_are_asked(url: str) -> None:
    async with sandbox() as made:
        found = await made.address(Address(url=url))
    assert isinstance(found, NotTried)
    assert found.failure == "address_invalid"


async def test_what_takes_too_long_ends_and_the_next_is_answered(tmp_path: Path) -> None:
    never_written = tmp_path / "never-written"
    os.mkfifo(never_written)
    async with sandbox(bounds=Bounds(cancel_seconds=0.2, kill_seconds=60.0)) as made:
        found = await made.file(never_written)
        assert isinstance(found, NotTried)
        assert found.failure == "too_slow"
    async with sandbox() as made:
        assert isinstance(await made.file(file(tmp_path, letters(1))), Tried)


@asynccontextmanager
async def answering(answer: object) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{any:.*}", answer)  # type: ignore[arg-type]
    async with listening(app) as root:
        yield root
