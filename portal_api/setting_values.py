"""What the text of a setting has to be beyond its type: an address, a network, a namespace."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit, urlunsplit

import msgspec
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from harvester.addresses import is_address, is_network


class Kind(msgspec.Struct, frozen=True):
    """What a text is held against, and how that is called."""

    words: str
    takes: Callable[[str], bool]


def _is_namespace(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*(\.[A-Za-z0-9][A-Za-z0-9-]*)*", text) is not None


def _is_mail_address(text: str) -> bool:
    """As Identify takes one (`emailType`: the domain has a dot) and others can write to: never of this machine."""
    name, _, domain = text.rpartition("@")
    if re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+", name) is None or not _is_namespace(domain):
        return False
    *labels, last = domain.lower().split(".")
    return bool(labels) and last not in {"localhost", "localdomain"} and not last.isdigit()


def _is_page_address(text: str) -> bool:
    return not text or (is_address(text) and not urlsplit(text).query and not urlsplit(text).fragment)


def _is_store(text: str) -> bool:
    try:
        make_url(text or "sqlite://")
    except ArgumentError:
        return False
    return True


def _is_listening_address(text: str) -> bool:
    """Host and port; port 0 takes a free one."""
    try:
        parts = urlsplit(f"//{text}")
        return bool(parts.hostname) and parts.port is not None and parts.netloc == text and "@" not in text
    except ValueError:
        return False


_NETWORK = Kind("an address or a network, such as 10.3.0.0/16", is_network)

#: (section, key) -> what each text of it has to be
KINDS: Mapping[tuple[str, str], Kind] = {
    ("exchange", "authority"): Kind("a domain name, such as exchange.example", _is_namespace),
    ("exchange", "admin_email"): Kind(
        "an e-mail address at a domain that others reach, such as admin@exchange.example", _is_mail_address
    ),
    ("exchange", "public_url"): Kind("an http or https address, such as https://exchange.example", _is_page_address),
    ("storage", "url"): Kind("an address such as postgresql://name@host/database", _is_store),
    ("search", "urls"): Kind("an http or https address, such as http://127.0.0.1:9200", is_address),
    ("work", "metrics_address"): Kind(
        "a host and a port, such as 127.0.0.1:9105", lambda text: not text or _is_listening_address(text)
    ),
    ("http", "trusted_proxies"): _NETWORK,
    ("http", "harvester_networks"): _NETWORK,
    ("egress", "networks"): _NETWORK,
}


def without_password(url: str) -> str:
    """An address as it may be shown."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if not parts.password:
        return url
    name, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{name.partition(':')[0]}:***@{host}"))
