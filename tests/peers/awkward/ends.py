"""Lists that end where they should not, or go on where they should end: rows 29 and 92 to 102 of the design's list."""

from __future__ import annotations

from aiohttp import web

from tests.peers.awkward.peer import RECORDS, Asked, Behaviour, Expectation, Said
from tests.peers.awkward.texts import CLAIM
from tests.peers.courteous.repository import page, span_of

#: how many records a list gives before it stops
STOPS = 60


def _stopping(asked: Asked) -> Said:
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
    return _stopping(asked)


def _never_alone(asked: Asked) -> Said:
    """Records behind the sixtieth are in headers, and nowhere else."""
    if asked.query.get("verb") == "GetRecord":
        return page('<error code="idDoesNotExist"/>')
    return _stopping(asked)


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


SWEPT = Expectation(reason="swept", most_requests=100)
ONE_BY_ONE = Expectation(reason="counted", most_requests=100)

ENDS = (
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
    Behaviour(name="97 stops at 60 of 120, size given", instead=_stopping, expected=ONE_BY_ONE),
    Behaviour(
        name="97 the same, and no headers",
        instead=_no_headers,
        expected=Expectation(verdict="incomplete", reason="count_differs", held=60, missing=60, most_requests=10),
    ),
    Behaviour(
        name="97 the same, and no record alone",
        instead=_never_alone,
        expected=Expectation(verdict="incomplete", reason="unfetchable", held=60, missing=60, most_requests=100),
    ),
    Behaviour(name="99 says 500", spoil=_claims_500, expected=Expectation(reason="swept", most_requests=30)),
)
