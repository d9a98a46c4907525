"""What the index asks of others, and what it offers: the change source, and the backend that doors search through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from index.browsing import Browsed
from index.document_keys import Shape
from index.explaining import Explained
from index.found import Found
from index.meanings.claims import Holders, Sounds
from index.query.model import QueryNode
from index.request import SearchRequest
from index.results import FacetCount, SearchAnswer, SimilarHit, Suggestion
from index.scanning import Scan
from mappings.schema.access import EVERYONE, Visibility
from mappings.schema.unified import UnifiedRecord


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster whose published form may have changed, or that is gone."""

    seq: int
    cluster_id: str


class ChangeSource(Protocol):
    """The clusters, as the federation keeps them; the index is made from nothing else."""

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        """Changes with `seq` > `after`, ascending, at most `limit`; a cluster may come several times."""

    def unified(self, cluster_ids: Sequence[str]) -> Sequence[UnifiedRecord]:
        """Every audience's unified record of these clusters; one that is gone, or that nobody may see, is absent."""

    def shapes(self, cluster_ids: Sequence[str]) -> Sequence[Shape]:
        """Of each of `unified` the names and the version alone, read without the records."""

    def last_seq(self) -> int:
        """`seq` of the last change; 0 where there is none."""

    def public_clusters(self) -> int:
        """How many clusters `unified` gives for everybody."""

    def all_clusters(self, after_id: str, limit: int) -> Sequence[str]:
        """Ids of living clusters greater than `after_id`, ascending, at most `limit`."""


class IndexStats(msgspec.Struct, frozen=True, kw_only=True):
    """What the live generation holds for one reader."""

    generation: str
    #: `seq` of the last change that it holds
    seq: int
    clusters: int
    records: int


class SearchBackend(Protocol):
    """An engine that answers; both sizes of the exchange have one."""

    def search(self, request: SearchRequest) -> SearchAnswer:
        """The answer; raises BackendUnavailable, and QueryInvalid under strict syntax."""

    def scan(self, request: SearchRequest, most: int) -> Scan:
        """Every hit by words, to be closed; raises TooManyHits above `most`, BackendUnavailable, QueryInvalid."""

    def facet_values(
        self, request: SearchRequest, facet: str, *, contains: str = "", limit: int = 100
    ) -> Found[FacetCount]:
        """Values of one facet under the request, largest first, whose label holds the folded words `contains`."""

    def suggest(self, text: str, visibility: Visibility, *, limit: int = 10) -> Found[Suggestion]:
        """Ways to go on from a text half typed, all of what the reader may see; raises BackendUnavailable."""

    def similar(self, cluster_id: str, visibility: Visibility, *, limit: int = 10) -> Found[SimilarHit]:
        """Things like a cluster, best first; none where the reader may not know of it. Raises BackendUnavailable."""

    def browse(self, facet: str, start: str, visibility: Visibility, *, before: int = 0, limit: int = 10) -> Browsed:
        """Values of a facet in the order of their labels, from a text on; raises BackendUnavailable."""

    def holders(self, visibility: Visibility) -> Holders:
        """The institutions that words of a query may name, by folded name; raises BackendUnavailable."""

    def sounds(self, tree: QueryNode, visibility: Visibility) -> Sounds:
        """Words of a tree that are looked for as the Chinese ones that they spell; raises BackendUnavailable."""

    def explain(self, request: SearchRequest, id_: str) -> Explained:
        """What became of a cluster or record in a search; raises BackendUnavailable, QueryInvalid."""

    def stats(self, visibility: Visibility) -> IndexStats:
        """Counts under `visibility`; raises BackendUnavailable where there is no generation."""

    def labels(self, facet: str, values: Sequence[str], visibility: Visibility = EVERYONE) -> dict[str, str]:
        """Labels of facet values; a value without one is its own label."""
