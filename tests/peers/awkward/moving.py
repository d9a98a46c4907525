"""Repositories that change, contradict themselves or change their mind: rows 77 to 114 of the design, and own ones."""

from __future__ import annotations

import re

from aiohttp import web

from tests.peers.awkward.ends import FEW_ALONE, SWEPT, stopping
from tests.peers.awkward.peer import RECORDS, Asked, Behaviour, Expectation, Said
from tests.peers.awkward.texts import CLAIM
from tests.peers.courteous.repository import Item, items, page, span_of

#: nothing tells that another form of the token was not what helped
VERBATIM = Expectation(reason="counted", most_requests=7, learned={"token_form": "verbatim"})
COUNTED = Expectation(reason="counted", most_requests=40)


def _stopping_unstated(asked: Asked) -> Said:
    asked.repository.states_size = False
    return stopping(asked)


def _window(asked: Asked, *, closed_from: bool = True, closed_until: bool = True) -> list[Item]:
    since, until, _ = span_of(asked.query)

    def stands(stamp: str) -> bool:
        after = stamp >= since if closed_from else stamp > since
        return after and (not until or (stamp <= until if closed_until else stamp < until))

    return [item for item in asked.repository.records if stands(item.datestamp)]


def _part(asked: Asked, wanted: list[Item]) -> Said:
    since, until, start = span_of(asked.query)
    if not wanted:
        return page('<error code="noRecordsMatch"/>')
    token = f"{since}{'/' if until else ''}{until}|{start + 20}" if start + 20 < len(wanted) else ""
    return asked.repository.listed(wanted[start : start + 20], token, len(wanted), verb=asked.query["verb"])


def _from_exclusive(asked: Asked) -> Said:
    """Leaves out the day that `from` names; tokens die at the fourth page, so that dates are asked for."""
    if not asked.is_list:
        return None
    if asked.token == "|60":
        return page('<error code="badResumptionToken"/>')
    return _part(asked, _window(asked, closed_from=False))


def _until_exclusive(asked: Asked) -> Said:
    """Leaves out the day that `until` names; lists without it fail from the fourth page on."""
    if not asked.is_list:
        return None
    if asked.token == "|60":
        return web.Response(status=504)
    return _part(asked, _window(asked, closed_until=False))


def _empty_list_behind_the_end(asked: Asked) -> Said:
    """The last page has a token, which leads to a list without records."""
    if not asked.is_list:
        return None
    if asked.start >= RECORDS:
        return page("<ListRecords></ListRecords>")
    if asked.start == RECORDS - 20:
        return asked.repository.listed(asked.repository.records[asked.start :], f"|{RECORDS}", RECORDS)
    return None


def _sixty_empty_pages(asked: Asked) -> Said:
    """Sixty pages without records, each with a token, before the fourth page of the undivided list."""
    if asked.query.get("verb") != "ListRecords":
        return None
    token = asked.token
    if token == "|60" or token.startswith("empty"):
        number = int(token.removeprefix("empty") or 0) if token != "|60" else 0
        if number < 60:
            return asked.repository.listed((), f"empty{number + 1}", RECORDS)
        asked.query["resumptionToken"] = "|60"
    return None


def _shrinking_claim(body: bytes, number: int) -> bytes:
    """The size is what is left."""
    return body.replace(b'completeListSize="120"', f'completeListSize="{max(140 - 20 * number, 1)}"'.encode())


def _moving_offsets(asked: Asked) -> Said:
    """While the list is read, the first record is changed and moves to its end: a page slips by one."""
    if asked.query.get("verb") == "ListRecords" and asked.token == "|40" and not asked.peer.memory:
        asked.peer.memory.append("moved")
        first, *rest = asked.repository.records
        moved = Item(first.identifier, "2026-01-30", "Changed", first.deleted)
        asked.peer.repository.records = [*rest, moved]
    return None


def _doubled(body: bytes, number: int) -> bytes:
    """Each record stands twice on its page."""
    return re.sub(rb"<record>.*?</record>", lambda found: found[0] * 2, body)


