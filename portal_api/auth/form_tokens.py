"""Tokens that tie a form to the browser that loaded it, masked anew each time so that compression leaks nothing.

The token is derived from a cookie that scripts cannot read (the session's, or a visitor's before signing in); nothing
is stored. An unsafe request needs the token and an Origin of our own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from portal_api.errors import FormExpired

_LENGTH = 32


def form_token(cookie: str) -> str:
    """A fresh mask over the token of `cookie`; two calls differ, both are valid."""
    mask = secrets.token_bytes(_LENGTH)
    return base64.urlsafe_b64encode(mask + _xor(mask, _token(cookie))).decode()


def check_form(cookie: str, sent: str, headers: Mapping[str, str], origins: Sequence[str]) -> None:
    """Raises FormExpired unless `sent` is a token of `cookie` and the request comes from one of `origins`."""
    if not (cookie and _same_origin(headers, origins) and hmac.compare_digest(_unmasked(sent), _token(cookie))):
        raise FormExpired


def _token(cookie: str) -> bytes:
    return hmac.digest(cookie.encode(), b"form token", hashlib.sha256)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _unmasked(sent: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(sent.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return b""
    return _xor(raw[:_LENGTH], raw[_LENGTH:]) if len(raw) == 2 * _LENGTH else b""


def _same_origin(headers: Mapping[str, str], origins: Sequence[str]) -> bool:
    origin = headers.get("Origin", "")
    if not origin:
        parts = urlsplit(headers.get("Referer", ""))
        origin = f"{parts.scheme}://{parts.netloc}"
    return origin in origins
