"""What the design's list does not name: rows 129 on, from the protocol's text and from repositories as they are."""

from __future__ import annotations

import re
import zlib

from aiohttp import web

from tests.peers.awkward.ends import SWEPT
from tests.peers.awkward.peer import RECORDS, Asked, Behaviour, Expectation, Said
from tests.peers.awkward.texts import CLAIM
from tests.peers.courteous.repository import Item, page

_TOKEN = re.compile(rb"(<resumptionToken[^>]*>)([^<]+)<")
_IDENTIFIER = re.compile(rb"<identifier>([^<]+)</identifier>")
_COOKIE = "session=1"


def _token_in_cdata(body: bytes, number: int) -> bytes:
    return _TOKEN.sub(rb"\1<![CDATA[\2]]><", body)


def _in_utf16(body: bytes, number: int) -> bytes:
    return body.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")


def _in_xml_11(body: bytes, number: int) -> bytes:
    return body.replace(b'version="1.0"', b'version="1.1"', 1)


def _padded_in_records(body: bytes, number: int) -> bytes:
    """Identifiers stand between blanks and line ends, but not in the list of headers; no size is stated."""
    unstated = CLAIM.sub(b"", body)
    return _IDENTIFIER.sub(rb"<identifier>\n  \1\n</identifier>", unstated) if b"<ListRecords" in body else unstated


def _two_marks(body: bytes, number: int) -> bytes:
    """A file with a byte order mark, written behind another one."""
    return b"\xef\xbb\xbf\xef\xbb\xbf" + body


def _deflated(body: bytes, number: int) -> bytes:
    return zlib.compress(body)


def _bad_token_behind_the_end(asked: Asked) -> Said:
    """A token follows the last record, and is refused."""
    if not asked.is_list or asked.start < RECORDS - 20:
        return None
    if asked.start >= RECORDS:
        return page('<error code="badResumptionToken"/>')
    return asked.repository.listed(asked.repository.records[asked.start :], f"|{RECORDS}", RECORDS)


def _tokens_of_a_session(asked: Asked) -> Said:
    """A token is good in the session that it was given in, which a cookie names."""
    if asked.token and asked.request.headers.get("Cookie") != _COOKIE:
        return page('<error code="badResumptionToken"/>')
    answer = asked.peer.said(asked)
    answer.headers["Set-Cookie"] = _COOKIE
    return answer


def _session_in_the_path(asked: Asked) -> Said:
    """Each request is sent on to an address with a session in its path."""
    if ";jsessionid" in asked.request.path:
        return None
    return web.Response(
        status=302, headers={"Location": f"{asked.request.path};jsessionid=1?{asked.request.query_string}"}
    )


def _tombstones_in_headers_alone(asked: Asked) -> Said:
    """Lists of records leave out what is deleted; no size is stated."""
    asked.repository.states_size = False
    if asked.query.get("verb") != "ListRecords":
        return None
    everything = asked.repository.records
    asked.repository.records = [each for each in everything if not each.deleted]
    answer = asked.peer.said(asked)
    asked.repository.records = everything
    return answer


def _in_another_format(asked: Asked) -> Said:
    """Five records are not given in the format that is asked for: headers name them, and nothing else does."""
    asked.repository.states_size = False
    names = {f"oai:peer:{number}" for number in range(41, 46)}
    if asked.query.get("identifier") in names:
        return page('<error code="cannotDisseminateFormat"/>')
    if asked.query.get("verb") != "ListRecords":
        return None
    everything: list[Item] = list(asked.repository.records)
    asked.repository.records = [each for each in everything if each.identifier not in names]
    answer = asked.peer.said(asked)
    asked.repository.records = everything
    return answer


OWN = (
    Behaviour(name="129 token in CDATA", spoil=_token_in_cdata),
    Behaviour(name="130 UTF-16", spoil=_in_utf16, expected=Expectation(learned={"charset": "utf-16-le"})),
    Behaviour(name="131 XML 1.1", spoil=_in_xml_11),
    Behaviour(name="132 identifiers between blanks, in records alone", spoil=_padded_in_records, expected=SWEPT),
    Behaviour(name="133 two byte order marks", spoil=_two_marks),
    Behaviour(
        name="134 deflate announced",
        spoil=_deflated,
        headers={"Content-Type": "text/xml", "Content-Encoding": "deflate"},
    ),
    Behaviour(
        name="135 behind the last record a token: badResumptionToken",
        instead=_bad_token_behind_the_end,
        expected=Expectation(reason="counted", most_requests=60),
    ),
    Behaviour(
        name="136 tokens of a session that a cookie names",
        instead=_tokens_of_a_session,
        expected=Expectation(reason="counted", most_requests=300, learned={"token_form": "encoded"}),
    ),
    Behaviour(name="137 a session in the path", instead=_session_in_the_path, expected=Expectation(most_requests=30)),
    Behaviour(
        name="138 tombstones in headers alone",
        instead=_tombstones_in_headers_alone,
        expected=Expectation(reason="swept", most_requests=40),
    ),
    Behaviour(
        name="139 five records in another format alone",
        instead=_in_another_format,
        expected=Expectation(verdict="incomplete", reason="unfetchable", held=115, missing=5, most_requests=100),
    ),
)