def _all_cut_at_sixty(asked: Asked) -> Said:
    """No list gives more than sixty, of records or of headers, and each says that it ended."""
    asked.repository.states_size = False
    if not asked.is_list:
        return None
    return _part(asked, _window(asked)[:60])


def _dense() -> list[Item]:
    """Two records a day, all within two months."""
    return [
        Item(each.identifier, f"2020-{n // 56 + 1:02}-{n // 2 % 28 + 1:02}", each.title, each.deleted)
        for n, each in enumerate(items(RECORDS))
    ]


def _identify_fails(asked: Asked) -> Said:
    return web.Response(status=500) if asked.query.get("verb") == "Identify" else None


def _under_422(asked: Asked) -> Said:
    return page('<error code="cannotDisseminateFormat">none</error>', status=422)


def _error_beside_records(body: bytes, number: int) -> bytes:
    return body.replace(b"<ListRecords>", b'<error code="badArgument">deprecated</error><ListRecords>')


def _long_loop(asked: Asked) -> Said:
    """A page for each record; behind the hundredth the tokens lead back to the tenth, in new words each time round."""
    if not asked.is_list or asked.query["verb"] != "ListRecords":
        return None
    since, until, start = span_of(asked.query)
    wanted = _window(asked)
    if not wanted:
        return page('<error code="noRecordsMatch"/>')
    following = start + 1 if start < 100 else 10
    token = f"{since}{'/' if until else ''}{until}|{following}" if start + 1 < len(wanted) else ""
    return asked.repository.listed(wanted[start : start + 1], token, len(wanted))


def _unordered() -> list[Item]:
    """Every third record is older than its neighbours."""
    known = items(RECORDS)
    return [
        Item(each.identifier, f"201{n % 9}-03-01", each.title, each.deleted) if n % 3 == 0 else each
        for n, each in enumerate(known)
    ]


def _dead_tokens(asked: Asked) -> Said:
    return page('<error code="badResumptionToken"/>') if asked.token == "|60" else None


def _one_stamp() -> list[Item]:
    """A migration gave every record one datestamp."""
    return [Item(each.identifier, "2020-05-05", each.title, each.deleted) for each in items(RECORDS)]


def _token_everywhere(body: bytes, number: int) -> bytes:
    """White space and a comment round an empty token."""
    return body.replace(b"></resumptionToken>", b">\n  <!-- the end -->\n</resumptionToken>")


def _claims_zero(body: bytes, number: int) -> bytes:
    return CLAIM.sub(b' completeListSize="0"', body)


def _claims_minus_one(body: bytes, number: int) -> bytes:
    return CLAIM.sub(b' completeListSize="-1"', body)


def _claims_words(body: bytes, number: int) -> bytes:
    return CLAIM.sub(b' completeListSize="many"', body)


def _pages_claim(body: bytes, number: int) -> bytes:
    """The size of the page in place of the list's."""
    return CLAIM.sub(b' completeListSize="20"', body)


def _cursor_off(body: bytes, number: int) -> bytes:
    return body.replace(b"<resumptionToken", b'<resumptionToken cursor="-7" expirationDate="1970-01-01T00:00:00Z"')


def _token_needs_prefix(asked: Asked) -> Said:
    """Refuses a token that stands alone, as the protocol has it, once; then relents."""
    if asked.token and not asked.peer.memory:
        asked.peer.memory.append("refused")
        return page('<error code="badArgument">metadataPrefix missing</error>')
    return None


def _status_200_busy(asked: Asked) -> Said:
    """A page for people under 200 with Retry-After, as some proxies have it."""
    if asked.number == 3:
        return web.Response(text="<html>busy</html>", headers={"Retry-After": "5"}, content_type="text/html")
    return None


def _no_match_midway(asked: Asked) -> Said:
    """The third token leads to noRecordsMatch, though sixty records are left; the size is stated."""
    if asked.query.get("verb") == "ListRecords" and asked.token == "|60":
        return page('<error code="noRecordsMatch"/>')
    return None


def _other_quotes(body: bytes, number: int) -> bytes:
    return body.replace(b'<header status="deleted">', b"<header status='deleted'  >")


