"""A model's vectors as an index of a cluster: its mapping, its documents, and the document that says how far it came.

A document has its thing's vector twice: as the model gave it, and centred by the mean of its language, which alone is
searched. Where a mean has moved, documents are centred anew from the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import quote

import msgspec

from index.elastic.cluster import Acknowledged, Cluster, NotThere
from index.elastic.dialect import Json
from index.semantic.centring import Neutral

#: id of the document that holds `State`; ids of clusters are never so
STATE = "state"


class Tongue(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a language."""

    count: int
    #: sum of its vectors, little-endian float64
    total: bytes
    #: the mean that its documents are centred by, little-endian float32; taken when it had so many vectors
    centre: bytes
    centred_at: int
    #: how often that mean has moved
    number: int


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A write that was begun: where it did not end, its things are taken away and come anew."""

    ids: tuple[str, ...]
    #: the languages without these things
    tongues: dict[str, Tongue]


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How far the changes of clusters are taken in, and what is known of languages."""

    neutral: Neutral
    #: writes so far, the version of what the next one writes
    step: int = 0
    first: int | None = None
    last: int | None = None
    tongues: dict[str, Tongue] = {}
    pending: Pending | None = None


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A state, and which writing of it this is."""

    state: State
    seq_no: int
    term: int


class _Source(msgspec.Struct, frozen=True):
    state: State


class _Found(msgspec.Struct, frozen=True):
    source: _Source = msgspec.field(name="_source")
    seq_no: int = msgspec.field(name="_seq_no")
    term: int = msgspec.field(name="_primary_term")


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A thing's vector as it is kept."""

    tongue: str
    digest: bytes
    #: as the model gave it, little-endian float32
    raw: bytes
    #: number of the mean by which `vector` is centred
    centre: int
    #: searched; not given back
    vector: Sequence[float] = ()


class _Held(msgspec.Struct, frozen=True):
    source: Document = msgspec.field(name="_source")


class _Written(msgspec.Struct, frozen=True):
    seq_no: int = msgspec.field(name="_seq_no")
    term: int = msgspec.field(name="_primary_term")


def alias_of(cluster: Cluster, fingerprint: str) -> str:
    """The name under which a model's vectors are read and written."""
    return f"{_stem(cluster)}-{fingerprint}"


def _stem(cluster: Cluster) -> str:
    return f"{cluster.settings.prefix}-vectors"


def read_state(cluster: Cluster, alias: str) -> Kept | None:
    """The state of a model's vectors; None where there are none."""
    with suppress(NotThere):
        found = cluster.ask("GET", f"/{alias}/_doc/{STATE}", _Found)
        return Kept(state=found.source.state, seq_no=found.seq_no, term=found.term)
    return None


def read_document(cluster: Cluster, alias: str, cluster_id: str) -> Document | None:
    """What is kept of a thing; None where it has no vector."""
    with suppress(NotThere):
        return cluster.ask("GET", f"/{alias}/_doc/{quote(cluster_id, safe='')}", _Held).source
    return None


def put_state(cluster: Cluster, alias: str, state: State, over: Kept | None) -> Kept:
    """Writes a state over the one that was read; raises Conflict where somebody else wrote meanwhile."""
    params = {"require_alias": "true", "refresh": "true"}
    if over is not None:
        params |= {"if_seq_no": str(over.seq_no), "if_primary_term": str(over.term)}
    body: Json = {"state": msgspec.to_builtins(state)}
    found = cluster.ask("PUT", f"/{alias}/_doc/{STATE}", _Written, body=body, params=params)
    return Kept(state=state, seq_no=found.seq_no, term=found.term)


def create(cluster: Cluster, alias: str, size: int) -> None:
    """An index for vectors of so many numbers, compared by their angle over a graph of bytes."""
    settings: Json = {
        "number_of_shards": 1,
        "number_of_replicas": cluster.settings.replicas,
        "refresh_interval": "-1",
        "gc_deletes": "1h",
    }
    body: Json = {"settings": {"index": settings}, "mappings": mapping(size), "aliases": {alias: {}}}
    cluster.ask("PUT", f"/{alias}-1", Acknowledged, body=body)


def mapping(size: int) -> Json:
    """Every field; another one is refused."""
    kept: Json = {"type": "object", "enabled": False}
    vector: Json = {
        "type": "dense_vector",
        "dims": size,
        "index": True,
        "similarity": "cosine",
        "index_options": {"type": "int8_hnsw", "m": 16, "ef_construction": 100},
    }
    fields: Json = {
        "vector": vector,
        "tongue": {"type": "keyword"},
        "centre": {"type": "long"},
        "digest": kept,
        "raw": kept,
        "state": kept,
    }
    return {"dynamic": "strict", "_source": {"excludes": ["vector"]}, "properties": fields}


def drop_others(cluster: Cluster, fingerprint: str) -> None:
    """Takes the vectors of other models away."""
    own = alias_of(cluster, fingerprint)
    for index in cluster.ask("GET", f"/{_stem(cluster)}-*/_alias", dict[str, object]):
        if index != f"{own}-1":
            with suppress(NotThere):
                cluster.ask("DELETE", f"/{index}", Acknowledged)
