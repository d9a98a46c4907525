"""A run, slice by slice: ask, read, keep, go on; end with a named verdict or be put off (harvesting, 3 and 4)."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
from datetime import timedelta

import msgspec

from harvester import learning, retry, sweeping
from harvester.advance import CUT, advanced, counted, first_checkpoint, list_in_hand, numbered, without_records
from harvester.capping import capped
from harvester.checkpoint import Checkpoint, Listing
from harvester.commits import committed, page_commit
from harvester.cost import Meter, MeteredClock
from harvester.courtesy import Courtesy
from harvester.effort import Effort, Worth
from harvester.egress import Session
from harvester.errors import QuietNow
from harvester.evidence import needs_look, needs_sweep, verdict_of
from harvester.feeds import Feed
from harvester.lag import lag_of
from harvester.oaipmh.client import Fetched
from harvester.oaipmh.header import Header
from harvester.oaipmh.headers import read_headers
from harvester.oaipmh.requests import Arguments, asks_for_seconds, list_arguments, record_arguments
from harvester.oaipmh.sets import SET_GONE, Sets
from harvester.patience import Patience
from harvester.place import Place
from harvester.ports import Blocked, Clock, HarvestStore, Parser, Verdict
from harvester.reaching import reach_of
from harvester.reconciliation import Reconciliation
from harvester.restart import by_date, by_windows, can_part, given_up, goes_by_date, is_broken
from harvester.retry import BOT_WALL, BUSY, UNAVAILABLE, Failure, Part, PutOff, Stop, Wait, decide, seconds_of, trial
from harvester.settings import Limits
from harvester.slices import POLITENESS, QUIET_HOURS, Ended, More, Postponed, SliceOutcome
from harvester.source import Source
from harvester.tail import look
from harvester.windows import width_of

#: errors of the protocol that a list can go on from (3.6)
_EMPTY, _BAD_TOKEN, _BAD_ARGUMENT = "noRecordsMatch", "badResumptionToken", "badArgument"
#: statuses that refuse a method, or an address for its length
_OTHER_METHOD = (405, 414, 501)
#: what a list was stuck with -> why it is broken in the end
_BROKEN = {"loop": "token_broken", "token": "token_broken", "slow": "too_slow"}
#: what no other record is asked for after
_TURNED_AWAY = (BOT_WALL, "not_authorised")
#: a number from 0 to 1
Chance = Callable[[], float]


async def run_slice(
    feed: Feed,
    store: HarvestStore,
    *,
    session: Session,
    parser: Parser,
    clock: Clock,
    limits: Limits,
    chance: Chance = random.random,
    patience: Patience | None = None,
    meter: Meter | None = None,
    effort: Effort | None = None,
    courtesy: Courtesy | None = None,
) -> SliceOutcome:
    """Goes on with the feed's run for at most a slice; what came is kept page by page.

    patience   what is waited for the source here; the run is put off over any wait that goes beyond it
    meter      what counts what the run costs
    effort     what the feed's pages cost of late, slice after slice
    courtesy   how politely the feed's origin is asked, by all of its feeds
    """
    meter, effort = meter or Meter(), effort or Effort()
    clock = MeteredClock(clock, meter)
    source = Source(session, parser, clock, limits, meter, effort, courtesy)
    return await _Harvest(feed, store, source, clock, limits, chance, patience, meter, effort).slice()


class _Harvest:
    """One slice's parts and its place in the run."""

    def __init__(
        self,
        feed: Feed,
        store: HarvestStore,
        source: Source,
        clock: Clock,
        limits: Limits,
        chance: Chance,
        patience: Patience | None,
        meter: Meter,
        effort: Effort,
    ) -> None:
        self._store, self._source, self._meter, self._effort = store, source, meter, effort
        self._clock, self._limits, self._chance = clock, limits, chance
        self._patience = patience or Patience()
        self._feed, self._place = feed, Place(feed, Checkpoint(run=0))
        self._sets = Sets(source)
        #: of the last answer
        self._worth: Worth = "neither"

    async def slice(self) -> SliceOutcome:
        opened = await asyncio.to_thread(self._store.open_run)
        self._meter.spent(waited_seconds=opened.waited_seconds(self._clock.now()))
        self._place = Place(self._feed, opened.resumed() if opened.begun else await self._begun(opened))
        until = self._clock.monotonic() + self._limits.slice_seconds
        for asked in itertools.count(1):
            worked = self._meter.worked_seconds
            try:
                outcome = await self._step()
            except QuietNow as quiet:
                return await self._leave((quiet.until - self._clock.now()).total_seconds(), QUIET_HOURS)
            self._effort.spent(self._meter.worked_seconds - worked, self._worth)
            if outcome is not None:
                return outcome
            if asked >= self._limits.slice_pages or self._clock.monotonic() > until:
                break
        await asyncio.to_thread(self._store.keep, self._place.checkpoint)
        return More()

    async def _begun(self, opened: Checkpoint) -> Checkpoint:
        again = await asyncio.to_thread(self._store.retries, self._limits.retries)
        return msgspec.structs.replace(first_checkpoint(opened, self._place.feed), retries=tuple(again))

    async def _step(self) -> SliceOutcome | None:
        """One page, or one turn of a list that is stuck; None while there is more to do."""
        self._worth = "neither"
        position = list_in_hand(self._place.checkpoint)
        if position is None:
            return await self._unproved()
        listing = numbered(self._place.checkpoint.lists[position], self._place.checkpoint)
        if listing.stuck:
            return await self._turn(position, listing)
        if reason := capped(self._place.feed.caps, self._place.checkpoint, listing):
            return await self._end(Blocked(reason=reason))
        pause = self._source.pause(self._place.feed)
        if not self._patience.paces(pause):
            return await self._leave(pause, POLITENESS)
        fetched = await self._asked(self._arguments(listing))
        if isinstance(fetched, Failure):
            return await self._failed(position, listing, fetched)
        if listing.sweep == "fetch":
            return await self._record(position, listing, fetched)
        return await self._answered(position, listing, fetched)

    def _arguments(self, listing: Listing) -> Arguments:
        if listing.sweep == "fetch":
            return record_arguments(self._place.feed, listing.unlisted[0])
        return list_arguments(self._place.feed, listing)

    async def _asked(self, arguments: Arguments) -> Fetched | Failure:
        """The answer; the time of a request that failed was waited for in vain."""
        begun = self._clock.monotonic()
        fetched = await self._source.ask(self._place.feed, arguments)
        if isinstance(fetched, Failure):
            self._patience.spend(self._clock.monotonic() - begun)
        else:
            self._place.learn_from_answer(fetched)
        return fetched

    async def _unproved(self) -> SliceOutcome | None:
        """What proves the ends of the lists; then what is asked for alone; then the end of the run."""
        lists = self._place.checkpoint.lists
        position = next((n for n, listing in enumerate(lists) if needs_look(listing)), None)
        if position is not None:
            return await self._look(position, lists[position])
        position = next((n for n, listing in enumerate(lists) if needs_sweep(listing)), None)
        if position is not None:
            reach = await reach_of(lists[position], self._place, self._source)
            self._place.move(position, sweeping.begin(lists[position], reach))
            return None
        if self._place.checkpoint.retries:
            return await self._again()
        return await self._compared()

    async def _look(self, position: int, listing: Listing) -> SliceOutcome | None:
        """The newest records of a list and those from its middle on, asked for once more."""
        found = await look(listing, self._place, self._store, self._asked)
        if isinstance(found, Failure):
            return await self._failed(position, listing, found)
        self._place.move(position, msgspec.structs.replace(listing, tail=found))
        return None

    async def _compared(self) -> SliceOutcome | None:
        """What is held, compared with a list of everything where one is due; then the end of the run."""
        comparison = Reconciliation(self._store, self._source, self._place, self._clock, self._limits)
        match await comparison.go_on(self._asked):
            case "more":
                return None
            case "done":
                return await self._end(verdict_of(self._place.checkpoint.lists))
            case Failure() as busy:
                return await self._failed(0, self._place.checkpoint.lists[0], busy)

    async def _again(self) -> SliceOutcome | None:
        """A record that an earlier run could not read, asked for alone; the verdict does not depend on it."""
        fetched = await self._asked(record_arguments(self._place.feed, self._place.checkpoint.retries[0]))
        if isinstance(fetched, Failure) and fetched.status in BUSY:
            return await self._failed(0, self._place.checkpoint.lists[0], fetched)
        wanted = self._place.retried()
        if isinstance(fetched, Fetched) and wanted in {record.identifier for record in fetched.page.records}:
            self._place.turn_page(0, self._place.checkpoint.lists[0])
            await committed(self._store, page_commit(self._place, self._place.checkpoint.lists[0], fetched))
        else:
            await asyncio.to_thread(self._store.tried, self._place.checkpoint, wanted)
        return None

    # --- what came -------------------------------------------------------------------------------------------------

    async def _answered(self, position: int, listing: Listing, fetched: Fetched) -> SliceOutcome | None:
        codes = [error.code for error in fetched.page.errors]
        if not codes or fetched.page.records:
            take_in = self._headers if listing.sweep else self._commit
            await take_in(position, listing, fetched)
            return None
        if lack := await self._lacking_set(listing, codes):
            self._place.failed(Failure(reason=SET_GONE, detail=lack))
            return await self._end(Blocked(reason=SET_GONE))
        if _EMPTY in codes:
            moved = without_records(listing, fetched.page)
            self._place.move(position, sweeping.passed(moved) if listing.sweep else moved)
            return None
        if listing.token is not None and (_BAD_TOKEN in codes or _BAD_ARGUMENT in codes):
            self._token_refused(position, listing)
            return None
        if _BAD_ARGUMENT in codes and asks_for_seconds(list_arguments(self._place.feed, listing)):
            self._place.learn_days()
            return None
        return await self._stopped(position, listing, codes[0])

    async def _lacking_set(self, listing: Listing, codes: Sequence[str]) -> str:
        """What speaks for it that the list's set is gone, where its first answer leaves that open; else nothing."""
        is_open = listing.set_spec and not listing.token and not listing.sweep and {_EMPTY, _BAD_ARGUMENT} & set(codes)
        return await self._sets.gone(self._place.feed, listing.set_spec) if is_open else ""

    async def _stopped(self, position: int, listing: Listing, reason: str) -> SliceOutcome | None:
        """Nothing more can be done for this list; a sweep that cannot be had leaves the list as it was."""
        if not listing.sweep:
            return await self._end(Blocked(reason=reason))
        alone = listing.sweep == "fetch" and reason not in _TURNED_AWAY
        self._place.move(position, sweeping.unfetched(listing) if alone else sweeping.failed(listing))
        return None

    async def _headers(self, position: int, listing: Listing, fetched: Fetched) -> None:
        headers = await asyncio.to_thread(read_headers, fetched.body, self._place.feed.profile.charset)
        if headers is None:
            self._place.move(position, sweeping.failed(listing))
            return
        beyond = await asyncio.to_thread(self._beyond, listing, headers)
        page = sweeping.page_of(headers, fetched.page, self._place.feed.key)
        fresh = sweeping.freshness(listing, headers)
        self._worth = "brought" if fresh.started else "vain"
        moved = advanced(listing, page, fresh, fetched.seconds, self._limits)
        if sweeping.stops_like_the_list(listing, headers, page, self._limits):
            open_end = msgspec.structs.replace(page, token=CUT)
            cut = advanced(listing, open_end, fresh, fetched.seconds, self._limits)
            can = can_part(cut, await reach_of(cut, self._place, self._source))
            moved = msgspec.structs.replace(cut, stuck=CUT) if can else sweeping.unproved(moved, listing.window)
        self._place.move(position, sweeping.swept(moved, headers, beyond, self._limits))

    def _beyond(self, listing: Listing, headers: Sequence[Header]) -> Sequence[str]:
        """What the headers of a page name that is to be fetched."""
        if listing.reconciles:
            return self._store.compare(self._place.checkpoint, headers)
        marks = self._store.marks(self._place.checkpoint.run, [header.identifier for header in headers])
        return sweeping.beyond(listing, headers, marks)

    async def _record(self, position: int, listing: Listing, fetched: Fetched) -> SliceOutcome | None:
        """One record that a sweep named, fetched alone."""
        if listing.unlisted[0] not in {record.identifier for record in fetched.page.records}:
            self._place.move(position, sweeping.unfetched(listing))
            return None
        self._place.turn_page(position, sweeping.fetched(listing))
        await committed(self._store, page_commit(self._place, listing, fetched))
        return None

    def _token_refused(self, position: int, listing: Listing) -> None:
        """The other form once, unless a token of this start was taken as it is; refused too, it was not the fault."""
        if can := self._place.may_turn_token(listing):
            self._place.learn(token_form=learning.other_token_form(self._place.feed.profile))
        if can and not listing.both_forms:
            self._place.move(position, msgspec.structs.replace(listing, both_forms=True))
        else:
            self._place.move(position, msgspec.structs.replace(listing, stuck="token"))

    async def _commit(self, position: int, listing: Listing, fetched: Fetched) -> None:
        page, run = fetched.page, self._place.checkpoint.run
        names = [record.identifier for record in page.records]
        marks = await asyncio.to_thread(self._store.marks, run, names)
        fresh = counted(listing, page, marks)
        self._worth = "brought" if fresh.started else "vain"
        moved = advanced(listing, page, fresh, fetched.seconds, self._limits)
        self._place.learn_from(page)
        if moved.ended:
            self._place.learn(page_seconds=round(moved.seconds / moved.pages, 2))
        self._place.turn_page(position, moved)
        tally = await committed(self._store, page_commit(self._place, listing, fetched))
        self._place.learn_lag(lag_of(listing, tally.stamps))
        if tally.renamed:
            self._place.doubt()

    # --- what did not come -----------------------------------------------------------------------------------------

    async def _failed(self, position: int, listing: Listing, failure: Failure) -> SliceOutcome | None:
        self._worth = "vain"
        self._place.failed(retry.with_odd_wait(failure, self._limits, self._clock.now()))
        if failure.status in _OTHER_METHOD and self._place.may_turn_method():
            self._place.learn(method=learning.other_method(self._place.feed.profile))
            self._place.tried()
            return None
        if (known := self._place.is_known) and failure.reason == "not_a_repository":
            failure = Failure(reason="web_page", status=failure.status)
        is_part = (listing.windows or listing.sweep == "fetch") and failure.status not in BUSY
        spared = len(self._limits.retry_seconds) - 1 if is_part else 0
        tried = self._place.checkpoint.attempt + spared
        match decide(failure, tried, self._limits, self._clock.now(), self._chance(), known=known):
            case Wait(seconds=seconds):
                self._place.tried()
                self._meter.spent(retries=1)
                return await self._sat_through(seconds, failure)
            case PutOff() as later:
                return await self._put_off(later)
            case Part(reason=reason):
                return await self._part(position, listing, reason)
            case Stop(reason=reason):
                return await self._stopped(position, listing, reason)

    async def _sat_through(self, seconds: float, failure: Failure) -> SliceOutcome | None:
        if not self._patience.bears(seconds):
            return await self._leave(seconds, failure.name)
        self._patience.spend(seconds)
        await self._clock.sleep(seconds)
        return None

    async def _part(self, position: int, listing: Listing, reason: str) -> SliceOutcome | None:
        """Smaller windows if the source answers anything at all; one that never did in this run is given up."""
        answers = await self._source.answers(self._place.feed)
        if answers and self._place.checkpoint.postponements:
            # it answered nothing, and does again: the request may be asked as it was
            self._place.answers_again()
            return None
        if answers and listing.sweep == "fetch":
            return await self._stopped(position, listing, reason)
        if answers:
            self._place.move(position, msgspec.structs.replace(listing, stuck=reason))
            return None
        if self._place.checkpoint.pages:
            return await self._put_off(trial(self._place.checkpoint.postponements, self._limits))
        return await self._end(Blocked(reason=reason, is_silent=True))

    async def _put_off(self, later: PutOff) -> SliceOutcome:
        now, reached = self._clock.now(), self._place.checkpoint
        put_off, since = reached.postponements, reached.waiting_since
        seconds = seconds_of(later, put_off, since, self._limits, now, self._chance())
        if seconds is None:
            return await self._end(Blocked(reason="unavailable", is_silent=later.reason == UNAVAILABLE))
        self._place.waits(since or now)
        return await self._leave(seconds, later.reason)

    async def _leave(self, seconds: float, reason: str) -> Postponed:
        """The run goes on after `seconds`, here or elsewhere."""
        until = (now := self._clock.now()) + timedelta(seconds=seconds)
        put_off = self._place.checkpoint.put_off(until, reason, now)
        await asyncio.to_thread(self._store.postpone, put_off, until, reason)
        return Postponed(until=until, reason=reason)

    # --- asking anew -----------------------------------------------------------------------------------------------

    async def _turn(self, position: int, listing: Listing) -> SliceOutcome | None:
        """Asks a stuck list anew, by date or by windows."""
        if is_broken(listing, self._limits):
            return await self._broken(position, listing)
        if goes_by_date(listing):
            self._place.move(position, by_date(listing))
            return None
        reach = await reach_of(listing, self._place, self._source)
        known = timedelta(seconds=self._place.feed.profile.window_seconds)
        moved = by_windows(listing, reach, known or None)
        if moved.windows and moved.window != listing.window:
            self._place.learn(window_seconds=int(width_of(moved.windows[0], reach).total_seconds()))
        self._place.move(position, moved)
        return None

    async def _broken(self, position: int, listing: Listing) -> SliceOutcome | None:
        """Asking anew brings nothing: tokens that lead nowhere stop the list, failing pages leave it to a sweep."""
        if listing.stuck in _BROKEN or listing.sweep or not listing.pages:
            return await self._stopped(position, listing, _BROKEN.get(listing.stuck, listing.stuck))
        self._place.move(position, given_up(listing))
        return None

    async def _end(self, verdict: Verdict) -> Ended:
        self._place.learn_from_lists()
        await asyncio.to_thread(self._store.end, self._place.checkpoint, verdict)
        return Ended(verdict=verdict)
