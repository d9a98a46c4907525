"""Answers that fail, tarry or lead elsewhere: rows 42 to 66 and 75 to 85 of the design's list."""

from __future__ import annotations

import asyncio
import gzip
import zlib

from aiohttp import web

from harvester.settings import Limits
from tests.peers.awkward.peer import Asked, Behaviour, Expectation, Instead, Said
from tests.peers.courteous.repository import Item, page

HTML = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body><p>Back soon</p></body></html>"
#: what breaks off inside of an answer, and is closed by whoever sends it
NOTHING = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><b>Warning</b>: too many connections</OAI-PMH>'
#: six pages, and at most two requests more
ALL = Expectation(reason="counted", most_requests=8)

#: each of six pages asked for twice
REDIRECTED = Expectation(reason="counted", most_requests=12)


def answering(name: str, instead: Instead, expected: Expectation = ALL, limits: Limits | None = None) -> Behaviour:
    """A peer that sometimes says something else."""
    if limits is None:
        return Behaviour(name=name, instead=instead, expected=expected)
    return Behaviour(name=name, instead=instead, expected=expected, limits=limits)


def blocked(reason: str, held: int = 0, most_requests: int = 2) -> Expectation:
    """Nothing more can be done, for this reason."""
    return Expectation(verdict="blocked", reason=reason, held=held, most_requests=most_requests)


def _status(status: int, *numbers: int, headers: dict[str, str] | None = None) -> Instead:
    """Requests of these numbers get the status; without numbers, all."""
    return lambda asked: (
        web.Response(status=status, headers=headers) if not numbers or asked.number in numbers else None
    )


def _body(body: bytes, *numbers: int) -> Instead:
    return lambda asked: (
        web.Response(body=body, headers={"Content-Type": "text/xml"})
        if not numbers or asked.number in numbers
        else None
    )


def _cut(asked: Asked) -> Said:
    body = asked.peer.said(asked).body
    return web.Response(body=bytes(body)[:900]) if asked.number == 3 else None  # type: ignore[arg-type]


def _always_cut(asked: Asked) -> Said:
    return web.Response(body=bytes(asked.peer.said(asked).body)[:-40])  # type: ignore[arg-type]


def _deep_pages_cut(asked: Asked) -> Said:
    return _always_cut(asked) if asked.start >= 60 else None


def _reset(asked: Asked) -> Said:
    if asked.number == 3 and asked.request.transport is not None:
        asked.request.transport.abort()
        return web.Response()
    return None


async def _too_long(asked: Asked) -> Said:
    if asked.number != 3:
        return None
    said = asked.peer.said(asked)
    body = bytes(said.body)  # type: ignore[arg-type]
    response = web.StreamResponse(headers={"Content-Type": "text/xml", "Content-Length": str(len(body) + 50)})
    await response.prepare(asked.request)
    await response.write(body[:-80])
    if asked.request.transport is not None:
        asked.request.transport.close()
    return response


async def _stall(asked: Asked) -> Said:
    if asked.number != 3:
        return None
    return await _streaming(asked, [b'<?xml version="1.0"?><OAI-PMH>'], pause=60.0)


async def _trickle(asked: Asked) -> Said:
    return await _streaming(asked, [b"<"] * 100, pause=0.02)


async def _endless(asked: Asked) -> Said:
    return await _streaming(asked, [b"<OAI-PMH>" + b" " * 65_536] * 100)


async def _streaming(asked: Asked, chunks: list[bytes], *, pause: float = 0.0) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/xml"})
    await response.prepare(asked.request)
    try:
        for chunk in chunks:
            await response.write(chunk)
            await asyncio.sleep(pause)
    except ConnectionError:
        pass
    return response


def _bomb() -> bytes:
    """Two gibibytes of blanks in about two mebibytes."""
    packer = zlib.compressobj(9, wbits=31)
    once = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return once + again * 2046


def _deep_pages_fail(asked: Asked) -> Said:
    return web.Response(status=504) if asked.start >= 60 else None


def _deep_pages_tarry(asked: Asked) -> Said:
    if asked.is_list:
        asked.peer.pass_time(12.0 if asked.start >= 60 else 1.2)
    return None


def _redirect(location: str) -> web.Response:
    return web.Response(status=302, headers={"Location": location})


def _login(asked: Asked) -> Said:
    if asked.request.path == "/login":
        return web.Response(body=HTML, content_type="text/html")
    return _redirect("/login")


def _first_version(asked: Asked) -> Said:
    root = '<ListRecords xmlns="http://www.openarchives.org/OAI/1.1/OAI_ListRecords"></ListRecords>'
    return web.Response(text=f'<?xml version="1.0"?>{root}', content_type="text/xml")


def _moved(asked: Asked) -> Said:
    if asked.request.path == "/new":
        return None
    return _redirect(str(asked.request.rel_url.with_path("/new", keep_query=True)))


def _moved_without_query(asked: Asked) -> Said:
    return None if asked.request.path == "/new" else _redirect("/new")


