"""An SRU server as a source: its answers to the feed's CQL, page by page, as one file of OAI records.

Versions 1.1, 1.2 and 2.0; records packed as XML or as text. `numberOfRecords` is what the server claims to hold.
"""

from __future__ import annotations

import msgspec

from harvester.feeds import Feed
from harvester.fetching.asking import Asking, is_heard
from harvester.fetching.pieces import Brought, Given, Memory, Piece, Place, Refused
from harvester.fetching.sru_answers import SruPage, read_page
from harvester.fetching.sru_plan import USUAL_INDEX, VERSIONS, Refusal, SruPlace, Told, advanced, cql
from harvester.oaipmh.requests import Arguments, address
from harvester.ports import Clock
from harvester.retry import Failure
from harvester.trail import digest_of
from mappings.engine.inputs import Format
from mappings.errors import DocumentRefused

#: records that are asked for at once; a server may give fewer
PAGE_RECORDS = 100
#: what asks for everything (CQL 1.2)
EVERYTHING = "cql.allRecords=1"
_HEAD, _FOOT = b"<records>\n", b"</records>\n"
_BUSY = 503


class SruFetch:
    """The records of one search."""

    def __init__(self, feed: Feed, memory: Memory, format_: Format, asking: Asking, clock: Clock) -> None:
        self._feed, self._memory, self._format, self._asking, self._clock = feed, memory, format_, asking, clock
        self._index = feed.split_by or USUAL_INDEX

    async def piece(self, place: Place) -> Given:
        """The records of the next page."""
        sru = self._versioned(place.sru)
        if not sru.searches:
            return self._brought(place)
        answer = await self._asking.whole(self._address(sru))
        if isinstance(answer, Failure):
            return answer
        try:
            page = read_page(answer.body, self._format)
        except DocumentRefused as refused:
            return Failure(reason=refused.code)
        if page is None:
            return Failure(reason="not_a_server")
        return self._moved(place, sru, page)

    @property
    def in_hand(self) -> bool:
        """Nothing: the next slice goes on where this one ends."""
        return False

    async def answers(self) -> bool:
        """Whether the server explains itself, or refuses to (SRU 1.2, explain)."""
        return is_heard(await self._asking.whole(self._feed.base_url))

    def close(self) -> None:
        """Nothing stays open between two requests."""

    def _moved(self, place: Place, sru: SruPlace, page: SruPage) -> Piece | Failure:
        kept = "".join(page.records).encode("utf-8", "replace")
        told = Told(size=page.size, total=page.total, diagnostic=page.diagnostic, digest=digest_of(kept))
        step = advanced(sru, told, self._index, self._clock.now().date())
        if isinstance(step, Refusal):
            return self._refused(step)
        body = (b"" if place.pieces else _HEAD) + (kept if step.keeps else b"")
        if not step.place.searches:
            body += _FOOT
        behind = msgspec.structs.replace(place, offset=place.offset + len(body), sru=step.place)
        return Piece(body=body, place=behind, records=page.size if step.keeps else 0)

    def _refused(self, refusal: Refusal) -> Failure:
        if refusal.reason != "busy":
            return Failure(reason=refusal.reason)
        busy = Failure(reason="status", status=_BUSY)
        self._asking.failed(busy)
        return busy

    def _brought(self, place: Place) -> Brought | Refused:
        if not place.sru.claim and not self._memory.sru_version and place.offset <= len(_HEAD) + len(_FOOT):
            return Refused(reason="nothing_found", memory=msgspec.structs.replace(self._memory, place=None))
        memory = msgspec.structs.replace(self._memory, sru_version=place.sru.version, place=None)
        return Brought(name="records.xml", mode="replace", memory=memory, claim=place.sru.claim)

    def _versioned(self, sru: SruPlace) -> SruPlace:
        version = sru.version or self._memory.sru_version or VERSIONS[0]
        return msgspec.structs.replace(sru, version=version)

    def _address(self, sru: SruPlace) -> str:
        query = cql(self._feed.query or EVERYTHING, sru.searches[0], self._index)
        shared: Arguments = (
            ("query", query),
            ("startRecord", str(sru.position)),
            ("maximumRecords", str(PAGE_RECORDS)),
            ("recordSchema", self._feed.metadata_prefix),
        )
        if sru.version == "2.0":
            return address(self._feed.base_url, (*shared, ("recordXMLEscaping", "xml")))
        verb = (("operation", "searchRetrieve"), ("version", sru.version))
        return address(self._feed.base_url, (*verb, *shared, ("recordPacking", "xml")))
