"""The metadata formats that repositories offer (OAI-PMH 2.0, 3.4)."""

from __future__ import annotations

import msgspec


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """One metadata format."""

    prefix: str
    schema: str
    namespace: str


OAI_DC = Format(
    prefix="oai_dc",
    schema="http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
    namespace="http://www.openarchives.org/OAI/2.0/oai_dc/",
)
OAI_QDC = Format(
    prefix="oai_qdc",
    schema="http://worldcat.org/xmlschemas/qdc/1.0/qdc-1.0.xsd",
    namespace="http://worldcat.org/xmlschemas/qdc-1.0/",
)
MARC21 = Format(
    prefix="marc21",
    schema="http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd",
    namespace="http://www.loc.gov/MARC21/slim",
)
#: formats in which a hosted feed gives back what it was sent
OWN: dict[str, Format] = {each.prefix: each for each in (OAI_DC, OAI_QDC, MARC21)}
