"""How an institution's own identifier is written where its feed is hosted.

An identifier that is a URI already is given as it is; any other becomes the local part of an `oai` identifier of this
exchange, percent-encoded (OAI-PMH 2.0, 2.4).
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")


def identifier_of(native: str, authority: str) -> str:
    """The OAI identifier of an institution's own one; one that looks like ours is encoded like any other."""
    prefix = f"oai:{authority}:"
    is_given = _URI.fullmatch(native) and not native.startswith(prefix)
    return native if is_given else prefix + quote(native, safe="")


def native_of(identifier: str, authority: str) -> str:
    """The institution's own identifier; as it is where it was given as it is."""
    prefix = f"oai:{authority}:"
    local = unquote(identifier.removeprefix(prefix)) if identifier.startswith(prefix) else ""
    return local if local and identifier_of(local, authority) == identifier else identifier
