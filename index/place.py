"""How far an index has read its source."""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the source was read to."""

    #: the last change that is held
    seq: int
    #: while every cluster is read in the order of ids: the last one; changes are read from `seq` on once this is None
    scanned: str | None = None

    @staticmethod
    def reached(place: Place | None) -> str | None:
        """The last cluster that was read while all are; empty before the first, None once all are."""
        return "" if place is None else place.scanned

    @property
    def order(self) -> tuple[bool, str, int]:
        """Earlier places come first."""
        return self.scanned is None, self.scanned or "", self.seq
