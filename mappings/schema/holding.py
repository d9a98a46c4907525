"""Who holds the material, where, and under which reference code (档号)."""

from __future__ import annotations

import msgspec


class Institution(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A holder as named by the record or by its feed."""

    name: str
    #: the exchange's own short name; None where the holder is not among the partners
    slug: str | None = None
    isil: str | None = None
    wikidata: str | None = None
    #: 档案馆代码
    archive_code: str | None = None


class Container(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A box, folder, reel …"""

    type: str
    number: str


class ReferenceParts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The parts of a Chinese 档号."""

    fonds: str | None = None
    catalogue: str | None = None
    category: str | None = None
    year: str | None = None
    retention: str | None = None
    department: str | None = None
    file: str | None = None
    item: str | None = None
    page: str | None = None


class Holding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One holding of the described material."""

    institution: Institution
    department: str | None = None
    containers: tuple[Container, ...] = ()
    #: 档号, call number or shelfmark as written
    reference_code: str | None = None
    parts: ReferenceParts | None = None
    #: the holder's own page of this material
    url: str | None = None
