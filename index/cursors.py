"""Cursors: where a walk through hits stands, signed for one question and one reader, nothing kept on the server.

Only `A-Za-z0-9_-`, and one spelling a cursor, so that no byte can be changed unseen.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from datetime import datetime, timedelta

from index.canonical_hash import canonical_hash
from index.errors import CursorInvalid
from index.orders import Reached
from index.request import SearchRequest

#: a walk may rest so long between two pages, and to the end of that hour: within an hour cursors stay the same
LIFE = timedelta(hours=24)
_HOUR_SECONDS = 3_600
#: number of the layout; a later one is told apart by it
_LAYOUT = 2
#: layout, when it expires (seconds since 1970), value, order key, hits given, whether the walk goes back
_FORM = struct.Struct(">BQqQQ?")
_SIGNATURE_BYTES = 16
_PURPOSE = b"search cursor\0"


def written_cursor(reached: Reached, request: SearchRequest, key: bytes, now: datetime) -> str:
    """The cursor that goes on from `reached` with this request, for 24 hours."""
    expires = (int((now + LIFE).timestamp()) // _HOUR_SECONDS + 1) * _HOUR_SECONDS
    body = _FORM.pack(_LAYOUT, expires, reached.value, reached.order_key, reached.given, reached.way == "back")
    return _encoded(body + _signature(body, request, key))


def read_cursor(cursor: str, request: SearchRequest, key: bytes, now: datetime) -> Reached:
    """Where the walk stands; raises CursorInvalid for what was altered, made for another request, or is too old."""
    raw = _decoded(cursor)
    body, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    if len(body) != _FORM.size or not hmac.compare_digest(signature, _signature(body, request, key)):
        raise CursorInvalid("it was not given for this search, or it was changed")
    layout, expires, value, order_key, given, is_back = _FORM.unpack(body)
    if layout != _LAYOUT or now.timestamp() > expires:
        raise CursorInvalid(f"it is older than {LIFE // timedelta(hours=1)} hours")
    return Reached(value=value, order_key=order_key, given=given, way="back" if is_back else "on")


def _signature(body: bytes, request: SearchRequest, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + canonical_hash(request) + body, "sha256")[:_SIGNATURE_BYTES]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(cursor: str) -> bytes:
    """The bytes of a cursor in its only spelling; nothing of any other."""
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
    return raw if _encoded(raw) == cursor else b""
