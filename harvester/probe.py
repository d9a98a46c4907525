"""A repository looked over before it is harvested: what it says it is, what it does wrong, whether it can be harvested.

At most `REQUESTS` requests are made, and none once `SECONDS` have passed; no record is kept. The rules are those of
OAI-PMH 2.0, sections 2 to 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from harvester.feeds import Feed, Granularity, Profile
from harvester.learning import declared, learn, learn_days, learn_from_page, skewed
from harvester.oaipmh.client import Fetched
from harvester.oaipmh.datestamps import granularity_of, one_granule, read_datestamp, write_datestamp
from harvester.oaipmh.headers import read_headers
from harvester.oaipmh.identity import Identity, read_identity, read_prefixes, read_sets
from harvester.oaipmh.page import Page
from harvester.oaipmh.requests import IDENTIFY, Arguments, record_arguments
from harvester.oaipmh.sets import is_listed, lack_of
from harvester.ports import Clock
from harvester.retry import Failure
from harvester.source import Source

REQUESTS, SECONDS = 14, 120.0
#: a first page that costs more makes a harvest slow
SLOW_SECONDS = 5.0

#: what a list leaves out, by the field of the profile that says so
_LEFT_OUT = {
    "from_inclusive": "from_exclusive",
    "until_inclusive": "until_exclusive",
    "until_whole_day": "until_misses_day",
}

Readiness = Literal["ready", "ready_with_warnings", "not_harvestable"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the repository does wrong, or leaves out."""

    code: str
    #: what was expected and what was found
    detail: str


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """What a repository is, and how it can be harvested."""

    url: str
    readiness: Readiness
    #: why it cannot be harvested; empty where it can
    reason: str
    #: what was wrong with its answer, and where, if the reason does not say all
    detail: str
    identity: Identity | None
    prefixes: tuple[str, ...]
    #: setSpecs on the first page of its sets, and whether it goes on behind them
    sets: tuple[str, ...]
    more_sets: bool
    #: records of its first page, and how many it says there are; None where it says nothing
    page_size: int
    claim: int | None
    findings: tuple[Finding, ...]
    #: what it taught that changes a later request
    profile: Profile
    requests: int
    seconds: float


async def probe(feed: Feed, source: Source, clock: Clock) -> Probe:
    """Looks the repository of `feed` over."""
    return await _Probing(feed, source, clock).run()


