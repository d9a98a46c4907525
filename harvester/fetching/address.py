"""A file at an address: asked for with what is known of it, gone on with where it broke off (RFC 9110, 13 and 14)."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import aiohttp
import msgspec

from harvester.failures import RAISED, failure_of
from harvester.feeds import Feed
from harvester.fetching.answers import Stream, begins_at, going_on, strong
from harvester.fetching.asking import Asking
from harvester.fetching.pieces import Brought, Given, Memory, Piece, Place, Unchanged
from harvester.retry import Failure
from harvester.settings import Limits

PIECE_BYTES = 4 << 20
#: names of a file without a name of its own
_NAMELESS = "file"
_FILENAME = re.compile(r"filename=\"?([^\";]{1,200})")


class AddressFetch:
    """The file of one address."""

    def __init__(self, feed: Feed, memory: Memory, asking: Asking, limits: Limits) -> None:
        self._feed, self._memory, self._asking, self._limits = feed, memory, asking, limits
        self._stream: Stream | None = None
        #: of the answer that is open
        self._name = self._etag = self._modified = ""

    async def piece(self, place: Place) -> Given:
        """The next bytes, or the end of the file."""
        anew = False
        if self._stream is None:
            opened = await self._open(place)
            if not isinstance(opened, Place):
                return opened
            anew, place = opened.offset < place.offset, opened
        return await self._next(place, anew)

    @property
    def in_hand(self) -> bool:
        """Nothing: the next slice goes on where this one ends."""
        return False

    async def answers(self) -> bool:
        """No: the file is all that is asked for, and it did not come."""
        return False

    def close(self) -> None:
        """Ends the connection; what has come stays."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            self._asking.done()

    async def _next(self, place: Place, anew: bool) -> Given:
        assert self._stream is not None
        try:
            body = await self._stream.take(PIECE_BYTES)
        except RAISED as error:
            self.close()
            return failure_of(error)
        if body or anew:
            moved = msgspec.structs.replace(place, offset=place.offset + len(body))
            return Piece(body=body, place=moved, anew=anew)
        self.close()
        memory = msgspec.structs.replace(self._memory, etag=self._etag, modified=self._modified, place=None)
        return Brought(name=self._name, mode="replace", memory=memory)

    async def _open(self, place: Place) -> Place | Unchanged | Failure:
        """Where the file begins or goes on; a file that is another one by now begins anew."""
        goes_on = bool(place.offset and place.state)
        headers = going_on(place.offset, place.state) if goes_on else self._conditions()
        response = await self._asking.open(self._feed.base_url, {"Accept-Encoding": "identity", **headers})
        if isinstance(response, Failure):
            return response
        if response.status not in (200, 206):
            response.release()
            self._asking.done()
        if response.status == 304 and not goes_on:
            return Unchanged(memory=self._memory)
        if response.status == 416 and goes_on:
            return await self._open(Place())
        if response.status not in (200, 206):
            return self._asking.refused(response)
        self._remember(response)
        self._stream = Stream(response, self._limits)
        if goes_on and begins_at(response, place.offset):
            return place
        return msgspec.structs.replace(place, offset=0, pieces=0, state=strong(self._etag) or self._modified)

    def _conditions(self) -> dict[str, str]:
        conditions = {"If-None-Match": self._memory.etag, "If-Modified-Since": self._memory.modified}
        return {name: value for name, value in conditions.items() if value}

    def _remember(self, response: aiohttp.ClientResponse) -> None:
        self._etag = response.headers.get("ETag", "")
        self._modified = response.headers.get("Last-Modified", "")
        stated = _FILENAME.search(response.headers.get("Content-Disposition", ""))
        path = unquote(urlsplit(str(response.url)).path).rpartition("/")[2]
        self._name = (stated[1] if stated else path) or _NAMELESS