def _seconds() -> tuple[Item, ...]:
    return tuple(
        Item(f"oai:peer:{n}", f"2020-01-{n // 24 + 1:02}T{n % 24:02}:00:00Z", f"Title {n}", n % 20 == 0)
        for n in range(1, 121)
    )


def _days_only(asked: Asked) -> Said:
    """Declares nothing, writes seconds, and takes days alone; the second token is dead, so that dates are asked for."""
    if any("T" in asked.query.get(name, "") for name in ("from", "until")):
        return page('<error code="badArgument">granularity</error>')
    if asked.token == "|40":
        return page('<error code="badResumptionToken"/>')
    return None


def _busy(number: str, seconds: str | None, at_least: float, at_most: float) -> Behaviour:
    headers = {} if seconds is None else {"Retry-After": seconds}
    expected = Expectation(reason="counted", most_requests=7, waits=(at_least, at_most))
    return answering(number, _status(503, 3, headers=headers), expected)


ANSWERS = (
    answering("42 truncated once", _cut),
    answering("42 deep pages always truncated", _deep_pages_cut, Expectation(reason="counted", most_requests=40)),
    answering("42 always truncated", _always_cut, blocked("truncated", most_requests=7)),
    answering("43 empty 200 once", _body(b"", 3)),
    answering("43 empty 200 always", _body(b""), blocked("empty", most_requests=7)),
    answering("43 a document with nothing in it once", _body(NOTHING, 3)),
    answering("43 a document with nothing in it always", _body(NOTHING), blocked("answer_missing", most_requests=7)),
    answering("44 HTML once", _body(HTML, 3)),
    answering("44 HTML once, at first", _body(HTML, 1)),
    answering("403 once, at first", _status(403, 1)),
    answering("403 twice", _status(403, 3, 4), Expectation(reason="counted", most_requests=8, waits=(330, 400))),
    answering("403 from the third request on", _status(403, *range(3, 99)), blocked("bot_wall", 40, 5)),
    *(answering(f"{status} once", _status(status, 3)) for status in (204, 408, 425, 520, 522)),
    answering("45 reset once", _reset),
    answering("46 Content-Length too long, once", _too_long),
    answering("47 stall once", _stall),
    answering("49 a byte now and then", _trickle, blocked("too_slow"), Limits(slow_seconds=0.2)),
    answering("50 endless page", _endless, blocked("oversize", most_requests=50), Limits(page_bytes=1 << 20)),
    answering("51 2 GiB in 2 MiB of gzip", _body(_bomb()), blocked("oversize", most_requests=50)),
    answering(
        "52 300,000 empty gzip members", _body(gzip.compress(b"") * 300_000), blocked("oversize", most_requests=50)
    ),
    answering("53 500 once", _status(500, 3), Expectation(reason="counted", most_requests=7)),
    answering("54 502 ten times", _status(502, *range(3, 13)), Expectation(reason="counted", most_requests=20)),
    answering("54 502 for ever", _status(502, *range(3, 999)), blocked("unavailable", 40, 70)),
    answering("55 504 on deep pages", _deep_pages_fail, Expectation(reason="counted", most_requests=40)),
    answering("56 deep pages ten times slower", _deep_pages_tarry, Expectation(reason="counted", most_requests=20)),
    answering("57 HTML always", _body(HTML), blocked("not_a_repository")),
    answering("57 HTML from the third request on", _body(HTML, *range(3, 99)), blocked("bot_wall", 40, 5)),
    answering("58 login redirect", _login, blocked("not_a_repository", 0, 4)),
    answering("61 redirect loop", lambda asked: _redirect(str(asked.request.rel_url)), blocked("redirect_loop", 0, 6)),
    answering("63 protocol 1.1", _first_version, blocked("protocol_version")),
    answering(
        "64 prefix gone",
        lambda asked: page('<error code="cannotDisseminateFormat"/>'),
        blocked("cannotDisseminateFormat"),
    ),
    answering("65 302", _moved, REDIRECTED),
    answering(
        "66 redirect that drops the query", _moved_without_query, Expectation(reason="counted", most_requests=12)
    ),
    Behaviour(
        name="75 seconds refused",
        records=_seconds(),
        instead=_days_only,
        expected=Expectation(reason="counted", learned={"granularity": "days"}, most_requests=15),
    ),
    answering(
        "79 busy for ever",
        _status(503, *range(3, 999), headers={"Retry-After": "3600"}),
        blocked("unavailable", 40, 33),
    ),
    answering(
        "79 busy a week at a time",
        _status(503, *range(3, 999), headers={"Retry-After": "604800"}),
        blocked("unavailable", 40, 6),
    ),
    _busy("79 Retry-After 2", "2", 2, 10),
    _busy("80 Retry-After as a date", "Sat, 31 Jan 2026 00:00:30 GMT", 29, 40),
    _busy("81 Retry-After 86400", "86400", 86_400, 87_000),
    _busy("82 Retry-After 10^9", "1000000000", 86_400, 87_000),
    _busy("83 Retry-After junk", "soon", 86_400, 87_000),
    _busy("84 Retry-After past", "Sat, 31 Jan 2015 00:00:30 GMT", 30, 40),
    _busy("85 bare 503", None, 30, 40),
)