class _Probing:
    """The findings so far."""

    def __init__(self, feed: Feed, source: Source, clock: Clock) -> None:
        self._known, self._source, self._clock = feed.profile, source, clock
        self._feed = msgspec.structs.replace(feed, profile=feed.profile.by_pins())
        self._begun, self._requests = clock.monotonic(), 0
        self._findings: list[Finding] = []
        self._identity: Identity | None = None
        self._prefixes: tuple[str, ...] = ()
        self._sets: tuple[str, ...] = ()
        self._more_sets = False
        self._page = Page()
        #: which of its bounds a list takes in, as far as that can be told
        self._bounds: dict[str, object] = {}
        self._skew_seconds = 0

    async def run(self) -> Probe:
        await self._identify()
        await self._list_sets()
        listed = await self._ask(("verb", "ListRecords"), ("metadataPrefix", self._feed.metadata_prefix), *self._set())
        if isinstance(listed, Failure):
            return self._ended(listed.name, listed.detail)
        self._page = listed.page
        if not listed.page.size:
            return self._ended(listed.page.errors[0].code if listed.page.errors else "no_records")
        self._findings.extend(_of_page(listed))
        await self._tokens()
        await self._headers()
        await self._dates()
        await self._alone()
        return self._ended("")

    def _taught(self) -> Profile:
        """The feed's profile with what the answers say; a probe is of no run, so its lessons have the number 0."""
        taught = learn_from_page(self._known, self._page, run=0, number=0)
        if any(finding.code == "seconds_refused" for finding in self._findings):
            taught = learn_days(taught, run=0, page=0)
        said = {} if self._identity is None else declared(self._identity)
        return learn(taught, run=0, page=0, **said, **self._bounds, **skewed(taught, self._skew_seconds))

    async def _ask(self, *arguments: tuple[str, str]) -> Fetched | Failure:
        if self._requests >= REQUESTS or self._clock.monotonic() - self._begun > SECONDS:
            return Failure(reason="probe_used_up")
        self._requests += 1
        told = await self._source.ask(self._feed, arguments)
        if isinstance(told, Fetched):
            self._skew_seconds = told.skew_seconds
        return told

    def _set(self) -> Arguments:
        return tuple(("set", name) for name in self._feed.set_specs[:1])

    def _find(self, code: str, detail: str) -> None:
        self._findings.append(Finding(code=code, detail=detail))

    async def _identify(self) -> None:
        told = await self._ask(*IDENTIFY)
        self._identity = read_identity(told.body) if isinstance(told, Fetched) else None
        if self._identity is None:
            why = told.said if isinstance(told, Failure) else "another answer"
            self._find("identify_fails", f"expected an answer to Identify, found {why}")
        else:
            self._findings.extend(_of_identity(self._identity, self._feed))
        offered = await self._ask(("verb", "ListMetadataFormats"))
        self._prefixes = read_prefixes(offered.body) if isinstance(offered, Fetched) else ()
        if self._feed.metadata_prefix not in self._prefixes:
            found = " ".join(self._prefixes) or "none"
            self._find("prefix_not_offered", f"expected {self._feed.metadata_prefix} among the formats, found {found}")

    async def _list_sets(self) -> None:
        """The sets of one page; a repository without any says noSetHierarchy (4.6)."""
        told = await self._ask(("verb", "ListSets"))
        if isinstance(told, Fetched):
            self._sets, self._more_sets = read_sets(told.body), bool(told.page.token)
        fault = _fault(told, records=False)
        if not self._sets and fault != "noSetHierarchy":
            self._find("sets_not_listed", f"expected ListSets to list sets, found {fault or 'none'}")
        elif not self._more_sets:
            self._findings.extend(_of_sets(self._feed, self._sets))

    async def _tokens(self) -> None:
        if not self._page.token:
            return
        asked = (("verb", "ListRecords"), ("resumptionToken", self._page.token))
        first, again = await self._ask(*asked), await self._ask(*asked)
        if (fault := _fault(first)) is not None:
            self._find("token_refused", f"expected the second page, found {fault}")
        elif (fault := _fault(again)) is not None:
            self._find("token_single_use", f"expected the same page for the same token, found {fault}")
        elif _names(first) != _names(again):
            self._find("token_moves", "expected the same records for the same token, found others")

    async def _headers(self) -> None:
        asked = ("verb", "ListIdentifiers"), ("metadataPrefix", self._feed.metadata_prefix), *self._set()
        told = await self._ask(*asked)
        fault = _fault(told, records=False)
        if fault is None and isinstance(told, Fetched) and not read_headers(told.body):
            fault = "no headers"
        if fault is not None:
            self._find("headers_not_given", f"expected ListIdentifiers to list headers, found {fault}")

    async def _dates(self) -> None:
        stamp = next((read_datestamp(each.datestamp) for each in self._page.records), None)
        if stamp is None:
            return
        if granularity_of(self._page.records[0].datestamp) == "seconds":
            await self._dated("seconds_refused", write_datestamp(stamp, "seconds"))
        await self._dated("days_refused", write_datestamp(stamp, "days"))
        future = write_datestamp(self._clock.now() + timedelta(days=366), "days")
        told = await self._from(future)
        if isinstance(told, Fetched) and told.page.records:
            self._find("dates_ignored", f"expected no record changed from {future} on, found {len(told.page.records)}")
        else:
            await self._at_bounds(stamp)

    async def _at_bounds(self, stamp: datetime) -> None:
        """Whether a list that begins, or ends, with the date of the first record holds that record (2.7.1)."""
        named = granularity_of(self._page.records[0].datestamp)
        finest: Granularity = "days" if any(each.code == "seconds_refused" for each in self._findings) else named
        step, day = one_granule(finest), timedelta(days=1)
        await self._bounded("from_inclusive", (stamp, stamp + step), finest)
        await self._bounded("until_inclusive", (stamp - step, stamp), finest)
        if finest == "seconds":
            await self._bounded("until_whole_day", (stamp - day, stamp), "days")

    async def _bounded(self, name: str, span: tuple[datetime, datetime], granularity: Granularity) -> None:
        since, until = (write_datestamp(moment, granularity) for moment in span)
        told = await self._from(since, ("until", until))
        wanted = self._page.records[0].identifier
        if not isinstance(told, Fetched) or (told.page.errors and not _is_empty(told.page)):
            return
        if wanted in _names(told):
            self._bounds[name] = True
        elif not told.page.token:
            self._bounds[name] = False
            said = f"expected {wanted} in the list from {since} until {until}, found it left out"
            self._find(_LEFT_OUT[name], said)

    async def _dated(self, code: str, stamp: str) -> None:
        fault = _fault(await self._from(stamp))
        if fault is not None:
            self._find(code, f"expected records changed from {stamp} on, found {fault}")

    async def _from(self, stamp: str, *more: tuple[str, str]) -> Fetched | Failure:
        prefix = ("metadataPrefix", self._feed.metadata_prefix)
        return await self._ask(("verb", "ListRecords"), prefix, *self._set(), ("from", stamp), *more)

    async def _alone(self) -> None:
        identifier = next((each.identifier for each in self._page.records), None)
        if identifier is None:
            return
        told = await self._ask(*record_arguments(self._feed, identifier))
        if identifier not in _names(told):
            fault = _fault(told) or "another record"
            self._find("record_not_given_alone", f"expected GetRecord to give {identifier}, found {fault}")

    def _ended(self, reason: str, detail: str = "") -> Probe:
        warned: Readiness = "ready_with_warnings" if self._findings else "ready"
        return Probe(
            url=self._feed.base_url,
            readiness="not_harvestable" if reason else warned,
            reason=reason,
            detail=detail,
            identity=self._identity,
            prefixes=self._prefixes,
            sets=self._sets,
            more_sets=self._more_sets,
            page_size=self._page.size,
            claim=self._page.claim,
            findings=tuple(self._findings),
            profile=self._taught(),
            requests=self._requests,
            seconds=round(self._clock.monotonic() - self._begun, 2),
        )


