"""What keeps vectors, and what finds the nearest (ports): files in the data folder, or an index of a cluster."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from index.errors import DocumentRejected
from index.semantic.centring import Neutral, Vector


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """How far the changes of clusters are taken in: all between two of them, both inclusive.

    What comes in is taken before what lay there already, and of that the newest first.
    """

    first: int
    last: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing older waits."""
        return self.first == 0


class Embedded(msgspec.Struct, frozen=True, kw_only=True):
    """A thing's vector."""

    cluster_id: str
    tongue: str
    digest: bytes
    vector: Vector


class VectorWriter(Protocol):
    """The one writer of a model's vectors."""

    #: things that it can take without a query becoming slow
    most: int

    @property
    def reached(self) -> Reached | None:
        """How far the changes are taken in; None before the first."""

    def count(self) -> int:
        """How many things have a vector."""

    def digests(self, cluster_ids: Collection[str]) -> dict[str, bytes]:
        """Of those that have a vector the digest of its text."""

    def write(self, made: Sequence[Embedded], gone: Collection[str], reached: Reached) -> Sequence[DocumentRejected]:
        """Takes vectors in and others away, and keeps how far it came: all of it or nothing.

        Gives what its engine will not take, ever: that has no vector from then on, and the rest is taken in.
        """

    def tidy(self) -> bool:
        """Does some of what writes have left to be done; whether there was any."""


class VectorReader(Protocol):
    """The vectors, read while others write them."""

    @property
    def neutral(self) -> Neutral:
        """The means that queries are centred by."""

    def count(self) -> int:
        """How many things have a vector."""

    def nearest(self, vector: Vector, limit: int) -> Sequence[str]:
        """Ids of the clusters nearest to a centred query vector, nearest first."""

    def nearest_to(self, cluster_id: str, limit: int, least: float) -> Sequence[str]:
        """Ids of the other clusters nearest to a cluster, nearest first; none of one without a vector.

        least   cosine, from the means of their languages, of what is near enough
        """

    def close(self) -> None:
        """Gives them up."""
