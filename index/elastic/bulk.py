"""Many writes at once: in portions, a few of them in flight, each item judged by itself.

A newer version that is already there is as good as written. What a busy cluster did not take is sent again, alone and
later each time; what it will never take is reported and the rest goes on.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import msgspec

from index.elastic.cluster import Busy, Cluster, NotThere
from index.elastic.dialect import Json
from index.errors import BackendUnavailable, DocumentRejected

MOST_ITEMS, MOST_BYTES = 500, 8_000_000
IN_FLIGHT = 4
#: a busy cluster is asked again after half a second, each time twice as long, at most a minute
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, MOST_TRIES = 0.5, 60.0, 8


#: an index takes nothing for the moment, such as on a disk that is nearly full; no document is to blame
_BLOCKED = "cluster_block_exception"


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """One document put, or taken away where it has no `source`."""

    index: str
    id: str
    #: never replaces what was written with a greater one
    version: int
    source: bytes | None = None

    def lines(self) -> tuple[bytes, ...]:
        """The item as it is sent."""
        about: Json = {"_index": self.index, "_id": self.id, "version": self.version, "version_type": "external_gte"}
        action = msgspec.json.encode({"delete" if self.source is None else "index": about})
        return (action,) if self.source is None else (action, self.source)


class _Reason(msgspec.Struct, frozen=True):
    type: str = ""
    reason: str | None = None


class _Item(msgspec.Struct, frozen=True):
    status: int
    error: _Reason | None = None


class _Answer(msgspec.Struct, frozen=True):
    items: tuple[dict[str, _Item], ...]


class _Done(msgspec.Struct, frozen=True, kw_only=True):
    rejected: tuple[DocumentRejected, ...]
    was_busy: bool


class Bulk:
    """Sends writes to a cluster."""

    def __init__(
        self,
        cluster: Cluster,
        *,
        sleep: Callable[[float], None] = time.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self._cluster, self._sleep = cluster, sleep
        self._chance = chance or random.Random()

    def send(self, writes: Iterable[Write]) -> tuple[DocumentRejected, ...]:
        """Writes them all, in no order; gives what the engine will not take.

        raises  BackendUnavailable where the cluster is away or stays busy; NotThere where an index is gone
        """
        rejected: list[DocumentRejected] = []
        room, running = IN_FLIGHT, set[Future[_Done]]()
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            for portion in _portions(writes):
                while len(running) >= room:
                    room = self._judged(running, rejected, room)
                running.add(pool.submit(self._portion, portion))
            while running:
                room = self._judged(running, rejected, room)
        return tuple(rejected)

    def _judged(self, running: set[Future[_Done]], rejected: list[DocumentRejected], room: int) -> int:
        ended, _ = wait(running, return_when=FIRST_COMPLETED)
        running -= ended
        for each in ended:
            done = each.result()
            rejected += done.rejected
            room = max(1, room // 2) if done.was_busy else room
        return room

    def _portion(self, portion: Sequence[Write]) -> _Done:
        rejected: list[DocumentRejected] = []
        left, tries = list(portion), 0
        while left:
            if tries == MOST_TRIES:
                raise BackendUnavailable("the search engine stays busy", round(LONGEST_WAIT_SECONDS))
            if tries:
                longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (tries - 1))
                self._sleep(longest * self._chance.uniform(0.5, 1.0))
            left, refused = self._once(left)
            rejected += refused
            tries += 1
        return _Done(rejected=tuple(rejected), was_busy=tries > 1)

    def _once(self, portion: list[Write]) -> tuple[list[Write], list[DocumentRejected]]:
        """What has to be sent again, and what is refused for good."""
        lines = (line for write in portion for line in write.lines())
        try:
            answer = self._cluster.ask("POST", "/_bulk", _Answer, lines=lines, params={"require_alias": "true"})
        except Busy:
            return portion, []
        again, refused = [], []
        for write, item in zip(portion, (next(iter(each.values())) for each in answer.items), strict=True):
            match _verdict(item, write):
                case "again":
                    again.append(write)
                case DocumentRejected() as rejected:
                    refused.append(rejected)
                case "written":
                    pass
        return again, refused


def _verdict(item: _Item, write: Write) -> str | DocumentRejected:
    if item.status < 300 or item.status == 409 or (item.status == 404 and item.error is None):
        return "written"
    reason = item.error or _Reason()
    if item.status in (429, 503) or reason.type == _BLOCKED:
        return "again"
    if item.status == 404:
        raise NotThere(f"the search index is gone ({reason.reason})")
    return DocumentRejected(write.id, f"{reason.type}: {reason.reason}")


def _portions(writes: Iterable[Write]) -> Iterator[list[Write]]:
    portion: list[Write] = []
    size = 0
    for write in writes:
        if portion and (len(portion) == MOST_ITEMS or size + len(write.source or b"") > MOST_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(write)
        size += len(write.source or b"")
    if portion:
        yield portion
