"""Every XML format that a unified record can be written in.

Their order never changes, as tokens of OAI-PMH name a format by its place: a new one comes last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import chinese_archives, dat46, ead3, edm, marc21, mods, oai_dc, oai_qdc
from mappings.serialisations.cover import Cover


class Write(Protocol):
    """Writes a record; raises EntryHidden, FormatUnavailable."""

    def __call__(self, unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
        """The format's root element, with its namespaces."""


class Missing(Protocol):
    """Tells what a format needs and a record lacks."""

    def __call__(self, unified: UnifiedRecord, cover: Cover) -> str:
        """Empty where the format can say the record."""


class _Module(Protocol):
    """A module of this package that writes a format."""

    PREFIX: str
    NAMESPACE: str
    SCHEMA: str
    VERSION: int
    LOSSES: tuple[str, ...]

    @property
    def write(self) -> Write:
        """See `Write`."""


class Serialisation(msgspec.Struct, frozen=True, kw_only=True):
    """One format."""

    #: metadataPrefix of OAI-PMH
    prefix: str
    #: ending of a download's address
    suffix: str
    #: what pages call it
    label: str
    namespace: str
    #: address of the XML schema; below the exchange's own address where it begins with `/`
    schema: str
    #: raised whenever the same record is written otherwise
    version: int
    #: fields of the common record that the format cannot say
    losses: tuple[str, ...]
    write: Write
    missing: Missing


def nothing(unified: UnifiedRecord, cover: Cover) -> str:
    """Of a format that can say every record."""
    return ""


def _serialisation(module: _Module, suffix: str, label: str, missing: Missing = nothing) -> Serialisation:
    return Serialisation(
        prefix=module.PREFIX,
        suffix=suffix,
        label=label,
        namespace=module.NAMESPACE,
        schema=module.SCHEMA,
        version=module.VERSION,
        losses=module.LOSSES,
        write=module.write,
        missing=missing,
    )


SERIALISATIONS: tuple[Serialisation, ...] = (
    _serialisation(oai_dc, "dc.xml", "Dublin Core"),
    _serialisation(oai_qdc, "qdc.xml", "DCMI terms"),
    _serialisation(mods, "mods.xml", "MODS"),
    _serialisation(edm, "edm.xml", "EDM", edm.missing),
    _serialisation(marc21, "marc.xml", "MARCXML", marc21.missing),
    _serialisation(ead3, "ead3.xml", "EAD3", ead3.missing),
    _serialisation(dat46, "dat46.xml", "DA/T 46", chinese_archives.missing),
)
