"""What harvesters and repositories report of each other in their public trackers: rows 140 on."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace

from aiohttp import web

from tests.peers.awkward.ends import FEW_ALONE, SWEPT
from tests.peers.awkward.moving import COUNTED
from tests.peers.awkward.peer import RECORDS, Asked, Behaviour, Expectation, Said
from tests.peers.awkward.texts import CLAIM, flagged
from tests.peers.courteous.repository import IDENTIFY, Item, items, page, span_of

#: six pages, and two requests more at the most
QUIET = Expectation(reason="counted", most_requests=8)
#: no list is whole: all is found by windows alone
PARTED = Expectation(reason="counted", most_requests=200)
TODAY = "2026-01-31"
_STAMP = re.compile(rb"<datestamp>[^<]*<")


def _wanted(asked: Asked) -> tuple[list[Item], int]:
    since, until, start = span_of(asked.query)
    records = asked.repository.records
    return [each for each in records if since <= each.datestamp and (not until or each.datestamp <= until)], start


def _over_after_the_second_page(asked: Asked) -> Said:
    """From the second page on what is left is taken for all there is (pkp-lib 7214, of 2021)."""
    wanted, start = _wanted(asked) if asked.is_list else ([], 0)
    if not start:
        return None
    return asked.repository.listed(wanted[start : start + 20], "", len(wanted) - start, verb=asked.query["verb"])


def _size_too_small(body: bytes, number: int) -> bytes:
    """Lists go on for long behind the size that they state (OpenSKOS 8, of 2012)."""
    return CLAIM.sub(b' completeListSize="30"', body)


def _today(body: bytes, number: int) -> bytes:
    """Every header is stamped with the day of the answer, though dates select by another (pkp-lib 5135, of 2019)."""
    return _STAMP.sub(b"<datestamp>" + TODAY.encode() + b"<", body)


def _dead_at_sixty(asked: Asked) -> Said:
    return page('<error code="badResumptionToken"/>') if asked.token == "|60" else None


def _earliest_is_now(asked: Asked) -> Said:
    """The earliest datestamp is the present day (pkp-lib 6803, of 2021); a token dies, so that dates are asked for."""
    if asked.query.get("verb") == "Identify":
        return page(IDENTIFY.replace("2020-01-01", TODAY))
    return _dead_at_sixty(asked)


def _seconds_stated(asked: Asked) -> Said:
    """Identify says days and refuses seconds, headers are stamped by the second (DOAJ 507, of 2015)."""
    if "T" in asked.query.get("from", "") + asked.query.get("until", ""):
        return page('<error code="badArgument"/>')
    return _dead_at_sixty(asked)


def _with_seconds(body: bytes, number: int) -> bytes:
    return re.sub(rb"<datestamp>([\d-]+)<", rb"<datestamp>\1T00:00:00Z<", body)


def _date_cut(body: bytes, number: int) -> bytes:
    """The moment of the answer lost its middle (oai4solr 11, of 2016)."""
    return body.replace(b"<responseDate>2026-01-31T00:00:00Z<", b"<responseDate>2026-01-0Z<")


def _tokens_unheard(asked: Asked) -> Said:
    """Whatever token comes, a list begins anew (kor 55, of 2016)."""
    if not asked.is_list:
        return None
    if asked.token:
        asked.query["resumptionToken"] = asked.token.rpartition("|")[0] + "|0"
    return None


def _another_verb(asked: Asked) -> Said:
    """A cache that knows an address by its path gives an answer of before, once."""
    return page(IDENTIFY) if asked.number == 3 else None


def _another_verb_to_one_token(asked: Asked) -> Said:
    """The same while the list is asked for by one token, and a list that states no size."""
    asked.repository.states_size = False
    return page(IDENTIFY) if asked.token == "|60" and asked.query.get("verb") == "ListRecords" else None


def _packed_twice(asked: Asked) -> Said:
    """A server packs, and the proxy before it packs again."""
    body = gzip.compress(gzip.compress(bytes(asked.peer.said(asked).body)))  # type: ignore[arg-type]
    return web.Response(body=body, headers={"Content-Type": "text/xml", "Content-Encoding": "gzip"})


async def _chunks_cut(asked: Asked) -> Said:
    """An answer in chunks that breaks off in the middle of one, once."""
    if asked.number != 3:
        return None
    response = web.StreamResponse(headers={"Content-Type": "text/xml"})
    response.enable_chunked_encoding()
    await response.prepare(asked.request)
    await response.write(bytes(asked.peer.said(asked).body)[:2000])  # type: ignore[arg-type]
    if asked.request.transport is not None:
        asked.request.transport.close()
    return response


def _former_token(body: bytes, number: int) -> bytes:
    """A comment holds the token of an earlier form of the page, before the list's own."""
    return body.replace(b"<resumptionToken", b"<!-- <resumptionToken>|0</resumptionToken> --><resumptionToken")


def _token_behind_the_list(body: bytes, number: int) -> bytes:
    """The token stands beside the list, not in it."""
    return re.sub(rb"(<resumptionToken.*?</resumptionToken>)(</List\w+>)", rb"\2\1", body)


def _token_in_an_attribute(body: bytes, number: int) -> bytes:
    return re.sub(rb"<resumptionToken([^>]*)>([^<]+)<", rb'<resumptionToken\1 value="\2"><', body)


