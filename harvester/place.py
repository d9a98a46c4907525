"""Where a run is: its checkpoint, and the feed with what its repository has taught so far."""

from __future__ import annotations

from datetime import datetime

import msgspec

from harvester.checkpoint import Checkpoint, Listing
from harvester.feeds import Feed, Profile
from harvester.learning import learn, learn_days, learn_from_lists, learn_from_page, skewed
from harvester.oaipmh.client import Fetched
from harvester.oaipmh.page import Page
from harvester.oaipmh.requests import has_other_form
from harvester.redirects import taught
from harvester.retry import Failure


class Place:
    """Moves with each answer; the store is told of it by whoever asks."""

    def __init__(self, feed: Feed, checkpoint: Checkpoint) -> None:
        #: what the repository taught, beneath what a person says of it
        self.taught = msgspec.structs.replace(checkpoint.learned or feed.profile, pins=feed.profile.pins)
        self.feed = msgspec.structs.replace(feed, profile=self.taught.by_pins())
        self.checkpoint = checkpoint

    @property
    def number(self) -> int:
        """Of the page that is asked for."""
        return self.checkpoint.pages + 1

    @property
    def is_known(self) -> bool:
        """Whether the source has answered before, in this run or another."""
        return bool(self.checkpoint.pages or self.feed.profile.lessons)

    def learn(self, **taught: object) -> None:
        """Keeps values of the profile that the page in hand taught."""
        self.teach(learn(self.taught, run=self.checkpoint.run, page=self.number, **taught))

    def learn_days(self) -> None:
        """Keeps that the repository knows days alone."""
        self.teach(learn_days(self.taught, run=self.checkpoint.run, page=self.number))

    def learn_from(self, page: Page) -> None:
        """Keeps what a page of a list says by being as it is."""
        self.teach(learn_from_page(self.taught, page, run=self.checkpoint.run, number=self.number))

    def learn_lag(self, seconds: int) -> None:
        """Keeps how late the repository lists a change, where it was later than was known."""
        if seconds > self.taught.lag_seconds:
            self.learn(lag_seconds=seconds)

    def learn_from_answer(self, fetched: Fetched) -> None:
        """Keeps what an answer says by the way that it came: where from, and by which clock."""
        self.learn(**taught(self.feed, fetched.moved_to), **skewed(self.taught, fetched.skew_seconds))

    def learn_from_lists(self) -> None:
        """Keeps what the lists of the run say together once the last of their pages has come."""
        found = learn_from_lists(self.taught, self.checkpoint.lists)
        self.teach(learn(self.taught, run=self.checkpoint.run, page=self.checkpoint.pages, **found))

    def teach(self, profile: Profile) -> None:
        """Goes by `profile` from here on, as far as no person says otherwise."""
        if profile != self.taught:
            self.taught = profile
            self.feed = msgspec.structs.replace(self.feed, profile=profile.by_pins())
            self.checkpoint = msgspec.structs.replace(self.checkpoint, learned=profile)

    def may_turn_token(self, listing: Listing) -> bool:
        """Whether the other form of a refused token may be the one that is taken: no token of this start was taken."""
        unlike = has_other_form(listing.token or "") and not listing.followed.length
        return unlike and self.feed.profile.method == "GET" and not self.feed.profile.is_pinned("token_form")

    def may_turn_method(self) -> bool:
        """Whether the other method may be the one that is taken: the request was not tried again yet."""
        return not (self.checkpoint.attempt or self.feed.profile.is_pinned("method"))

    def doubt(self) -> None:
        """What is held is to be compared with a list of everything in this run, unless that is done."""
        if not self.checkpoint.reconcile:
            self.checkpoint = msgspec.structs.replace(self.checkpoint, reconcile="due")

    def stand(self, checkpoint: Checkpoint) -> None:
        """The run stands so now; the request in hand is a new one."""
        self.checkpoint = msgspec.structs.replace(checkpoint, attempt=0)

    def tried(self) -> None:
        """One try more of the request in hand."""
        self.checkpoint = msgspec.structs.replace(self.checkpoint, attempt=self.checkpoint.attempt + 1)

    def failed(self, failure: Failure) -> None:
        """The request in hand failed so."""
        self.checkpoint = msgspec.structs.replace(self.checkpoint, fault=failure.detail)

    def waits(self, since: datetime) -> None:
        """The source has put the run off once more; no page has come since then."""
        put_off = self.checkpoint.postponements + 1
        self.checkpoint = msgspec.structs.replace(self.checkpoint, postponements=put_off, waiting_since=since)

    def answers_again(self) -> None:
        """The request in hand is as if it had never been tried; only a page ends what is waited for."""
        self.checkpoint = msgspec.structs.replace(self.checkpoint, attempt=0, postponements=0)

    def retried(self) -> str:
        """The first record of earlier runs was asked for; gives its identifier."""
        first, *rest = self.checkpoint.retries
        self.checkpoint = msgspec.structs.replace(self.checkpoint, retries=tuple(rest), attempt=0)
        return first

    def move(self, position: int, listing: Listing) -> None:
        """The list of this place stands so now."""
        lists = list(self.checkpoint.lists)
        lists[position] = listing
        self.checkpoint = msgspec.structs.replace(self.checkpoint, lists=tuple(lists), attempt=0)

    def turn_page(self, position: int, listing: Listing) -> None:
        """The list stands so after a page that is kept: whatever was waited for has come."""
        number = self.number
        self.move(position, listing)
        self.checkpoint = msgspec.structs.replace(
            self.checkpoint, pages=number, postponements=0, waiting_since=None, fault=""
        )
