"""What a list that was written to a file is: who may take what from it, how it was made, and what it could not say."""

from __future__ import annotations

import msgspec

from federation.storage.list_files import ListFile
from index.canonical_hash import canonical_hash
from index.request import SearchRequest
from mappings.serialisations.bundles import Bundle

#: stands in every manifest
_RIGHTS = (
    "Each description belongs to the institution that gave it, under the licence it states; licences counts the "
    "descriptions by it. Rights in the material itself are stated in each record."
)


def manifest_of(made: ListFile, form: Bundle) -> bytes:
    """The manifest as JSON."""
    told = {
        "id": made.id,
        "of": made.of,
        "format": made.format,
        "content_type": form.content_type,
        "search": f"{made.base}/search?{made.asked}" if made.asked else None,
        "query_sha256": _hash(made),
        "ids": len(made.ids) or None,
        "index": {"generation": made.generation, "seq": made.seq} if made.generation else None,
        "made_at": made.ended_at,
        "kept_until": made.until_at,
        "things": made.total,
        "records": made.written,
        "left_out": made.counts.get("skipped", {}),
        "size_bytes": made.size_bytes,
        "sha256": made.sha256,
        "cannot_say": form.losses,
        "institutions": made.counts.get("institutions", {}),
        "licences": made.counts.get("licences", {}),
        "rights": _RIGHTS,
    }
    return msgspec.json.encode(told)


def _hash(made: ListFile) -> str | None:
    """Of two lists with the same one, the same was asked by people who see the same."""
    if not made.request:
        return None
    return canonical_hash(msgspec.json.decode(made.request, type=SearchRequest)).hex()