def _is_empty(page: Page) -> bool:
    return any(error.code == "noRecordsMatch" for error in page.errors)


def _fault(told: Fetched | Failure, *, records: bool = True) -> str | None:
    """What came in place of records, in a word; None where they came."""
    if isinstance(told, Failure):
        return told.said
    if told.page.errors and not told.page.records:
        return told.page.errors[0].code
    return "no records" if records and not told.page.size else None


def _names(told: Fetched | Failure) -> list[str]:
    return [] if isinstance(told, Failure) else [record.identifier for record in told.page.records]


def _of_identity(identity: Identity, feed: Feed) -> Iterator[Finding]:
    if identity.protocol != "2.0":
        yield Finding(code="protocol_version", detail=f"expected protocolVersion 2.0, found {identity.protocol!r}")
    if identity.base_url != feed.base_url:
        yield Finding(code="base_url_differs", detail=f"expected baseURL {feed.base_url}, found {identity.base_url!r}")
    if not any("@" in email for email in identity.emails):
        yield Finding(code="admin_email_missing", detail="expected an adminEmail, found none")
    if read_datestamp(identity.earliest) is None:
        yield Finding(code="earliest_invalid", detail=f"expected earliestDatestamp, found {identity.earliest!r}")
    if identity.granularity not in ("YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"):
        yield Finding(code="granularity_invalid", detail=f"expected a granularity, found {identity.granularity!r}")
    if identity.deletions not in ("persistent", "transient"):
        found = f"expected deletedRecord persistent or transient, found {identity.deletions!r}"
        yield Finding(code="deletions_not_announced", detail=found)


def _of_sets(feed: Feed, listed: tuple[str, ...]) -> Iterator[Finding]:
    """The sets of the feed that the repository does not list, nor any below them."""
    for name in feed.set_specs:
        if not is_listed(name, listed):
            yield Finding(code="set_not_listed", detail=lack_of(name, listed))


def _of_page(fetched: Fetched) -> Iterator[Finding]:
    page = fetched.page
    if fetched.seconds > SLOW_SECONDS:
        yield Finding(code="slow", detail=f"expected a page within {SLOW_SECONDS:g} s, found {fetched.seconds:.1f} s")
    if page.claim is None and page.token:
        yield Finding(code="size_unstated", detail="expected completeListSize, found none: an early end is hard to see")
    if page.charset != "utf-8":
        yield Finding(code="charset", detail=f"expected UTF-8 (3.2), found {page.charset}")
    if page.quarantined:
        yield Finding(code="records_unreadable", detail=f"{len(page.quarantined)} of {page.size} cannot be read")
    repaired = sum(record.quality != "strict" for record in page.records)
    if repaired:
        yield Finding(code="records_repaired", detail=f"{repaired} of {page.size} are no well-formed XML; mended here")
    odd = [record.datestamp for record in page.records if read_datestamp(record.datestamp) is None]
    if odd:
        yield Finding(code="datestamps_invalid", detail=f"expected datestamps in UTC (3.3), found {odd[0]!r}")
