"""Addresses of digital content that the public is not told, because the material is restricted or closed."""

from __future__ import annotations

from mappings.schema.record import CatalogueRecord, DigitalRole

#: roles of a digital address that is the content, not a page about it
CONTENT_ROLES: frozenset[DigitalRole] = frozenset({"manifest", "file"})


def withholds_content(record: CatalogueRecord) -> bool:
    """Whether a record leads to content that is restricted or closed: then none of its digital addresses is told."""
    is_shut = record.access.status in ("restricted", "closed")
    return is_shut and any(digital.role in CONTENT_ROLES for digital in record.digital)
