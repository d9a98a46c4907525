"""The writer of a model's vectors in a cluster (`index.semantic.vectors.VectorWriter`).

A cluster has no commit over several documents, so a write is said before it is made: where it did not end, whoever
comes next takes its things away, and the step that they belong to makes them anew. Nothing is left half done or
counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import msgspec
import numpy as np
from msgspec.structs import replace

from index.elastic import vector_index as kept
from index.elastic.bulk import Bulk, Write
from index.elastic.cluster import Acknowledged, Cluster
from index.elastic.dialect import Json
from index.elastic.searching import searched
from index.elastic.vector_sums import Sums
from index.errors import BackendUnavailable, DocumentRejected
from index.semantic.centring import Neutral, Vector
from index.semantic.vectors import Embedded, Reached

#: documents that are centred anew at once
_CENTRED_AT_ONCE = 500
#: a graph of more is no longer quick on a small cluster
MOST = 10_000_000


class _Held(msgspec.Struct, frozen=True):
    id: str = msgspec.field(name="_id")
    source: kept.Document | None = msgspec.field(name="_source", default=None)


class _Fetched(msgspec.Struct, frozen=True):
    docs: tuple[_Held, ...]


class _Hits(msgspec.Struct, frozen=True):
    hits: tuple[_Held, ...]


class _Found(msgspec.Struct, frozen=True):
    hits: _Hits


class ClusterVectors:
    """One model's vectors, in an index that is made where there is none; raises BackendUnavailable."""

    #: things that it can take
    most = MOST

    def __init__(self, cluster: Cluster, fingerprint: str, neutral: Callable[[], Neutral]) -> None:
        """`neutral`: the means of neutral texts by this model, asked for by the first."""
        self._cluster, self._alias = cluster, kept.alias_of(cluster, fingerprint)
        found = kept.read_state(cluster, self._alias)
        self._kept = found if found is not None else self._begun(neutral())
        self._recover()

    def _begun(self, neutral: Neutral) -> kept.Kept:
        if not self._exists():
            kept.create(self._cluster, self._alias, len(neutral.query("en")))
        return kept.put_state(self._cluster, self._alias, kept.State(neutral=neutral), None)

    def _exists(self) -> bool:
        """Whether a writer that was stopped had made the index already."""
        return bool(self._cluster.ask("GET", f"/{self._alias}*/_alias", dict[str, object]))

    def _recover(self) -> None:
        """Takes away what a write left that did not end."""
        pending = self._state.pending
        if pending is not None:
            self._send(self._removed(pending.ids))
            self._keep(replace(self._state, step=self._state.step + 1, tongues=pending.tongues, pending=None))

    @property
    def _state(self) -> kept.State:
        return self._kept.state

    @property
    def reached(self) -> Reached | None:
        """How far the changes are taken in."""
        first, last = self._state.first, self._state.last
        return None if first is None or last is None else Reached(first=first, last=last)

    def count(self) -> int:
        """How many things have a vector."""
        return count(self._cluster, self._alias)

    def digests(self, cluster_ids: Collection[str]) -> dict[str, bytes]:
        """Of those that have a vector the digest of its text."""
        return {name: each.digest for name, each in self._documents(cluster_ids)}

    def write(self, made: Sequence[Embedded], gone: Collection[str], reached: Reached) -> tuple[DocumentRejected, ...]:
        """Takes vectors in and others away, and keeps how far it came; gives what the cluster will not take."""
        names = tuple(dict.fromkeys((*gone, *(each.cluster_id for each in made))))
        sums = Sums(self._state.tongues, self._state.neutral)
        for _, old in self._documents(names):
            sums.add(old.tongue, vector_of(old.raw), -1)
        if names:
            self._keep(replace(self._state, pending=kept.Pending(ids=names, tongues=sums.kept())))
        for each in made:
            sums.add(each.tongue, each.vector, 1)
        sums.settle()
        refused = self._sent((*self._removed(gone), *(self._put(each, sums) for each in made)))
        self._leave_out(refused, made, sums)
        step = self._state.step + 1
        done = replace(
            self._state, step=step, first=reached.first, last=reached.last, tongues=sums.kept(), pending=None
        )
        self._keep(done)
        return refused

    def _leave_out(self, refused: Sequence[DocumentRejected], made: Sequence[Embedded], sums: Sums) -> None:
        """What was refused counts for no mean, and what it had before is gone."""
        names = {each.doc_id for each in refused}
        self._send(self._removed(names))
        for each in made:
            if each.cluster_id in names:
                sums.add(each.tongue, each.vector, -1)

    def tidy(self) -> bool:
        """Centres some documents anew whose language's mean has moved; whether there were any."""
        sums = Sums(self._state.tongues, self._state.neutral)
        for name, tongue in self._state.tongues.items():
            if stale := self._stale(name, tongue.number):
                self._send([self._centred(id_, each, sums) for id_, each in stale])
                return True
        return False

    def _keep(self, state: kept.State) -> None:
        self._kept = kept.put_state(self._cluster, self._alias, state, self._kept)

    def _documents(self, cluster_ids: Collection[str]) -> Iterator[tuple[str, kept.Document]]:
        if not cluster_ids:
            return
        body: Json = {"ids": list(cluster_ids)}
        for each in self._cluster.ask("POST", f"/{self._alias}/_mget", _Fetched, body=body).docs:
            if each.source is not None:
                yield each.id, each.source

    def _stale(self, tongue: str, number: int) -> list[tuple[str, kept.Document]]:
        behind: Json = {"bool": {"filter": [{"term": {"tongue": tongue}}, {"range": {"centre": {"lt": number}}}]}}
        body: Json = {"query": behind, "size": _CENTRED_AT_ONCE, "track_total_hits": False}
        found = self._cluster.ask("POST", f"/{self._alias}/_search", _Found, body=body).hits.hits
        return [(each.id, each.source) for each in found if each.source is not None]

    def _put(self, each: Embedded, sums: Sums) -> Write:
        raw = each.vector.astype("<f4").tobytes()
        document = kept.Document(tongue=each.tongue, digest=each.digest, raw=raw, centre=0)
        return self._centred(each.cluster_id, document, sums)

    def _centred(self, id_: str, document: kept.Document, sums: Sums) -> Write:
        vector, number = sums.centred(document.tongue, vector_of(document.raw))
        source = msgspec.json.encode(replace(document, centre=number, vector=vector))
        return Write(index=self._alias, id=id_, version=self._state.step + 1, source=source)

    def _removed(self, cluster_ids: Iterable[str]) -> list[Write]:
        return [Write(index=self._alias, id=id_, version=self._state.step + 1) for id_ in cluster_ids]

    def _send(self, writes: Sequence[Write]) -> None:
        """Writes what every cluster takes."""
        if refused := self._sent(writes):
            raise BackendUnavailable(f"the search engine refuses a vector ({refused[0]})")

    def _sent(self, writes: Sequence[Write]) -> tuple[DocumentRejected, ...]:
        """Writes them all, seen from then on; gives what the cluster will not take."""
        if not writes:
            return ()
        refused = Bulk(self._cluster).send(writes)
        self._cluster.ask("POST", f"/{self._alias}/_refresh", Acknowledged)
        return refused


def count(cluster: Cluster, alias: str) -> int:
    """How many things have a vector in an index; raises BackendUnavailable."""
    body: Json = {"size": 0, "track_total_hits": True, "query": {"exists": {"field": "tongue"}}}
    return searched(cluster, alias, body, ranked=False).total


def vector_of(raw: bytes) -> Vector:
    """A vector as it was kept."""
    return np.frombuffer(raw, dtype="<f4").astype(np.float32)
