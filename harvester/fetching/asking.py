"""A source of files as a fetch asks it: one request at a time, with the pauses of its origin (harvesting, 4)."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from harvester.courtesy import Courtesy
from harvester.egress import Session
from harvester.feeds import Feed
from harvester.fetching.answers import Answer, failed_status, open_answer, whole_answer
from harvester.ports import Clock
from harvester.retry import Failure
from harvester.settings import Limits


def is_heard(answer: Answer | Failure) -> bool:
    """Whether a source has answered at all, if only that it does not give what was asked for."""
    return not (isinstance(answer, Failure) and answer.passes)


class Asking:
    """What asks, and how politely."""

    def __init__(
        self, feed: Feed, session: Session, clock: Clock, limits: Limits, courtesy: Courtesy | None = None
    ) -> None:
        """`courtesy`: that of the feed's origin, shared by all of its feeds."""
        self._least, self._session, self._clock, self._limits = feed.min_interval_seconds, session, clock, limits
        self._courtesy, self._has_turn = courtesy or Courtesy(), False

    @property
    def pause_seconds(self) -> float:
        """What is left of the pause before the next request; none while an answer is still coming."""
        return 0.0 if self._has_turn else self._courtesy.pause_seconds(self._least, self._clock.monotonic())

    async def whole(self, target: str) -> Answer | Failure:
        """The answer with its whole body, if its status is 200."""
        await self._begin()
        begun = self._clock.monotonic()
        try:
            answer = await whole_answer(self._session, target, self._limits)
        finally:
            self.done()
        if isinstance(answer, Failure):
            self.failed(answer)
        else:
            self._courtesy.answered(self._clock.monotonic() - begun)
        return answer

    async def open(self, target: str, headers: Mapping[str, str]) -> aiohttp.ClientResponse | Failure:
        """The answer as it begins, whatever its status; nothing else is asked until it is `done`."""
        await self._begin()
        begun, response = self._clock.monotonic(), None
        try:
            response = await open_answer(self._session, target, self._limits, headers)
        finally:
            if not isinstance(response, aiohttp.ClientResponse):
                self.done()
        if isinstance(response, aiohttp.ClientResponse) and response.status < 400:
            self._courtesy.answered(self._clock.monotonic() - begun)
        return response

    def done(self) -> None:
        """The answer that was opened has come, or is given up."""
        if self._has_turn:
            self._has_turn = False
            self._courtesy.end(self._least, self._clock)

    def refused(self, response: aiohttp.ClientResponse) -> Failure:
        """The failure that the status of the answer in hand stands for."""
        failure = failed_status(response, self._session)
        self.failed(failure)
        return failure

    def failed(self, failure: Failure) -> None:
        """A request failed; the pauses grow where its source said that it is busy."""
        self._courtesy.failed(failure)

    async def _begin(self) -> None:
        await self._courtesy.begin(self._least, self._clock)
        self._has_turn = True
