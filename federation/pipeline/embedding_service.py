"""A model behind an address: an OpenAI-style embeddings service (`POST …/embeddings`), asked through the guarded gate.

The host comes from the configuration alone. A query is given 300 ms; what is embedded beside waits longer.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Annotated

import aiohttp
import msgspec
import numpy as np
from yarl import URL

from harvester.egress import refusal, session
from harvester.feeds import Feed
from harvester.settings import Limits
from index.semantic.embedder import Vectors
from index.semantic.errors import EmbedderAbsent
from index.semantic.self_check import SAMPLES, check_service, checked
from index.semantic.settings import SemanticSettings

QUERY_SECONDS, PASSAGE_SECONDS = 0.3, 60.0
_LARGEST = 64 * 1024 * 1024
_AGENT = "archive-exchange"


class _Row(msgspec.Struct, frozen=True):
    index: int
    embedding: list[float]


class _Body(msgspec.Struct, frozen=True):
    data: Annotated[list[_Row], msgspec.Meta(min_length=1)]


class ServedEmbedder:
    """`index.semantic.embedder.Embedder` over a service; every call opens a connection and closes it."""

    def __init__(self, settings: SemanticSettings) -> None:
        self._settings = settings
        self._url = URL(settings.embedder.rstrip("/") + "/embeddings")
        # what lies behind an address may change: samples tell one model from another
        vectors = self._asked([sample.passage for sample in SAMPLES], "passage", PASSAGE_SECONDS)
        told = f"{self._url} {settings.model} {vectors.shape[1]} {np.round(vectors @ vectors.T, 2).tolist()}"
        self._fingerprint = hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def fingerprint(self) -> str:
        """Of the address, the model's name and how near samples are to each other."""
        return self._fingerprint

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what readers ask; raises EmbedderAbsent after 300 ms of one query."""
        patience = QUERY_SECONDS if len(texts) == 1 else PASSAGE_SECONDS
        return self._asked(texts, "query", patience)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is found; raises EmbedderAbsent."""
        return self._asked(texts, "passage", PASSAGE_SECONDS)

    def _asked(self, texts: Sequence[str], kind: str, seconds: float) -> Vectors:
        asked = {"input": list(texts), "model": self._settings.model, "encoding_format": "float", "input_type": kind}
        try:
            body = asyncio.run(self._posted(msgspec.json.encode(asked), seconds))
            rows = sorted(msgspec.json.decode(body, type=_Body).data, key=lambda row: row.index)
        except (aiohttp.ClientError, OSError, TimeoutError, msgspec.DecodeError) as error:
            told = refusal(error) or error
            raise EmbedderAbsent("unreachable", f"{self._url.origin()}: {str(told) or type(told).__name__}") from error
        if len(rows) != len(texts):
            raise EmbedderAbsent("self_check_failed", f"expected {len(texts)} vectors, found {len(rows)}")
        vectors = np.array([row.embedding for row in rows], dtype=np.float32)
        return checked(vectors)

    async def _posted(self, body: bytes, seconds: float) -> bytes:
        limits = Limits(page_seconds=seconds, connect_seconds=seconds, first_byte_seconds=seconds)
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self._settings.api_key:
            headers["Authorization"] = f"Bearer {self._settings.api_key}"
        elif self._url.user:
            headers["Authorization"] = aiohttp.BasicAuth(self._url.user, self._url.password or "").encode()
        async with (
            session(self._place(), user_agent=_AGENT, limits=limits) as http,
            http.post(self._url.with_user(None), data=body, headers=headers) as answer,
        ):
            answer.raise_for_status()
            if answer.status != 200:
                raise aiohttp.ClientError(f"answered {answer.status}")
            return await _whole(answer)

    def _place(self) -> Feed:
        """What the gate judges: the service's own port, and private networks that the operator named."""
        port = (self._url.port,) if self._url.port else ()
        return Feed(
            key="semantic",
            base_url=str(self._url),
            metadata_prefix="",
            networks=self._settings.networks,
            ports=port,
        )


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > _LARGEST:
            raise aiohttp.ClientError(f"answered more than {_LARGEST >> 20} MiB")
    return bytes(body)


def served(settings: SemanticSettings) -> ServedEmbedder:
    """The service, asked and checked; raises EmbedderAbsent."""
    embedder = ServedEmbedder(settings)
    check_service(embedder)
    return embedder
