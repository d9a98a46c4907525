"""A feed tried before it is added: what its repository says, and its first records mapped. Nothing is stored.

A trial costs three requests, and of a feed whose records stand below one another one more for each of the few records
above those that are shown; each is guarded as a harvest's are. It ends with records or with the reason why there are
none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

import msgspec

from federation.pipeline.crosswalks import compiled_text, context_of, live_text
from federation.pipeline.file_parents import missing_above
from federation.pipeline.harvest import as_harvested
from federation.pipeline.parent_sources import BroughtParents
from federation.pipeline.trial_parents import FoundAbove, ask_above
from federation.pipeline.tried_hierarchy import tried_together
from federation.storage.feeds import StoredFeed
from federation.storage.institutions import StoredInstitution
from harvester.checkpoint import Listing
from harvester.credentials import Secrets, no_secrets
from harvester.egress import Session, session
from harvester.feeds import Feed
from harvester.oaipmh.client import Fetched, fetch_page
from harvester.oaipmh.identity import Identity, read_identity, read_prefixes
from harvester.oaipmh.page import OaiError
from harvester.oaipmh.requests import Arguments, list_arguments, record_arguments
from harvester.ports import Clock, Parser
from harvester.refusals import Refusals
from harvester.retry import Failure
from harvester.settings import Limits
from mappings.engine.outcome import Outcome
from mappings.schema.raw import RawRecord

T = TypeVar("T")

RECORDS = 10
#: a person waits for the answer
LIMITS = Limits(page_bytes=16 << 20, connect_seconds=5, silence_seconds=10, page_seconds=20)


class Apart(Protocol):
    """Where the records of a trial are mapped: apart from whoever waits for it."""

    def __call__(self, function: Callable[..., T], /, *arguments: object) -> Awaitable[T]:
        """What a function of a module gives for arguments that can be sent to another process."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One record as it came, and what the crosswalk made of it."""

    raw: RawRecord
    outcome: Outcome


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial found."""

    identity: Identity | None = None
    #: metadata prefixes that the repository offers
    prefixes: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    #: records that the repository says it would list; None where it says nothing
    claim: int | None = None
    #: records above those that were not asked for: what stands below them is shown hidden
    unasked: int = 0
    #: why there are no samples, snake_case: `address_refused`, `unreachable`, `not_a_repository`, `too_slow` …, or
    #: the protocol's own code; empty where there are some
    failure: str = ""
    #: what the repository said about it
    detail: str = ""
    #: what was wrong with its answer, and where
    fault: str = ""


async def try_feed(
    feed: StoredFeed,
    holder: StoredInstitution,
    *,
    parse: Parser,
    clock: Clock,
    user_agent: str,
    limits: Limits = LIMITS,
    secrets: Secrets = no_secrets,
    refusals: Refusals | None = None,
    apart: Apart = asyncio.to_thread,
) -> Trial:
    """Asks the repository who it is and for its first page, and maps the first `RECORDS` records of it.

    apart   where they are mapped
    raises  CrosswalkMissing; CrosswalkInvalid for one with faults; what `apart` raises
    """
    crosswalk = compiled_text(live_text(feed), feed.crosswalk)
    wanted = as_harvested(feed)
    async with session(wanted, user_agent=user_agent, limits=limits, secrets=secrets, refusals=refusals) as connections:
        asking = _Asking(wanted, connections, parse, clock, limits)
        told = await asking.ask((("verb", "Identify"),))
        if isinstance(told, Failure):
            return Trial(failure=_code(told), fault=told.detail)
        offered = await asking.ask((("verb", "ListMetadataFormats"),))
        listed = await asking.ask(list_arguments(wanted, Listing(set_spec=next(iter(feed.set_specs), ""))))
        records = () if isinstance(listed, Failure) else listed.page.records
        missing = partial(apart, _missing_above, feed, holder, records[:RECORDS])
        above = await ask_above(records, asking.record, missing) if crosswalk.parent and records else FoundAbove()
    found = Trial(
        identity=read_identity(told.body),
        prefixes=() if isinstance(offered, Failure) else read_prefixes(offered.body),
    )
    if isinstance(listed, Failure):
        return msgspec.structs.replace(found, failure=_code(listed), fault=listed.detail)
    found = msgspec.structs.replace(found, claim=listed.page.claim, unasked=above.unasked)
    if not listed.page.records:
        error = listed.page.errors[0] if listed.page.errors else OaiError(code="no_records", message="")
        return msgspec.structs.replace(found, failure=error.code, detail=error.message)
    samples = await apart(_samples, feed, holder, listed.page.records, above.records)
    return msgspec.structs.replace(found, samples=samples)


class _Asking:
    """A repository that is asked, once a question."""

    def __init__(self, feed: Feed, connections: Session, parse: Parser, clock: Clock, limits: Limits) -> None:
        self._feed, self._session, self._parse = feed, connections, parse
        self._clock, self._limits = clock, limits

    async def ask(self, arguments: Arguments) -> Fetched | Failure:
        try:
            return await fetch_page(
                self._feed,
                arguments,
                session=self._session,
                parser=self._parse,
                clock=self._clock,
                limits=self._limits,
            )
        except TimeoutError:
            return Failure(reason="too_slow")

    async def record(self, identifier: str) -> Sequence[RawRecord]:
        """The record of that name; none where the repository gives none."""
        told = await self.ask(record_arguments(self._feed, identifier))
        return () if isinstance(told, Failure) else told.page.records


def _code(failure: Failure) -> str:
    return f"status_{failure.status}" if failure.reason == "status" else failure.reason


def _missing_above(
    feed: StoredFeed, holder: StoredInstitution, shown: Sequence[RawRecord], known: dict[str, RawRecord]
) -> frozenset[str]:
    crosswalk = compiled_text(live_text(feed), feed.crosswalk)
    return missing_above(crosswalk, shown, context_of(feed, holder), known)


def _samples(
    feed: StoredFeed, holder: StoredInstitution, records: Sequence[RawRecord], above: Sequence[RawRecord]
) -> tuple[Sample, ...]:
    crosswalk = compiled_text(live_text(feed), feed.crosswalk)
    tried = tried_together(crosswalk, records[:RECORDS], context_of(feed, holder), BroughtParents((*above, *records)))
    return tuple(Sample(raw=raw, outcome=outcome) for raw, outcome in tried)
