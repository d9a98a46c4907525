"""One hash for all requests that ask the same of the same reader, however they are written."""

from __future__ import annotations

import hashlib

import msgspec

from index.query.canonical import canonical
from index.request import FacetFilter, SearchRequest
from index.understanding import understand


def canonical_hash(request: SearchRequest) -> bytes:
    """SHA-256 of what decides which hits there are, and their order; raises QueryInvalid under strict syntax.

    Beside the point are pages, what is counted, and how hits are shown.
    """
    asking = understand(request)
    asked = (
        request.visibility,
        canonical(asking.tree),
        asking.recognises,
        asking.dates,
        sorted({msgspec.json.encode(_ordered(each)) for each in request.filters}),
        request.sort,
        request.view,
        request.group,
    )
    return hashlib.sha256(msgspec.json.encode(asked)).digest()


def _ordered(chosen: FacetFilter) -> FacetFilter:
    return msgspec.structs.replace(chosen, values=tuple(sorted(set(chosen.values))))
