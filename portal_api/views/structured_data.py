"""A thing as schema.org JSON-LD, ready to stand in a page: no `<` can end its element."""

from __future__ import annotations

from typing import Any

import msgspec
from markupsafe import Markup

from mappings.schema.unified import UnifiedRecord

_ARCHIVAL = frozenset({"fonds", "subfonds", "series", "subseries", "file"})


def _type(level: str) -> str:
    if level == "collection":
        return "Collection"
    return "ArchiveComponent" if level in _ARCHIVAL else "CreativeWork"


def structured_data(unified: UnifiedRecord, base: str) -> Markup:
    """The JSON text; safe inside `<script type="application/ld+json">`."""
    level = unified.level.value
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _type(level),
        "@id": f"{base}/r/{unified.id}",
        "url": f"{base}/r/{unified.id}",
        "name": unified.title.value.value,
        "creator": [{"@type": "Thing", "name": each.value.name.value} for each in unified.agents],
        "temporalCoverage": [each.value.edtf for each in unified.dates if each.value.edtf],
        "about": [each.value.label.value for each in unified.subjects],
        "inLanguage": [each.value.lang for each in unified.languages],
        "identifier": [each.value.normalised or each.value.value for each in unified.identifiers],
        "holdingArchive": [
            {"@type": "ArchiveOrganization", "name": name, "url": f"{base}/institutions/{slug}"}
            for slug, name in dict.fromkeys((m.institution, m.institution_name) for m in unified.members)
        ],
    }
    kept = {name: value for name, value in found.items() if value}
    return Markup(msgspec.json.encode(kept).decode().replace("<", "\\u003c"))
