"""How a feed makes itself known to its source: by the names of secrets. Their values lie with the operator alone.

A secret says to which origin it may be sent, and is sent nowhere else (harvesting, 2).
"""

from __future__ import annotations

import re
from typing import Literal, Protocol

import msgspec
from yarl import URL

from harvester.errors import CredentialsRefused

Scheme = Literal["", "basic", "digest", "bearer", "header"]

#: how secrets are called: `city-archive`
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 64


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed shows to its own origin, over https only; no secret stands in it."""

    #: what is sent with each request; empty = nothing
    scheme: Scheme = ""
    #: of `basic` and `digest`
    username: str = ""
    #: of `header`: what it is called
    header: str = ""
    #: name of the secret: a password, a token, the header's value
    secret: str = ""
    #: name of the secret that leads to a client certificate with its key; empty = none is shown
    certificate: str = ""
    #: certificates (PEM) of whom alone is believed about the source's own certificate; empty = whom the system believes
    authority: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The secrets that it takes."""
        return tuple(filter(None, (self.secret, self.certificate)))


class Secret:
    """A secret; what is printed of it is its origin."""

    def __init__(self, origin: str, value: str, path: str = "") -> None:
        """`path`: of the file that `value` was read from, if it was; a client certificate is read from it."""
        self.origin, self.value, self.path = origin, value, path

    def __repr__(self) -> str:
        return f"Secret({self.origin!r}, …)"


class Secrets(Protocol):
    """Where secrets lie."""

    def __call__(self, name: str) -> Secret:
        """The secret of that name; raises CredentialsRefused where there is none, or others can read it."""


def no_secrets(name: str) -> Secret:
    """Where none lie."""
    raise CredentialsRefused("secret_missing", f"expected a secret called {name}, found none")


def is_secret_name(text: str) -> bool:
    """Whether a secret can be called so: small letters and digits, parted by single hyphens."""
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def origin_of(address: str) -> str:
    """Scheme, host and port of an address; empty where it has none, or a name and password stand in it."""
    try:
        url = URL(address)
        return "" if url.user or url.password or not url.host else str(url.origin())
    except ValueError:
        return ""
