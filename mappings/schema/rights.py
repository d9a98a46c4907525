"""Rights in the material: a URI of rightsstatements.org or Creative Commons, and what was written."""

from __future__ import annotations

import msgspec

from mappings.schema.text import Text

#: "Copyright not evaluated": what stands where a source gives no URI
NOT_EVALUATED = "http://rightsstatements.org/vocab/CNE/1.0/"


class Rights(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Rights in the material and in its metadata."""

    uri: str = NOT_EVALUATED
    text: tuple[Text, ...] = ()
    holder: str | None = None
    #: licence URI of the description itself
    metadata_licence: str | None = None
