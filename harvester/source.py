"""A repository as a run asks it: politely, one request at a time."""

from __future__ import annotations

from harvester.checkpoint import Listing
from harvester.cost import Meter
from harvester.courtesy import Courtesy
from harvester.effort import Effort
from harvester.egress import Session
from harvester.feeds import Feed
from harvester.oaipmh.client import Fetched, fetch_page
from harvester.oaipmh.datestamps import read_datestamp
from harvester.oaipmh.identity import Identity, read_identity
from harvester.oaipmh.requests import IDENTIFY, Arguments
from harvester.ports import Clock, Parser
from harvester.retry import Failure
from harvester.settings import Limits
from harvester.windows import Reach


class Source:
    """What asks, and how patiently."""

    def __init__(
        self,
        session: Session,
        parser: Parser,
        clock: Clock,
        limits: Limits,
        meter: Meter | None = None,
        effort: Effort | None = None,
        courtesy: Courtesy | None = None,
    ) -> None:
        self._session, self._parser, self._clock, self._limits = session, parser, clock, limits
        self._meter, self._effort = meter or Meter(), effort or Effort()
        self._courtesy = courtesy or Courtesy()

    def pause(self, feed: Feed) -> float:
        """Seconds before the next request: what is polite, and what others are owed."""
        polite = self._courtesy.pause_seconds(feed.min_interval_seconds, self._clock.monotonic())
        return max(polite, self._effort.rest_seconds)

    async def ask(self, feed: Feed, arguments: Arguments) -> Fetched | Failure:
        """The page that answers, after the pause that is polite and the feed's own rest."""
        await self._clock.sleep(self._effort.rest_seconds)
        async with self._courtesy.turn(feed.min_interval_seconds, self._clock):
            fetched = await fetch_page(
                feed, arguments, session=self._session, parser=self._parser, clock=self._clock, limits=self._limits
            )
        if isinstance(fetched, Failure):
            self._courtesy.failed(fetched)
        else:
            self._courtesy.answered(fetched.seconds)
            self._meter.spent(cpu_seconds=fetched.page.cpu_seconds)
        return fetched

    async def answers(self, feed: Feed) -> bool:
        """Whether it answers anything at all."""
        return isinstance(await self.ask(feed, IDENTIFY), Fetched)

    async def identity(self, feed: Feed) -> Identity | None:
        """What the repository says of itself; None where it says nothing."""
        told = await self.ask(feed, IDENTIFY)
        return read_identity(told.body) if isinstance(told, Fetched) else None

    def reach_by(self, feed: Feed, listing: Listing, identity: Identity | None) -> Reach:
        """How far the list goes, by what the repository says of itself."""
        stated = [read_datestamp(stamp or "") for stamp in (listing.since, listing.oldest)]
        stated.append(read_datestamp(identity.earliest) if identity else None)
        latest = read_datestamp(feed.until or "") or self._clock.now()
        earliest = min((moment for moment in stated if moment), default=None)
        return Reach(earliest=earliest, latest=latest, granularity=feed.profile.granularity)
