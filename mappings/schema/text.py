"""Text in a language and a script, and labels that may carry an authority's URI."""

from __future__ import annotations

import msgspec


class Text(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A value as a person wrote it."""

    value: str
    #: ISO 639-3 (collective: 639-5); None where unknown, never a guess
    lang: str | None = None
    #: ISO 15924, such as `Latn` or `Hani`
    script: str | None = None


class Variant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The same words in another script or language."""

    value: str
    #: vernacular, transliteration or translation
    kind: str = "vernacular"
    lang: str | None = None
    script: str | None = None


class Label(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A term, with the authority that defines it where one is named."""

    label: Text
    uri: str | None = None
    scheme: str | None = None
    notation: str | None = None
