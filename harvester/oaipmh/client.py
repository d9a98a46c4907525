"""One request of the protocol: sent, redirected, read and parsed, with its failures named."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import aiohttp
import msgspec
from yarl import URL

from harvester.body import read_body
from harvester.egress import Session, refusal
from harvester.errors import MalformedPage, PayloadRefused
from harvester.feeds import Feed
from harvester.oaipmh.page import Page
from harvester.oaipmh.requests import Arguments, address
from harvester.ports import Clock, Parser
from harvester.retry import Failure
from harvester.settings import Limits
from mappings.errors import DocumentRefused

MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A page with the bytes that it was read from."""

    page: Page
    body: bytes
    sha256: str
    at: datetime


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    retry_after: str | None
    charset: str | None
    body: bytes


async def fetch_page(
    feed: Feed, arguments: Arguments, *, session: Session, parser: Parser, clock: Clock, limits: Limits
) -> Fetched | Failure:
    """The page that answers `arguments`; an OAI-PMH document is read under any status and media type."""
    try:
        answer = await _send(feed, arguments, session, limits)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Failure(reason="address_refused" if refusal(error) else "unreachable")
    except ValueError:
        return Failure(reason="redirect_refused")
    except PayloadRefused as error:
        return Failure(reason="unreachable" if error.reason == "truncated" else error.reason)
    if isinstance(answer, Failure):
        return answer
    try:
        page = await parser(answer.body, feed.key, feed.metadata_prefix, answer.charset)
    except MalformedPage:
        return _not_a_page(answer)
    except DocumentRefused as error:
        return Failure(reason=error.code)
    return Fetched(page=page, body=answer.body, sha256=hashlib.sha256(answer.body).hexdigest(), at=clock.now())


def _not_a_page(answer: _Answer) -> Failure:
    if answer.status != 200:
        return Failure(reason="status", status=answer.status, retry_after=answer.retry_after)
    cut = not answer.body.strip() or b"OAI-PMH" in answer.body
    return Failure(reason="unreachable" if cut else "not_a_repository")


async def _send(feed: Feed, arguments: Arguments, session: Session, limits: Limits) -> _Answer | Failure:
    target = address(feed.base_url, arguments, feed.profile.token_form)
    for _ in range(MOST_REDIRECTS + 1):
        async with asyncio.timeout(limits.page_seconds):
            async with session.get(URL(target, encoded=True), allow_redirects=False) as response:
                location = response.headers.get("Location")
                if response.status not in _REDIRECTS or not location:
                    return _Answer(
                        status=response.status,
                        retry_after=response.headers.get("Retry-After"),
                        charset=response.charset,
                        body=await read_body(response.content.iter_any(), limits),
                    )
        following = urljoin(target, location)
        if urlsplit(target).scheme == "https" and urlsplit(following).scheme != "https":
            return Failure(reason="redirect_refused")
        target = _with_arguments(following, arguments)
    return Failure(reason="redirect_loop")


def _with_arguments(target: str, arguments: Arguments) -> str:
    """The redirect's target, with every argument put back that it lacks."""
    present = URL(target, encoded=True).query
    missing = tuple((name, value) for name, value in arguments if name not in present)
    return address(target, missing) if missing else target
