"""The model that the settings name, loaded and checked, once a process. Imports the extra: call it where it is on."""

from __future__ import annotations

from functools import cache

from federation.pipeline.embedding_service import served
from index.semantic.bundled import bundled
from index.semantic.embedder import Embedder
from index.semantic.errors import EmbedderAbsent
from index.semantic.settings import BUNDLED, SemanticSettings


@cache
def embedder_of(settings: SemanticSettings) -> Embedder:
    """The model; raises EmbedderAbsent."""
    if settings.embedder == BUNDLED:
        return bundled()
    if settings.is_service and not settings.send_queries:
        raise EmbedderAbsent("queries_not_allowed", "search.semantic_send_queries is not true")
    if settings.is_service:
        return served(settings)
    raise EmbedderAbsent("off", "search.semantic is off")
