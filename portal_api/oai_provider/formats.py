"""The metadata formats that repositories offer (OAI-PMH 2.0, 3.4)."""

from __future__ import annotations

import msgspec

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
#: formats in which a hosted feed gives back what it was sent
OWN: dict[str, Format] = {prefix: WRITTEN[prefix] for prefix in ("oai_dc", "oai_qdc", "marc21")}
