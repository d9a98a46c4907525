"""One request of the protocol: sent, redirected, read and parsed, with its failures named."""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
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
#: namespace of the protocol's first version, which is no longer spoken
_FIRST_VERSION = re.compile(rb"openarchives\.org/OAI/1\.")
#: what OpenSSL calls a certificate's fault (X509_V_ERR_…)
_CERTIFICATE_FAULTS = {10: "certificate_expired", 62: "certificate_of_another_host"}


#: a request on its way
_Request = AbstractAsyncContextManager[aiohttp.ClientResponse]


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A page with the bytes that it was read from."""

    page: Page
    body: bytes
    sha256: str
    at: datetime
    #: from the request to the last byte
    seconds: float


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    retry_after: str | None
    charset: str | None
    body: bytes


async def fetch_page(
    feed: Feed, arguments: Arguments, *, session: Session, parser: Parser, clock: Clock, limits: Limits
) -> Fetched | Failure:
    """The page that answers `arguments`; an OAI-PMH document is read under any status and media type."""
    begun = clock.monotonic()
    answer = await _answer(feed, arguments, session, limits)
    seconds = clock.monotonic() - begun
    if isinstance(answer, Failure):
        return answer
    try:
        page = await parser(answer.body, feed.key, feed.metadata_prefix, answer.charset, feed.profile.charset)
    except MalformedPage:
        return _not_a_page(answer)
    except DocumentRefused as error:
        return Failure(reason=error.code)
    sha256 = hashlib.sha256(answer.body).hexdigest()
    return Fetched(page=page, body=answer.body, sha256=sha256, at=clock.now(), seconds=seconds)


async def fetch_file(feed: Feed, *, session: Session, limits: Limits) -> bytes | Failure:
    """What stands at the feed's address itself, whatever it is; unpacked where it is gzip."""
    answer = await _answer(feed, (), session, limits)
    if isinstance(answer, Failure):
        return answer
    if answer.status != 200:
        return Failure(reason="status", status=answer.status, retry_after=answer.retry_after)
    return answer.body


async def _answer(feed: Feed, arguments: Arguments, session: Session, limits: Limits) -> _Answer | Failure:
    try:
        return await _send(feed, arguments, session, limits)
    except aiohttp.ClientConnectorCertificateError as error:
        return Failure(reason=_certificate_fault(error.certificate_error))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Failure(reason="address_refused" if refusal(error) else "unreachable")
    except ValueError:
        return Failure(reason="redirect_refused")
    except PayloadRefused as error:
        return Failure(reason="unreachable" if error.reason == "truncated" else error.reason)


def _certificate_fault(error: Exception) -> str:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return _CERTIFICATE_FAULTS.get(code, "certificate_untrusted")


def _not_a_page(answer: _Answer) -> Failure:
    if _FIRST_VERSION.search(answer.body[:4096]):
        return Failure(reason="protocol_version")
    if answer.status != 200:
        return Failure(reason="status", status=answer.status, retry_after=answer.retry_after)
    cut = not answer.body.strip() or b"OAI-PMH" in answer.body
    return Failure(reason="unreachable" if cut else "not_a_repository")


async def _send(feed: Feed, arguments: Arguments, session: Session, limits: Limits) -> _Answer | Failure:
    posted = feed.profile.method == "POST"
    target = feed.base_url if posted else address(feed.base_url, arguments, feed.profile.token_form)
    for _ in range(MOST_REDIRECTS + 1):
        async with asyncio.timeout(limits.page_seconds), _asked(session, target, arguments, posted) as response:
            location = response.headers.get("Location")
            if response.status not in _REDIRECTS or not location:
                return _Answer(
                    status=response.status,
                    retry_after=response.headers.get("Retry-After"),
                    charset=response.charset,
                    body=await _body(response, limits),
                )
        following = urljoin(target, location)
        if urlsplit(target).scheme == "https" and urlsplit(following).scheme != "https":
            return Failure(reason="redirect_refused")
        target, posted = _with_arguments(following, arguments), False
    return Failure(reason="redirect_loop")


def _asked(session: Session, target: str, arguments: Arguments, posted: bool) -> _Request:
    url = URL(target, encoded=True)
    if posted:
        return session.post(url, data=dict(arguments), allow_redirects=False)
    return session.get(url, allow_redirects=False)


async def _body(response: aiohttp.ClientResponse, limits: Limits) -> bytes:
    """The whole body; raises TimeoutError on silence, PayloadRefused over a limit."""
    async with asyncio.timeout(limits.silence_seconds) as silence:
        return await read_body(_steady(response.content, limits, silence), limits)


async def _steady(content: aiohttp.StreamReader, limits: Limits, silence: asyncio.Timeout) -> AsyncIterator[bytes]:
    """The chunks of a body, each of which puts off the end of patience; raises PayloadRefused where they trickle."""
    loop = asyncio.get_running_loop()
    begun, came = loop.time(), 0
    async for chunk in content.iter_any():
        now = loop.time()
        silence.reschedule(now + limits.silence_seconds)
        came += len(chunk)
        if now - begun > limits.slow_seconds:
            if came < limits.slow_bytes:
                raise PayloadRefused("too_slow", f"expected {limits.slow_bytes} bytes in {limits.slow_seconds} s")
            begun, came = now, 0
        yield chunk


def _with_arguments(target: str, arguments: Arguments) -> str:
    """The redirect's target, with every argument put back that it lacks."""
    present = URL(target, encoded=True).query
    missing = tuple((name, value) for name, value in arguments if name not in present)
    return address(target, missing) if missing else target
