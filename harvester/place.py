"""Where a run is: its checkpoint, and the feed with what its repository has taught so far."""

from __future__ import annotations

from datetime import datetime

import msgspec

from harvester.checkpoint import Checkpoint, Listing
from harvester.feeds import Feed, Profile
from harvester.learning import learn, learn_days
from harvester.retry import Failure


class Place:
    """Moves with each answer; the store is told of it by whoever asks."""

    def __init__(self, feed: Feed, checkpoint: Checkpoint) -> None:
        taught = feed.profile if checkpoint.learned is None else checkpoint.learned
        self.feed = msgspec.structs.replace(feed, profile=taught)
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
        self.teach(learn(self.feed.profile, run=self.checkpoint.run, page=self.number, **taught))

    def learn_days(self) -> None:
        """Keeps that the repository knows days alone."""
        self.teach(learn_days(self.feed.profile, run=self.checkpoint.run, page=self.number))

    def learn_lag(self, seconds: int) -> None:
        """Keeps how late the repository lists a change, where it was later than was known."""
        if seconds > self.feed.profile.lag_seconds:
            self.learn(lag_seconds=seconds)

    def teach(self, profile: Profile) -> None:
        """Goes by `profile` from here on."""
        if profile != self.feed.profile:
            self.feed = msgspec.structs.replace(self.feed, profile=profile)
            self.checkpoint = msgspec.structs.replace(self.checkpoint, learned=profile)

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
