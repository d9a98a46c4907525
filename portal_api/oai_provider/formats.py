"""The metadata formats that repositories offer (OAI-PMH 2.0, 3.4)."""

from __future__ import annotations

import msgspec

from federation.pipeline.as_sent import OWN
from mappings.engine.inputs import Format as Read
from mappings.serialisations.catalogue import SERIALISATIONS, Serialisation


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """One metadata format."""

    prefix: str
    schema: str
    namespace: str


def _format(known: Serialisation) -> Format:
    return Format(prefix=known.prefix, schema=known.schema, namespace=known.namespace)


#: formats in which records of the exchange are given on, in the order of their serialisations
WRITTEN: dict[str, Format] = {known.prefix: _format(known) for known in SERIALISATIONS}
OAI_DC = WRITTEN["oai_dc"]


def hosted_formats(crosswalk: Read) -> tuple[Format, ...]:
    """Formats in which a feed of files gives back what it was sent: its own, or all where that is none."""
    own = OWN.get(crosswalk.name)
    if own is None:
        return tuple(WRITTEN.values())
    sent = Format(prefix=own.prefix, schema=own.schema, namespace=own.namespace)
    return tuple(dict.fromkeys((OAI_DC, sent)))
