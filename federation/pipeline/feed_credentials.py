"""How a feed makes itself known to its source, as a person sets it: held against what can be sent, secrets by name."""

from __future__ import annotations

import re
from typing import get_args

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from federation.errors import RequestRefused
from federation.storage.feeds import Source
from harvester.credentials import Credentials, Scheme, is_secret_name, origin_of

#: a token (RFC 9110, 5.6.2), and headers that carry the request itself
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_OUR_OWN = frozenset({
    "host", "connection", "content-length", "content-type", "transfer-encoding", "te", "upgrade", "expect", "range",
    "if-range", "accept-encoding", "user-agent", "from",
})  # fmt: skip
_LONGEST = 200
_MOST_AUTHORITIES, _LONGEST_PEM = 20, 200_000


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Credentials as they were typed; those with nothing in them take a feed's away."""

    #: `basic`, `digest`, `bearer` or `header`
    scheme: str = ""
    username: str = ""
    header: str = ""
    #: names of secrets, never what they are
    secret: str = ""
    certificate: str = ""
    #: certificates (PEM)
    authority: str = ""


def credentials_of(wanted: Wanted, source: Source, base_url: str) -> Credentials:
    """What a feed of this source and address shows.

    raises  RequestRefused: `credentials_unneeded`, `credentials_need_https`, `scheme_invalid`, `username_invalid`,
            `header_invalid`, `secret_name_invalid`, `certificate_name_invalid`, `authority_invalid`
    """
    if wanted == Wanted():
        return Credentials()
    if source in ("upload", "inbox"):
        raise RequestRefused("credentials_unneeded", "expected a source that is asked over the network, found files")
    if not origin_of(base_url).startswith("https:"):
        said = "expected a feed with an https address: over http anybody on the way could read what is sent"
        raise RequestRefused("credentials_need_https", said)
    return Credentials(
        scheme=_scheme(wanted),
        username=_username(wanted),
        header=_header(wanted),
        secret=_named(wanted.secret, "secret_name_invalid") if wanted.scheme else "",
        certificate=_named(wanted.certificate, "certificate_name_invalid") if wanted.certificate else "",
        authority=_authority(wanted.authority) if wanted.authority else "",
    )


def authorities_of(credentials: Credentials) -> list[x509.Certificate]:
    """The pinned certificates."""
    return x509.load_pem_x509_certificates(credentials.authority.encode()) if credentials.authority else []


def _scheme(wanted: Wanted) -> Scheme:
    found = next((known for known in get_args(Scheme) if known == wanted.scheme), None)
    if found is None or (not found and (wanted.username or wanted.header or wanted.secret)):
        known = ", ".join(filter(None, get_args(Scheme)))
        raise RequestRefused("scheme_invalid", f"expected one of {known}, found {wanted.scheme[:20]!r}")
    return found  # type: ignore[no-any-return]


def _username(wanted: Wanted) -> str:
    name = wanted.username
    if wanted.scheme not in ("basic", "digest"):
        if name:
            raise RequestRefused("username_invalid", f"expected no user name for {wanted.scheme}, found one")
        return ""
    if not 0 < len(name) <= _LONGEST or ":" in name or not name.isprintable():
        raise RequestRefused("username_invalid", f"expected 1 to {_LONGEST} letters without a colon as the user name")
    return name


def _header(wanted: Wanted) -> str:
    name = wanted.header
    if wanted.scheme != "header":
        if name:
            raise RequestRefused("header_invalid", f"expected no name of a header for {wanted.scheme}, found one")
        return ""
    if _HEADER.fullmatch(name) is None or name.lower() in _OUR_OWN:
        raise RequestRefused("header_invalid", "expected the name of a header that no request has anyhow: X-Api-Key")
    return name


def _named(name: str, reason: str) -> str:
    if not is_secret_name(name):
        # what stands there may be the secret itself
        expected = "expected the name of a secret, of a to z, 0 to 9 and inner hyphens, such as city-archive"
        raise RequestRefused(reason, f"{expected}; found another text")
    return name


def _authority(text: str) -> str:
    """The certificates alone, written anew."""
    expected = f"expected 1 to {_MOST_AUTHORITIES} certificates (PEM) and no key"
    if "PRIVATE KEY" in text or len(text) > _LONGEST_PEM:
        raise RequestRefused("authority_invalid", f"{expected}, found more than that")
    try:
        found = x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        raise RequestRefused("authority_invalid", f"{expected}, found other text") from None
    if len(found) > _MOST_AUTHORITIES:
        raise RequestRefused("authority_invalid", f"{expected}, found {len(found)}")
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in found)
