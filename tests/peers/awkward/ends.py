"""Lists that end or go on where they should not: rows 29 to 34 and 92 to 102 of the design's list."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from aiohttp import web

from tests.peers.awkward.peer import LIMITS, RECORDS, Asked, Behaviour, Expectation, Instead, Said
from tests.peers.awkward.texts import CLAIM
from tests.peers.courteous.repository import page, span_of

#: how many records a list gives before it stops
STOPS = 60


def stopping(asked: Asked) -> Said:
    """No list gives more than 60 records, and says that it ended there; each states how many it should give."""
    if not asked.is_list or asked.query["verb"] != "ListRecords":
        return None
    since, until, start = span_of(asked.query)
    records = asked.repository.records
    wanted = [item for item in records if since <= item.datestamp and (not until or item.datestamp <= until)]
    part = wanted[start : min(start + 20, STOPS)]
    token = f"{since}{'/' if until else ''}{until}|{start + 20}" if start + 20 < min(STOPS, len(wanted)) else ""
    if not part:
        return page('<error code="noRecordsMatch"/>')
    return asked.repository.listed(part, token, len(wanted))


def _one_page(asked: Asked) -> Said:
    """No list gives more than its first page."""
    if not asked.is_list or asked.query["verb"] != "ListRecords":
        return None
    since, until, _ = span_of(asked.query)
    found = [
        each for each in asked.repository.records if since <= each.datestamp and (not until or each.datestamp <= until)
    ]
    return asked.repository.listed(found[:20], "", len(found)) if found else page('<error code="noRecordsMatch"/>')


def _unstated(body: bytes, number: int) -> bytes:
    return CLAIM.sub(b"", body)


def _claims_500(body: bytes, number: int) -> bytes:
    return body.replace(b'completeListSize="120"', b'completeListSize="500"')


def _resumed_elsewhere(asked: Asked) -> Said:
    """A cursor at the server: the answer that was lost is not given again, the next one is."""
    if not asked.token or asked.query["verb"] != "ListRecords":
        return None
    if asked.token == "|40" and "lost" not in asked.peer.memory and asked.request.transport is not None:
        asked.peer.memory.append("lost")
        asked.request.transport.abort()
        return web.Response()
    if asked.token == "|40":
        asked.query["resumptionToken"] = "|60"
    return None


def _no_headers(asked: Asked) -> Said:
    if asked.query.get("verb") == "ListIdentifiers":
        return page('<error code="badVerb"/>')
    return stopping(asked)


def _never_alone(asked: Asked) -> Said:
    """Records behind the sixtieth are in headers, and nowhere else."""
    if asked.query.get("verb") == "GetRecord":
        return page('<error code="idDoesNotExist"/>')
    return stopping(asked)


def _nothing_behind_the_last_token(asked: Asked) -> Said:
    if not asked.is_list:
        return None
    start = asked.start
    if start >= RECORDS:
        return page('<error code="noRecordsMatch"/>')
    if start == RECORDS - 20:
        return asked.repository.listed(asked.repository.records[start:], f"|{RECORDS}", RECORDS)
    return None


def _empty_page_midway(asked: Asked) -> Said:
    if asked.token == "|40":
        return asked.repository.listed((), "|-40", RECORDS)
    if asked.token == "|-40":
        asked.query["resumptionToken"] = "|40"
    return None


def _carrying(spoiled: Callable[[bytes], web.Response], first: int, last: int) -> Instead:
    """Every answer on one of these records is spoiled, in whatever company it stands."""
    names = [f"<identifier>oai:peer:{number}<".encode() for number in range(first, last + 1)]

    def instead(asked: Asked) -> Said:
        if asked.query.get("verb") not in ("ListRecords", "GetRecord"):
            return None
        body = bytes(asked.peer.said(asked).body)  # type: ignore[arg-type]
        return spoiled(body) if any(name in body for name in names) else None

    return instead


def _fails(body: bytes) -> web.Response:
    return web.Response(status=500)


def _cuts(body: bytes) -> web.Response:
    return web.Response(body=body[: len(body) // 2], content_type="text/xml")


def _declaring(subset: str, charset: str = "utf-8") -> Callable[[bytes], web.Response]:
    def spoiled(body: bytes) -> web.Response:
        document = body.decode().partition("?>")[2]
        said = f'<?xml version="1.0" encoding="{charset}"?><!DOCTYPE x [{subset}]>{document}'
        return web.Response(body=said.encode(charset), content_type="text/xml")

    return spoiled


BOMB = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">'
LOSES_ONE = Expectation(verdict="incomplete", reason="unfetchable", held=119, missing=1, most_requests=500)
LOSES_TWENTY = Expectation(verdict="incomplete", reason="unfetchable", held=100, missing=20, most_requests=500)

FEW_ALONE = msgspec.structs.replace(LIMITS, fetches=10)

SWEPT = Expectation(reason="swept", most_requests=100)
ONE_BY_ONE = Expectation(reason="counted", most_requests=100)

ENDS = (
    Behaviour(name="29 one record gives 500 in any page", instead=_carrying(_fails, 50, 50), expected=LOSES_ONE),
    Behaviour(name="30 one record cuts any page", instead=_carrying(_cuts, 50, 50), expected=LOSES_ONE),
    Behaviour(name="31 entity bomb on 20 records", instead=_carrying(_declaring(BOMB), 41, 60), expected=LOSES_TWENTY),
    Behaviour(
        name="32 external entity",
        instead=_carrying(_declaring('<!ENTITY a SYSTEM "file:///etc/hostname">'), 41, 60),
        expected=LOSES_TWENTY,
    ),
    Behaviour(
        name="33 parameter entity",
        instead=_carrying(_declaring('<!ENTITY % a SYSTEM "http://127.0.0.1/dtd"> %a;'), 41, 60),
        expected=LOSES_TWENTY,
    ),
    Behaviour(
        name="34 the bomb in UTF-16",
        instead=_carrying(_declaring(BOMB, "utf-16"), 41, 60),
        expected=LOSES_TWENTY,
    ),
    Behaviour(name="92 token resumed elsewhere", instead=_resumed_elsewhere, expected=ONE_BY_ONE),
    Behaviour(
        name="93 behind the last record a token: noRecordsMatch",
        instead=_nothing_behind_the_last_token,
        expected=Expectation(reason="counted", most_requests=7),
    ),
    Behaviour(
        name="93 the same, without a size",
        instead=_nothing_behind_the_last_token,
        spoil=_unstated,
        expected=Expectation(most_requests=40),
    ),
    Behaviour(
        name="95 empty page midway",
        instead=_empty_page_midway,
        expected=Expectation(reason="counted", most_requests=7),
    ),
    Behaviour(name="97 stops at 60 of 120, size given", instead=stopping, expected=ONE_BY_ONE),
    Behaviour(
        name="97 the same, and no headers",
        instead=_no_headers,
        expected=Expectation(verdict="incomplete", reason="count_differs", held=60, missing=60, most_requests=10),
    ),
    Behaviour(
        name="97 the same, and no record alone",
        instead=_never_alone,
        expected=Expectation(reason="counted", most_requests=60),
    ),
    Behaviour(
        name="97 the same, and more lack than are asked for alone",
        instead=stopping,
        limits=FEW_ALONE,
        expected=Expectation(reason="counted", most_requests=60),
    ),
    Behaviour(
        name="97 the same, and no window gives more than one page",
        instead=_one_page,
        limits=FEW_ALONE,
        expected=Expectation(reason="counted", most_requests=300),
    ),
    Behaviour(name="99 says 500", spoil=_claims_500, expected=Expectation(reason="swept", most_requests=30)),
)
