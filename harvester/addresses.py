"""Whether a text is an address of the web, or a network, and whether a name or password stands in it."""

from __future__ import annotations

from ipaddress import ip_network
from urllib.parse import urlsplit


def is_address(text: str) -> bool:
    """Whether `text` is a whole http or https address; a name and a password may stand in it."""
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return known and not any(letter.isspace() for letter in text)


def is_web_address(text: str) -> bool:
    """Whether `text` is one without a password in it, as may be shown to anybody."""
    return is_address(text) and not has_userinfo(text)


def has_userinfo(text: str) -> bool:
    """Whether a name or password may stand in an address, or in what was meant as one."""
    try:
        return "@" in urlsplit(text).netloc
    except ValueError:
        return "@" in text


def without_userinfo(text: str) -> str:
    """An address as it may be repeated: what stands before an @ is left out, of what is no address everything."""
    if not has_userinfo(text):
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return "…"
    return parts._replace(netloc="…@" + parts.netloc.rpartition("@")[2]).geturl()


def is_network(text: str) -> bool:
    """Whether `text` is an IP address or network, such as 10.3.0.0/16."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
