"""Words that name an identifier by its kind or its shape, such as `ISBN 978-7-101-00304-8`: however it is written."""

from __future__ import annotations

import re

from index.meanings.claims import Claim
from index.query.model import Equals
from index.query.whole_values import SPELT_BY_SHAPE
from mappings.schema.identifiers import normalise, recognise

_NAMED = re.compile(
    r"(ISBN|ISSN|ISMN|LCCN|OCLC|DOI)(?:-1[03])?[: ]+([0-9][0-9A-Za-z./-]*(?: [0-9Xx-]+)*)", re.IGNORECASE
)


def identifier(text: str) -> Claim | None:
    """The identifier that words name; one that fails its check is words alone."""
    found = _NAMED.fullmatch(text)
    value = normalise(found[1].lower(), found[2]).normalised if found else _by_shape(text)
    if value is None:
        return None
    named = Equals(field="identifier", value=value)
    return Claim(kind="identifier", meaning=named, only=named)


def _by_shape(text: str) -> str | None:
    """The one spelling of a word that is an ISBN, a DOI or an ARK by itself; None of any other."""
    found = None if " " in text else recognise(text)
    return found.normalised if found and found.valid and found.scheme in SPELT_BY_SHAPE else None
