"""Resumption tokens: where a list stands, signed, and nothing kept on the server (OAI-PMH 2.0, 3.5).

A token may be used any number of times. Only `A-Za-z0-9_-`, so that no client can encode it wrongly; one spelling a
token, so that no byte can be changed unseen.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from datetime import UTC, datetime

import msgspec

#: number of the key and layout; a later one is told apart by it
_LAYOUT = 2
_FORM = struct.Struct(">BBBIQQQII")
_SIGNATURE_BYTES = 16
_VERBS = ("ListIdentifiers", "ListRecords", "ListSets")
_OPEN = 2**64 - 1


class TokenInvalid(ValueError):
    """Not a token of this repository."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where a list stands."""

    verb: str
    #: place of the metadata prefix among the repository's formats
    format_number: int = 0
    #: 0 = whatever set
    set_number: int = 0
    since: str = ""
    until: str = ""
    #: number of the last row given
    last: int
    #: rows given so far
    delivered: int
    #: as counted for the first page
    size: int


def write(position: Position, key: bytes) -> str:
    """The token of `position`."""
    body = _FORM.pack(
        _LAYOUT,
        _VERBS.index(position.verb),
        position.format_number,
        position.set_number,
        _seconds(position.since),
        _seconds(position.until),
        position.last,
        min(position.delivered, 2**32 - 1),
        min(position.size, 2**32 - 1),
    )
    return base64.urlsafe_b64encode(body + _signature(body, key)).decode().rstrip("=")


def read(token: str, key: bytes) -> Position:
    """The position that `write` put in; raises TokenInvalid for anything else, other spellings included."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise TokenInvalid("no token") from error
    body, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    canonical = base64.urlsafe_b64encode(raw).decode().rstrip("=") == token
    if len(body) != _FORM.size or not canonical or not hmac.compare_digest(signature, _signature(body, key)):
        raise TokenInvalid("not signed here")
    layout, verb, number, set_number, since, until, last, delivered, size = _FORM.unpack(body)
    if layout != _LAYOUT:
        raise TokenInvalid("another layout")
    return Position(
        verb=_VERBS[verb],
        format_number=number,
        set_number=set_number,
        since=_text(since),
        until=_text(until),
        last=last,
        delivered=delivered,
        size=size,
    )


def _signature(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"oai-pmh resumption token\0" + body, "sha256")[:_SIGNATURE_BYTES]


def _seconds(text: str) -> int:
    """Seconds since the year 1, so that every date of the protocol is positive."""
    if not text:
        return _OPEN
    return int((datetime.fromisoformat(text) - datetime.min.replace(tzinfo=UTC)).total_seconds())


def _text(seconds: int) -> str:
    if seconds == _OPEN:
        return ""
    return instant(datetime.fromtimestamp(seconds + datetime.min.replace(tzinfo=UTC).timestamp(), UTC))


def instant(moment: datetime) -> str:
    """`YYYY-MM-DDThh:mm:ssZ` (OAI-PMH 2.0, 3.3)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
