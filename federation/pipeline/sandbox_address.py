"""An address that anybody brings: a repository is asked for its first records, anything else is read as a file.

Every connect is judged as a harvest's is; an address inside a private network is refused before anything is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from federation.pipeline.sandbox import MOST_BYTES, RECORDS, NotTried, Tried
from harvester.addresses import is_address, is_web_address
from harvester.checkpoint import Listing
from harvester.egress import Session, session
from harvester.feeds import Feed
from harvester.oaipmh.client import Fetched, fetch_file
from harvester.oaipmh.identity import Identity, read_identity, read_prefixes
from harvester.oaipmh.requests import IDENTIFY, Arguments, list_arguments
from harvester.ports import Clock, Parser
from harvester.refusals import Refusals
from harvester.retry import Failure
from harvester.settings import Limits
from harvester.source import Source
from mappings.engine.inputs import known_format
from mappings.engine.library import names
from mappings.schema.raw import RawRecord

#: requests to one repository, bytes of all their answers, seconds of everything
REQUESTS, ANSWER_BYTES, SECONDS = 20, 64 << 20, 60.0
LIMITS = Limits(
    page_bytes=MOST_BYTES, connect_seconds=5, first_byte_seconds=20, silence_seconds=10, page_seconds=SECONDS
)
#: formats in the order of how much they tell
_RICHEST = ("ead3", "ead2002", "lido", "mods", "marc21", "unimarc", "cnmarc", "edm", "xoai", "qdc", "oai_dc")


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks to be tried."""

    url: str
    #: metadataPrefix of a repository; empty = the richest that it offers
    prefix: str = ""
    set_spec: str = ""
    #: a crosswalk that ships; empty = the one for the format
    crosswalk: str = ""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """The first records of a repository."""

    identity: Identity
    prefixes: tuple[str, ...]
    claim: int | None
    records: tuple[RawRecord, ...]
    #: the list goes on
    more: bool
    #: the base for the prefix; empty where no base reads it
    crosswalk: str

    def beside(self, tried: Tried | NotTried) -> Tried | NotTried:
        """`tried` with what the repository says of itself."""
        if isinstance(tried, NotTried):
            return tried
        said = {"identity": self.identity, "prefixes": self.prefixes, "claim": self.claim}
        return msgspec.structs.replace(tried, more=tried.more or self.more, **said)


async def read_address(
    wanted: Address,
    *,
    networks: Sequence[str],
    takes_own_port: bool,
    parse: Parser,
    clock: Clock,
    user_agent: str,
    refusals: Refusals | None = None,
) -> Read | bytes | NotTried:
    """The first records of the repository at the address; the bytes of what is none.

    networks        private networks that may be reached
    takes_own_port  the address may name any port, else 80 and 443
    refusals        counts what is not asked for
    """
    # whatever else is wrong with it, what may hold a password is not repeated
    if "@" in wanted.url and not is_web_address(wanted.url):
        expected = "an address without a name and password in it; leave out what stands before the @"
        return NotTried(failure="address_invalid", detail=f"expected {expected}")
    if not is_address(wanted.url):
        return NotTried(failure="address_invalid", detail=f"expected an http or https address, found {wanted.url!r}")
    feed = Feed(
        key="try",
        base_url=wanted.url,
        metadata_prefix=wanted.prefix or "oai_dc",
        set_specs=(wanted.set_spec,) if wanted.set_spec else (),
        networks=tuple(networks),
        takes_own_port=takes_own_port,
    )
    guarded = session(feed, user_agent=user_agent, limits=LIMITS, refusals=refusals)
    try:
        async with asyncio.timeout(SECONDS), guarded as connections:
            return await _Asking(wanted, feed, connections, parse, clock).read()
    except TimeoutError:
        return NotTried(failure="too_slow", detail=f"expected an answer within {SECONDS:g} s")


class _Asking:
    """One address that is asked."""

    def __init__(self, wanted: Address, feed: Feed, connections: Session, parse: Parser, clock: Clock) -> None:
        self._wanted, self._feed, self._session = wanted, feed, connections
        self._source = Source(connections, parse, clock, LIMITS)
        self._requests = self._bytes = 0

    async def read(self) -> Read | bytes | NotTried:
        told = await self._ask(IDENTIFY)
        identity = read_identity(told.body) if isinstance(told, Fetched) else None
        if identity is None:
            is_other = not isinstance(told, Failure) or told.reason in ("not_a_repository", "status", "xml_broken")
            return await self._file() if is_other else _failed(told)
        offered = await self._ask((("verb", "ListMetadataFormats"),))
        prefixes = read_prefixes(offered.body) if isinstance(offered, Fetched) else ()
        prefix = self._wanted.prefix or _richest(prefixes)
        self._feed = msgspec.structs.replace(self._feed, metadata_prefix=prefix)
        return await self._listed(identity, prefixes)

    async def _file(self) -> bytes | NotTried:
        found = await fetch_file(self._feed, session=self._session, limits=LIMITS)
        return _failed(found) if isinstance(found, Failure) else found

    async def _listed(self, identity: Identity, prefixes: tuple[str, ...]) -> Read | NotTried:
        records: list[RawRecord] = []
        listing = Listing(set_spec=next(iter(self._feed.set_specs), ""))
        claim: int | None = None
        while True:
            told = await self._ask(list_arguments(self._feed, listing))
            if isinstance(told, Failure):
                if records:
                    break
                return _failed(told)
            page = told.page
            if not records and not page.size:
                error = page.errors[0] if page.errors else None
                return NotTried(failure=error.code if error else "no_records", detail=error.message if error else "")
            records += page.records
            claim = page.claim if claim is None else claim
            listing = msgspec.structs.replace(listing, token=page.token or None)
            if not page.token or len(records) >= RECORDS:
                break
        return Read(
            identity=identity,
            prefixes=prefixes,
            claim=claim,
            records=tuple(records[:RECORDS]),
            more=listing.token is not None or len(records) > RECORDS,
            crosswalk=self._wanted.crosswalk or _base(self._feed.metadata_prefix),
        )

    async def _ask(self, arguments: Arguments) -> Fetched | Failure:
        if self._requests >= REQUESTS or self._bytes >= ANSWER_BYTES:
            return Failure(reason="used_up")
        self._requests += 1
        told = await self._source.ask(self._feed, arguments)
        if isinstance(told, Fetched):
            self._bytes += len(told.body)
        return told


def _richest(prefixes: Sequence[str]) -> str:
    """The prefix that tells most among those that a base reads; `oai_dc`, which every repository has, without any."""
    read = {_base(prefix): prefix for prefix in reversed(prefixes) if _base(prefix)}
    return next((read[base] for name in _RICHEST if (base := f"base/{name}") in read), "oai_dc")


def _base(prefix: str) -> str:
    found = known_format(prefix)
    name = f"base/{found.name}" if found is not None else ""
    return name if name in names() else ""


def _failed(told: Fetched | Failure) -> NotTried:
    if isinstance(told, Failure):
        return NotTried(failure=told.name, detail=told.detail)
    return NotTried(failure="not_a_repository")