def _list_for_each(body: bytes, number: int) -> bytes:
    """A list element for every record."""
    return body.replace(b"</record><record>", b"</record></ListRecords><ListRecords><record>")


def _told_otherwise(body: bytes, number: int) -> bytes:
    """`deleted` in other letters."""
    return body.replace(b'status="deleted"', b'status="Deleted "')


def _yet_described(body: bytes, number: int) -> bytes:
    """Tombstones hold a metadata element that holds nothing."""
    return re.sub(rb'(<header status="deleted">.*?</header>)', rb"\1<metadata></metadata>", body)


def _undated(body: bytes, number: int) -> bytes:
    """The first header has no datestamp."""
    return body.replace(b"oai:peer:1</identifier><datestamp>2020-01-02</datestamp>", b"oai:peer:1</identifier>")


def _case_alone() -> list[Item]:
    """Half of the identifiers differ from the other half in their letters' case alone."""
    return [
        replace(each, identifier=f"oai:peer:{'A' if n < 60 else 'a'}{n % 60}") for n, each in enumerate(items(RECORDS))
    ]


def _no_match_404(asked: Asked) -> Said:
    """An empty window is answered under 404; a token dies, so that windows are asked for."""
    if asked.token == "|60":
        return page('<error code="badResumptionToken"/>', status=400)
    if asked.is_list and not _wanted(asked)[0]:
        return page('<error code="noRecordsMatch"/>', status=404)
    return None


def _no_match_beside_the_last(body: bytes, number: int) -> bytes:
    """The last page holds records and the error that there are none."""
    return body.replace(b'"></resumptionToken></List', b'"></resumptionToken><error code="noRecordsMatch"/></List')


def _sets(body: bytes, number: int) -> bytes:
    """Sets are named with blanks, in Chinese, empty, and twice."""
    named = "<setSpec>maps and plans</setSpec><setSpec>地图:全宗</setSpec><setSpec/><setSpec>maps and plans</setSpec>"
    return body.replace(b"</header>", named.encode() + b"</header>")


def _escaped_twice(asked: Asked) -> Said:
    """Tokens are escaped once more than they are read: none is ever taken."""
    return page('<error code="badResumptionToken"/>') if asked.token else None


def _escaping(body: bytes, number: int) -> bytes:
    return re.sub(rb">([^<>]*\|\d+)</resumptionToken>", rb">a&amp;amp;b\1</resumptionToken>", body)


REPORTED = (
    Behaviour(
        name="140 over after the second page", instead=_over_after_the_second_page, limits=FEW_ALONE, expected=SWEPT
    ),
    Behaviour(name="141 far more than the size", spoil=_size_too_small, expected=SWEPT),
    Behaviour(name="142 stamped today, tokens die", spoil=_today, instead=_dead_at_sixty, expected=PARTED),
    Behaviour(name="143 earliest is today, tokens die", instead=_earliest_is_now, expected=COUNTED),
    Behaviour(
        name="144 days declared, seconds stamped, tokens die",
        spoil=_with_seconds,
        instead=_seconds_stated,
        expected=Expectation(reason="counted", most_requests=40, learned={"granularity": "days"}),
    ),
    Behaviour(name="145 responseDate cut", spoil=_date_cut, expected=QUIET),
    Behaviour(name="146 tokens unheard", instead=_tokens_unheard, expected=COUNTED),
    Behaviour(name="147 another verb's answer once", instead=_another_verb, expected=QUIET),
    Behaviour(name="147 another verb's answer to one token", instead=_another_verb_to_one_token, expected=SWEPT),
    Behaviour(name="148 gzip twice", instead=_packed_twice, expected=QUIET),
    Behaviour(name="149 chunk cut once", instead=_chunks_cut, expected=QUIET),
    Behaviour(name="150 former token in a comment", spoil=_former_token, expected=QUIET),
    Behaviour(name="151 token behind the list", spoil=_token_behind_the_list, expected=QUIET),
    Behaviour(name="152 token in an attribute", spoil=_token_in_an_attribute, expected=PARTED),
    Behaviour(name="153 a list for each record", spoil=_list_for_each, expected=QUIET),
    Behaviour(
        name="154 deleted in other letters",
        spoil=_told_otherwise,
        expected=Expectation(reason="counted", deleted=6, most_requests=8),
    ),
    Behaviour(
        name="155 tombstones with metadata",
        spoil=_yet_described,
        expected=Expectation(reason="counted", deleted=6, most_requests=8),
    ),
    Behaviour(name="156 no datestamp", spoil=_undated, expected=flagged("datestamp_invalid")),
    Behaviour(name="157 identifiers that differ in case alone", records=_case_alone(), expected=QUIET),
    Behaviour(name="158 nothing found under 404, tokens die under 400", instead=_no_match_404, expected=COUNTED),
    Behaviour(name="159 noRecordsMatch beside the last records", spoil=_no_match_beside_the_last, expected=QUIET),
    Behaviour(name="160 sets with blanks, in Chinese, empty and twice", spoil=_sets, expected=QUIET),
    Behaviour(
        name="161 tokens escaped twice",
        spoil=_escaping,
        instead=_escaped_twice,
        expected=Expectation(reason="counted", most_requests=200, learned={"token_form": "encoded"}),
    ),
)
