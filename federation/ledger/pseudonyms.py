"""Names of people in the ledger: the same within a month, unlinkable across months without the person's key."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

_BITS = 128


def pseudonym(key: bytes, moment: datetime) -> str:
    """HMAC-SHA256(key, month) cut to 128 bits, hexadecimal; `key` is the person's own random one."""
    month = moment.astimezone(UTC).strftime("%Y-%m")
    return hmac.new(key, month.encode(), hashlib.sha256).hexdigest()[: _BITS // 4]
