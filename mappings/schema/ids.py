"""Identifiers that the exchange gives: derived, never counted out.

A record's id rests on its feed's key and its native identifier alone, so a new crosswalk, another order of arrival or a
rebuilt store give the same id.
"""

from __future__ import annotations

import hashlib
import re
from itertools import product

#: Crockford's base 32, lower case: no i, l, o, u
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

_PAIRS = tuple("".join(pair) for pair in product(ALPHABET, repeat=2))
_RECORD_ID = re.compile(f"r[{ALPHABET}]{{26}}")


def record_id(feed_key: str, native_id: str) -> str:
    """`r` and 26 characters: the first 130 bits of SHA-256 over the feed's key, NUL and the native identifier."""
    digest = hashlib.sha256(f"{feed_key}\0{native_id}".encode("utf-8", "surrogatepass")).digest()
    found = "r"
    for start in (0, 5, 10):
        bits = int.from_bytes(digest[start : start + 5], "big")
        found += _PAIRS[bits >> 30] + _PAIRS[bits >> 20 & 1023] + _PAIRS[bits >> 10 & 1023] + _PAIRS[bits & 1023]
    return found + _PAIRS[int.from_bytes(digest[15:17], "big") >> 6]


def is_record_id(text: str) -> bool:
    """Whether `text` has the shape of a record's id."""
    return _RECORD_ID.fullmatch(text) is not None
