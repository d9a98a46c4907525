"""Whether a text that somebody gives is an address of the web, or a network."""

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
    return is_address(text) and "@" not in urlsplit(text).netloc


def is_network(text: str) -> bool:
    """Whether `text` is an IP address or network, such as 10.3.0.0/16."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True
