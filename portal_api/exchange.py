"""The composed exchange that a door is handed; `portal_api.wiring` alone fills it, doors find it at `app[EXCHANGE]`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec
from aiohttp import web

from federation.linkage.comparison import Reason
from federation.pipeline.sandbox_workers import Sandbox
from federation.pipeline.trial import Trial
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.institutions import StoredInstitution
from federation.storage.linkage.clusters import Gone, Resolved
from index.ports import SearchBackend
from index.semantic.status import SemanticStatus
from mappings.engine.explain import Trace
from mappings.schema.raw import RawRecord
from mappings.schema.unified import UnifiedRecord
from portal_api.auth.api_keys import ApiKeys
from portal_api.auth.gate import Gate
from portal_api.cursors import Cursors
from portal_api.http.limits import Bucket, Places
from portal_api.http.slots import SearchSlots
from portal_api.metrics import Metrics
from portal_api.oai_provider.routes import Provider
from portal_api.settings import PortalSettings
from portal_api.views.judging import Judges


class FeedSums(msgspec.Struct, frozen=True, kw_only=True):
    """Feeds that wait for a harvest, and feeds that are being harvested."""

    due: int
    running: int


class PublicLags(msgspec.Struct, frozen=True, kw_only=True):
    """How many changes the stages of a public record have still to take in."""

    map: int = 0
    key: int = 0
    link: int = 0
    publish: int = 0
    export: int = 0


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What the public may know of the exchange's state (`/api/v1/health`)."""

    records: int
    clusters: int
    feeds: FeedSums
    lag: PublicLags
    #: no feed due or running, and no stage behind
    idle: bool


class InstitutionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A holder with the number of its public records."""

    slug: str
    name: str
    isil: str | None = None
    url: str | None = None
    records: int


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Two records of a thing, and what binds them."""

    a: str
    b: str
    bits: float
    reasons: tuple[Reason, ...]


class Below(msgspec.Struct, frozen=True, kw_only=True):
    """Records directly below one, each as a thing of its own."""

    records: Sequence[UnifiedRecord] = ()
    #: of all that stand there
    total: int = 0
    #: the last one, where there is more; told of a walk alone
    goes_on: str = ""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record stands among those of the same record above."""

    #: id of that one
    parent: str
    #: siblings that stand before it, and all of them with it
    before: int
    total: int


class Walked(msgspec.Struct, frozen=True, kw_only=True):
    """A part of all that stands below a record, each before what stands below it."""

    #: each as a thing of its own, and how many steps below it stands
    records: Sequence[tuple[UnifiedRecord, int]] = ()
    #: the last one, where there is more
    goes_on: str = ""


class Catalogue(Protocol):
    """The catalogue as doors read it; every answer is for one audience."""

    def unified(self, cluster_id: str, audience: str) -> UnifiedRecord | None:
        """One thing; None where the audience sees nothing."""

    def unified_many(self, cluster_ids: Sequence[str], audience: str) -> dict[str, UnifiedRecord]:
        """Several things by id; those of which the audience sees nothing are absent."""

    def resolve(self, cluster_id: str, audience: str) -> Resolved:
        """What a name given out stands for now."""

    def description(self, record_id: str, audience: str) -> UnifiedRecord | None:
        """One institution's record alone, as a thing of one member; None where the audience sees nothing.

        A former identifier gives the record that it is since a rekey, under its new one.
        """

    def withdrawn(self, record_id: str, audience: str) -> Gone | None:
        """When and by whom a record that the audience could see was withdrawn; None where that did not happen."""

    def why(self, cluster_id: str, audience: str) -> Sequence[Link]:
        """What binds the members of a thing that the audience may know of."""

    def related(self, cluster_id: str, audience: str) -> Sequence[UnifiedRecord]:
        """Other editions, formats and versions of a thing."""

    def raw(self, record_id: str, audience: str) -> RawRecord | None:
        """The record as harvested; None where its feed does not show it to the audience."""

    def trace(self, record_id: str, audience: str) -> Trace | None:
        """Which rules made the record of what; None where its feed does not show it to the audience."""

    def updated(self, record_ids: Sequence[str]) -> dict[str, datetime]:
        """When each record last changed here; the caller names records that its reader may see."""

    def below(self, record_id: str, audience: str, after: int, limit: int) -> Below:
        """What stands directly below a record, without the first `after`."""

    def below_behind(self, record_id: str, audience: str, name: str, limit: int) -> Below | None:
        """What stands directly below a record, behind the one called `name`; None where that stands elsewhere."""

    def place(self, record_id: str, audience: str) -> Place | None:
        """Where a record that the audience sees stands; None of one that stands below no other."""

    def walked(self, record_id: str, audience: str, after: str, limit: int) -> Walked:
        """All that stands below a record, behind the one called `after`."""

    def slugs(self) -> Sequence[str]:
        """Short names of the institutions."""

    def institutions(self) -> Sequence[InstitutionLine]:
        """Every institution, by name."""

    def of_institution(self, slug: str, after: str, limit: int) -> Sequence[UnifiedRecord]:
        """An institution's public things with an id above `after`, in the order of their ids."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange, composed."""

    settings: PortalSettings
    catalogue: Catalogue
    search: SearchBackend
    #: the places of those who search
    search_slots: SearchSlots
    #: how the search by meaning stands
    semantic: Callable[[], SemanticStatus]
    #: where walks through hits stand
    cursors: Cursors
    health: Callable[[], Health]
    #: what a monitor reads
    metrics: Metrics
    #: the OAI-PMH repository at `/oai`
    provider: Provider
    store: Store
    #: sessions, sign-in and the first account
    gate: Gate
    #: the keys of programs
    keys: ApiKeys
    #: a feed tried without storing anything
    try_feed: Callable[[StoredFeed, StoredInstitution], Awaitable[Trial]]
    #: how many feeds administrators may have tried at once
    trials: asyncio.Semaphore
    #: where what anybody brings is tried, how much at once, and how often each network may
    sandbox: Sandbox
    #: judge the rules that people write
    judges: Judges
    sandbox_places: asyncio.Semaphore
    sandbox_limit: Bucket
    #: of a network, for lists of hits that are being written
    list_places: Places
    #: where lists lie that were written to a file, and how often each network may have one written
    list_folder: Path
    list_limit: Bucket
    #: makes of a network what its lists take turns by; new at every start, so that nothing is told of it later
    list_salt: bytes


EXCHANGE: web.AppKey[Exchange] = web.AppKey("exchange", Exchange)
