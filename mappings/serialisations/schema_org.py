"""schema.org JSON-LD, as search engines read it. `access` is heeded first, by `cover`."""

from __future__ import annotations

from typing import Any

import msgspec

from mappings.schema.agents import Agent
from mappings.schema.languages import bcp47
from mappings.schema.rights import NOT_EVALUATED
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.agents import dublin_core_element
from mappings.serialisations.cover import Cover, cover_of, one

SUFFIX, CONTENT_TYPE = "jsonld", "application/ld+json"
#: what this format cannot say
LOSSES: tuple[str, ...] = (
    "hierarchy",
    "titles.kind",
    "agents.roles beyond creator, contributor and publisher",
    "agents.dates",
    "variants",
    "dates.kind",
    "subjects.scheme",
    "places.role",
    "holding.parts",
    "holding.containers",
    "access",
    "relations.type",
)
_ARCHIVAL = frozenset({"fonds", "subfonds", "series", "subseries", "file"})
_AGENTS = {"person": "Person", "corporate": "Organization"}


def write(unified: UnifiedRecord, base: str, *, page: str = "") -> str:
    """The JSON text.

    base    the exchange's own address
    page    of the record; empty = that of a thing
    raises  EntryHidden where the audience may see no line of it
    """
    cover = cover_of(unified)
    page = page or f"{base}/r/{unified.id}"
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _type(next(iter(cover.located((unified.level,))), "item")),
        "@id": page,
        "url": page,
        **_described(unified, cover),
        "temporalCoverage": [each.edtf for each in cover.located(unified.dates) if each.edtf],
        "holdingArchive": _holders(unified, cover, base),
        "itemLocation": [each.reference_code for each in cover.located(unified.holding) if each.reference_code],
    }
    return msgspec.json.encode({name: value for name, value in found.items() if value}).decode()


def _type(level: str) -> str:
    if level == "collection":
        return "Collection"
    return "ArchiveComponent" if level in _ARCHIVAL else "CreativeWork"


def _described(unified: UnifiedRecord, cover: Cover) -> dict[str, Any]:
    """What only a full line shows."""
    agents = cover.described(unified.agents)
    rights = cover.described(unified.rights)
    said = cover.described(unified.descriptions)
    return {
        "name": next((title.value for title in cover.described((unified.title,))), ""),
        "alternateName": [title.value for title in cover.described(unified.titles)],
        **{role: [_agent(each) for each in agents if dublin_core_element(each) == role] for role in _ROLES},
        "about": [each.label.value for each in cover.described(unified.subjects)],
        "spatialCoverage": [each.label.value for each in cover.described(unified.places)],
        "genre": [each.label.value for each in cover.described(unified.genre)],
        "material": [each.label.value for each in cover.described(unified.medium)],
        "materialExtent": [each.text for each in cover.described(unified.extent)],
        "inLanguage": [bcp47(each.lang) for each in cover.described(unified.languages)],
        "identifier": [each.normalised or each.value for each in cover.described(unified.identifiers)],
        "description": [each.value for each in said if each.kind != "statement_of_responsibility"],
        "creditText": [each.value for each in said if each.kind == "statement_of_responsibility"],
        "bookEdition": next((each.value for each in cover.described(one(unified.edition))), ""),
        "license": [each.uri for each in rights if each.uri != NOT_EVALUATED],
        "usageInfo": [text.value for each in rights for text in each.text],
        "associatedMedia": [
            {"@type": "MediaObject", "contentUrl": each.url} | ({"encodingFormat": each.mime} if each.mime else {})
            for each in cover.linked(unified.digital)
            if each.role == "file"
        ],
    }


_ROLES = ("creator", "contributor", "publisher")


def _agent(agent: Agent) -> dict[str, str]:
    return {"@type": _AGENTS.get(agent.kind or "", "Thing"), "name": agent.name.value}


def _holders(unified: UnifiedRecord, cover: Cover, base: str) -> list[dict[str, str]]:
    """Each partner that gave a record of the thing, once."""
    seen = [member for member in unified.members if member.record in cover.seen]
    named = dict.fromkeys((member.institution, member.institution_name) for member in seen)
    return [
        {"@type": "ArchiveOrganization", "name": name, "url": f"{base}/institutions/{slug}"} for slug, name in named
    ]
