"""Addresses of content that stand untold in the catalogue, and records that would tell them; pure.

A rule that calls the address of what nobody may have a page about it, or states it in another field, would show it,
though no term of access is looser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mappings.schema.record import CatalogueRecord
from mappings.schema.withheld_content import CONTENT_ROLES, withholds_content

#: what is looser then, beside the parts that `federation.access.loosening` names
ADDRESS = "address"


def untold(records: Iterable[CatalogueRecord]) -> frozenset[str]:
    """Addresses of content that the public is told by none of these records."""
    known = tuple(records)
    content = {digital.url for each in known for digital in each.digital if digital.role in CONTENT_ROLES}
    return frozenset(content.difference(*map(_told, known)))


def tells(record: CatalogueRecord, addresses: frozenset[str]) -> bool:
    """Whether the public would be told any of these addresses by a record."""
    return bool(addresses) and not addresses.isdisjoint(_told(record))


def _told(record: CatalogueRecord) -> Iterator[str]:
    if record.access.line != "full":
        return
    if not withholds_content(record):
        yield from (digital.url for digital in record.digital)
    yield from (relation.target for relation in record.relations)
    yield from (identifier.value for identifier in record.identifiers)
    yield from (holding.url for holding in record.holding if holding.url)
    yield from (description.value for description in record.descriptions)
