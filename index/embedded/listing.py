"""Every hit of one moment of the embedded index, page by page: its searchers are held, so nothing comes or goes."""

from __future__ import annotations

from collections.abc import Sequence

from index.engine import Engine
from index.orders import Reached, beyond
from index.query import primitives as p

#: hits of a page
PAGE = 1_000


class HeldListing:
    """Hits in the order of the order key (`index.engine.Listing`).

    moment   stays the same as long as it is held
    """

    def __init__(self, moment: Engine, query: p.Primitive) -> None:
        self.total = moment.count(query)
        self._moment: Engine | None = moment
        self._query, self._behind = query, query

    def page(self) -> Sequence[bytes]:
        """What each of the next hits keeps to be shown."""
        if self._moment is None:
            return ()
        top = self._moment.top(self._behind, "key", 0, PAGE)
        if top.last is not None:
            value, order_key = top.last
            reached = Reached(value=value, order_key=order_key, given=0)
            self._behind = p.Bool(must=(self._query, beyond("key", reached)))
        return top.displays

    def close(self) -> None:
        """Lets the searchers go."""
        self._moment = None
