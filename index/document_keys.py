"""Ids and states of documents without the documents: what an index is held against (search chapter, 11)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from index.fields import SCHEMA_VERSION


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What an audience meets of a cluster, by names alone."""

    cluster_id: str
    audience: str
    #: ids of the records that it sees
    members: tuple[str, ...]
    #: `seq` of the cluster's newest change
    version: int


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A document's id, and what its present state sums up to."""

    doc_id: str
    bucket: str
    check: int


def doc_id_of(cluster_id: str, audience: str, record: str | None = None) -> str:
    """Id of what an audience meets: the whole cluster, or one of its records alone."""
    return f"{cluster_id}:{audience}" if record is None else f"{cluster_id}:{audience}:{record}"


def digest_of(doc_id: str) -> bytes:
    """What a document's bucket and its place among equals are taken from."""
    return hashlib.sha256(doc_id.encode()).digest()


def bucket_of(digest: bytes) -> str:
    """The bucket in which a document is summed up."""
    return digest[:1].hex()


def check_of(doc_id: str, version: int) -> int:
    """What a document's state is known by."""
    return int.from_bytes(hashlib.sha256(f"{SCHEMA_VERSION} {doc_id} {version}".encode()).digest()[:4], "big")


def document_keys(shape: Shape) -> Iterator[Key]:
    """The keys of the documents that `index.document.document_of` makes."""
    alone = shape.members if len(shape.members) > 1 else ()
    for record in (None, *alone):
        doc_id = doc_id_of(shape.cluster_id, shape.audience, record)
        yield Key(doc_id=doc_id, bucket=bucket_of(digest_of(doc_id)), check=check_of(doc_id, shape.version))