def _limit_of_requests(asked: Asked) -> Said:
    """429 for each third request."""
    return web.Response(status=429, headers={"Retry-After": "2"}) if asked.number % 3 == 0 else None


def _days_kept(body: bytes, number: int) -> bytes:
    """Identify declares seconds; every record is stamped by the day."""
    return body.replace(b"<granularity>YYYY-MM-DD<", b"<granularity>YYYY-MM-DDThh:mm:ssZ<")


MOVING = (
    Behaviour(name="76 seconds declared, days kept", spoil=_days_kept, instead=_dead_tokens, expected=COUNTED),
    Behaviour(name="77 from exclusive", instead=_from_exclusive, expected=COUNTED),
    Behaviour(name="78 until misses its day", instead=_until_exclusive, expected=COUNTED),
    Behaviour(
        name="94 behind the last record a token: empty list",
        instead=_empty_list_behind_the_end,
        expected=Expectation(reason="counted", most_requests=7),
    ),
    Behaviour(name="96 sixty empty pages", instead=_sixty_empty_pages, expected=Expectation(most_requests=140)),
    Behaviour(name="98 stops at 60 of 120, size not given", instead=_stopping_unstated, expected=SWEPT),
    Behaviour(
        name="98 the same, and more lack than are asked for alone",
        instead=_stopping_unstated,
        limits=FEW_ALONE,
        expected=SWEPT,
    ),
    Behaviour(
        name="98 the same, all records within two months",
        records=_dense(),
        instead=_all_cut_at_sixty,
        expected=SWEPT,
    ),
    Behaviour(name="100 size shrinks", spoil=_shrinking_claim, expected=SWEPT),
    Behaviour(name="101 offset paging while records move", instead=_moving_offsets, expected=COUNTED),
    Behaviour(name="102 every record twice", spoil=_doubled, expected=Expectation(reason="counted", most_requests=6)),
    Behaviour(
        name="103 pages out of date order, tokens die", records=_unordered(), instead=_dead_tokens, expected=COUNTED
    ),
    Behaviour(
        name="112 Identify 500", instead=_identify_fails, expected=Expectation(reason="counted", most_requests=6)
    ),
    Behaviour(
        name="113 OAI error under 422",
        instead=_under_422,
        expected=Expectation(verdict="blocked", reason="cannotDisseminateFormat", held=0, most_requests=1),
    ),
    Behaviour(
        name="114 error and records in one page",
        spoil=_error_beside_records,
        expected=Expectation(reason="counted", most_requests=6),
    ),
    Behaviour(
        name="116 loop of ninety pages", instead=_long_loop, expected=Expectation(reason="counted", most_requests=600)
    ),
    Behaviour(name="117 one datestamp on all, tokens die", records=_one_stamp(), instead=_dead_tokens),
    Behaviour(name="118 comment in the last token", spoil=_token_everywhere, expected=Expectation(most_requests=6)),
    Behaviour(name="119 size 0", spoil=_claims_zero, expected=SWEPT),
    Behaviour(name="120 size -1", spoil=_claims_minus_one, expected=Expectation(most_requests=60)),
    Behaviour(name="121 size in words", spoil=_claims_words, expected=Expectation(most_requests=60)),
    Behaviour(name="122 size of the page, not of the list", spoil=_pages_claim, expected=SWEPT),
    Behaviour(name="123 cursor and expirationDate nonsense", spoil=_cursor_off, expected=Expectation(most_requests=6)),
    Behaviour(name="124 token refused once with badArgument", instead=_token_needs_prefix, expected=VERBATIM),
    Behaviour(
        name="125 a busy page for people under 200", instead=_status_200_busy, expected=Expectation(most_requests=8)
    ),
    Behaviour(
        name="126 noRecordsMatch midway, size given", instead=_no_match_midway, expected=Expectation(most_requests=120)
    ),
    Behaviour(name="127 status in other quotes", spoil=_other_quotes, expected=Expectation(most_requests=6)),
    Behaviour(
        name="128 429 for each third request", instead=_limit_of_requests, expected=Expectation(most_requests=12)
    ),
)
