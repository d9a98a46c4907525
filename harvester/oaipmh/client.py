"""One request of the protocol: sent, redirected, read and parsed, with its failures named."""

from __future__ import annotations

import asyncio
import hashlib
import re
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import aiohttp
import msgspec
from yarl import URL

from harvester import redirects
from harvester.body import body_of
from harvester.egress import Session
from harvester.errors import MalformedPage
from harvester.failures import MOST_REDIRECTS, RAISED, REDIRECTS, failure_of, following, status_failure
from harvester.feeds import Feed
from harvester.oaipmh.clocks import earliest, skew_of
from harvester.oaipmh.envelope import ANSWER_MISSING
from harvester.oaipmh.page import Page
from harvester.oaipmh.requests import Arguments, address
from harvester.ports import Clock, Parser
from harvester.retry import Failure
from harvester.settings import Limits
from mappings.errors import DocumentRefused

#: namespace of the protocol's first version, which is no longer spoken
_FIRST_VERSION = re.compile(rb"openarchives\.org/OAI/1\.")


#: a request on its way
_Request = AbstractAsyncContextManager[aiohttp.ClientResponse]


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A page with the bytes that it was read from."""

    #: its `response_date` is the earliest that any clock gives
    page: Page
    body: bytes
    sha256: str
    at: datetime
    #: from the request to the last byte
    seconds: float
    #: the base URL to which permanent redirects led; empty where none did
    moved_to: str = ""
    #: how far the source's clock is ahead of ours
    skew_seconds: int = 0


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    retry_after: str | None
    charset: str | None
    date: str | None
    body: bytes
    moved_to: str


async def fetch_page(
    feed: Feed, arguments: Arguments, *, session: Session, parser: Parser, clock: Clock, limits: Limits
) -> Fetched | Failure:
    """The page that answers `arguments`; an OAI-PMH document is read under any status and media type."""
    begun, asked_at = clock.monotonic(), clock.now()
    answer = await _answer(feed, arguments, session, limits)
    seconds = clock.monotonic() - begun
    if isinstance(answer, Failure):
        return answer
    try:
        page = await parser(answer.body, feed.key, feed.metadata_prefix, answer.charset, feed.profile.charset)
    except MalformedPage as error:
        return _not_a_page(answer, session.shows, begun=error.begun)
    except DocumentRefused as error:
        return Failure(reason=error.code, detail=str(error))
    if _is_of_another_verb(page, arguments):
        return Failure(reason=ANSWER_MISSING, detail=f"expected an answer to {arguments[0][1]}, found {page.verb}")
    at, sha256 = clock.now(), hashlib.sha256(answer.body).hexdigest()
    skew = skew_of(page.response_date, answer.date, asked_at, asked_at + timedelta(seconds=seconds))
    page = msgspec.structs.replace(page, response_date=earliest(page.response_date, answer.date, asked_at))
    return Fetched(
        page=page,
        body=answer.body,
        sha256=sha256,
        at=at,
        seconds=seconds,
        moved_to=answer.moved_to,
        skew_seconds=skew,
    )


async def fetch_file(feed: Feed, *, session: Session, limits: Limits) -> bytes | Failure:
    """What stands at the feed's address itself, whatever it is; unpacked where it is gzip."""
    answer = await _answer(feed, (), session, limits)
    if isinstance(answer, Failure):
        return answer
    if answer.status != 200:
        return status_failure(answer.status, answer.retry_after, session.shows)
    return answer.body


async def _answer(feed: Feed, arguments: Arguments, session: Session, limits: Limits) -> _Answer | Failure:
    try:
        return await _send(feed, arguments, session, limits)
    except RAISED as error:
        return failure_of(error)


def _is_of_another_verb(page: Page, arguments: Arguments) -> bool:
    """Whether the page says nothing of what was asked: a cache's answer to something else is not the end of a list."""
    return bool(page.verb) and not page.size and not page.errors and ("verb", page.verb) not in arguments


def _not_a_page(answer: _Answer, shown: str, *, begun: bool) -> Failure:
    if _FIRST_VERSION.search(answer.body[:4096]):
        return Failure(reason="protocol_version")
    if not 200 <= answer.status < 300:
        return status_failure(answer.status, answer.retry_after, shown)
    if not answer.body.strip():
        return Failure(reason="empty")
    if not begun:
        return Failure(reason="not_a_repository")
    ended = f"found the end of the answer at byte {len(answer.body)}"
    return Failure(reason="truncated", detail=f"expected the end of the OAI-PMH document, {ended}")


async def _send(feed: Feed, arguments: Arguments, session: Session, limits: Limits) -> _Answer | Failure:
    posted = feed.profile.method == "POST"
    base_url = redirects.asked_at(feed)
    target = base_url if posted else address(base_url, arguments, feed.profile.token_form)
    is_permanent, moved_to = True, ""
    for _ in range(MOST_REDIRECTS + 1):
        async with asyncio.timeout(limits.page_seconds), _asked(session, target, arguments, posted) as response:
            location = response.headers.get("Location")
            if response.status not in REDIRECTS or not location:
                return _Answer(
                    status=response.status,
                    retry_after=response.headers.get("Retry-After"),
                    charset=response.charset,
                    date=response.headers.get("Date"),
                    body=await body_of(response, limits),
                    moved_to=moved_to,
                )
        led = following(target, location)
        if isinstance(led, Failure):
            session.refusals.note(led.reason)
            return led
        is_permanent = is_permanent and response.status in redirects.PERMANENT
        if is_permanent:
            moved_to = redirects.without(led, tuple(name for name, _ in arguments))
        target, posted = _with_arguments(led, arguments), False
    return Failure(reason="redirect_loop")


def _asked(session: Session, target: str, arguments: Arguments, posted: bool) -> _Request:
    url = URL(target, encoded=True)
    return session.post(url, data=dict(arguments)) if posted else session.get(url)


def _with_arguments(target: str, arguments: Arguments) -> str:
    """The redirect's target, with every argument put back that it lacks."""
    present = URL(target, encoded=True).query
    missing = tuple((name, value) for name, value in arguments if name not in present)
    return address(target, missing) if missing else target
