"""Words that name an identifier by its kind or its shape, such as `ISBN 978-7-101-00304-8`: however it is written."""

from __future__ import annotations

import re

from index.meanings.claims import Claim
from index.query.model import Equals, Under
from index.query.whole_values import SPELT_BY_SHAPE, below
from mappings.schema.ids import is_record_id
from mappings.schema.normal_forms import normalise, recognise

_NAMED = re.compile(
    r"(ISBN|ISSN|ISMN|LCCN|OCLC|DOI)(?:-1[03])?[: ]+([0-9][0-9A-Za-z./-]*(?: [0-9Xx-]+)*)", re.IGNORECASE
)

_LONGEST_CODE = 100


def identifier(text: str) -> Claim | None:
    """The identifier that words name; one that fails its check is words alone."""
    found = _NAMED.fullmatch(text)
    value = normalise(found[1].lower(), found[2]).normalised if found else _by_shape(text)
    if value is None:
        return None
    named = Equals(field="identifier", value=value)
    return Claim(kind="identifier", meaning=named, only=named)


def code(text: str) -> Claim:
    """The reference code that a word is, and all below it; whether there is one the index says."""
    named = Under(field="code_path", value=below(text))
    return Claim(kind="code", meaning=named, only=named)


def is_like_code(word: str) -> bool:
    """Whether a word has the shape of a reference code: parts, or letters and digits; a bare number is a year."""
    has_digit, has_letter = any(map(str.isdigit, word)), any(map(str.isalpha, word))
    parted = "/" in word.strip("/") or word.count("-") > 1
    return len(word) <= _LONGEST_CODE and below(word) == word and ((has_digit and has_letter) or parted)


def _by_shape(text: str) -> str | None:
    """The one spelling of a word that is an ISBN, DOI, ARK or id of the exchange by itself; None of any other."""
    if is_record_id(text.removeprefix("c-")):
        return text
    found = None if " " in text else recognise(text)
    return found.normalised if found and found.valid and found.scheme in SPELT_BY_SHAPE else None
