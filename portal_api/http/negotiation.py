"""Which form of an answer a request prefers, where one address has several."""

from __future__ import annotations


def prefers_json(path: str, accept: str) -> bool:
    """Whether a problem at `path` is told as JSON: under `/api/`, and to a client that asks for JSON alone."""
    return path.startswith(("/api/", "/schemas/")) or ("json" in accept and "text/html" not in accept)
