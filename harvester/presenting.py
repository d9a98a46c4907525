"""What goes with a request to a feed's own origin: a header, a client certificate, whom is believed. Elsewhere nothing.

What keeps the credentials from being shown is found before the first request, and raised by each.
"""

from __future__ import annotations

import base64
import re
import ssl
from pathlib import Path

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

from harvester.answering import Answering
from harvester.credentials import Credentials, Secret, Secrets, origin_of
from harvester.digests import Person
from harvester.errors import CredentialsRefused

_AUTHORIZATION = "Authorization"
#: what a header's value may be made of (RFC 9110, 5.5), here without the bytes that no charset is stated for
_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


class Presented:
    """The credentials of one feed, with their secrets."""

    def __init__(self, credentials: Credentials, base_url: str, secrets: Secrets) -> None:
        self._credentials, self._origin = credentials, origin_of(base_url)
        self._lack: CredentialsRefused | None = None
        self._headers: dict[str, str] = {}
        self._digest: Answering | None = None
        self._tls: ssl.SSLContext | None = None
        try:
            self._prepare(secrets)
        except CredentialsRefused as refused:
            self._lack = refused

    @property
    def what(self) -> str:
        """The secret that is shown, by its name; empty where none is."""
        return " and ".join(f"the secret {name}" for name in self._credentials.names)

    def check(self) -> None:
        """Raises CredentialsRefused where the credentials cannot be shown: nothing is asked without them."""
        if self._lack is not None:
            raise CredentialsRefused(self._lack.reason, self._lack.found)

    def tls(self, url: URL) -> ssl.SSLContext | None:
        """Whom is believed about this address, and what it is shown; None = as about any other."""
        return self._tls if self._is_own(url) else None

    async def __call__(self, request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        """Sends a request, with the credentials if it goes to the feed's own origin."""
        if not self._is_own(request.url):
            return await handler(request)
        request.headers.update(self._headers)
        if self._digest is None:
            return await handler(request)
        return await self._digest(request, handler)

    def _is_own(self, url: URL) -> bool:
        return url.scheme == "https" and str(url.origin()) == self._origin

    def _prepare(self, secrets: Secrets) -> None:
        if self._credentials == Credentials():
            return
        if not self._origin.startswith("https:"):
            said = "expected an https address, without a password in it: credentials go over no other"
            raise CredentialsRefused("credentials_need_https", said)
        if self._credentials.scheme:
            self._take(self._secret(secrets, self._credentials.secret))
        if self._credentials.authority or self._credentials.certificate:
            self._tls = _trusting(self._credentials.authority)
        if self._credentials.certificate and self._tls is not None:
            name = self._credentials.certificate
            _show(self._tls, self._secret(secrets, name), name)

    def _secret(self, secrets: Secrets, name: str) -> Secret:
        found = secrets(name)
        if origin_of(found.origin) != self._origin:
            said = f"expected the secret {name} to be for {self._origin}, found that it is for {found.origin}"
            raise CredentialsRefused("secret_elsewhere", said)
        return found

    def _take(self, secret: Secret) -> None:
        """What the scheme sends."""
        stated = self._credentials
        if _VALUE.fullmatch(secret.value) is None and stated.scheme in ("bearer", "header"):
            expected = f"expected letters, digits and signs of ASCII in the secret {stated.secret}, on one line"
            raise CredentialsRefused("secret_invalid", f"{expected}, found others")
        match stated.scheme:
            case "basic":
                pair = f"{stated.username}:{secret.value}".encode()
                self._headers = {_AUTHORIZATION: f"Basic {base64.b64encode(pair).decode()}"}
            case "digest":
                self._digest = Answering(Person(username=stated.username, password=secret.value))
            case "bearer":
                self._headers = {_AUTHORIZATION: f"Bearer {secret.value}"}
            case "header":
                self._headers = {stated.header: secret.value}


def _trusting(authority: str) -> ssl.SSLContext:
    """Verifies certificates as any context does, by a pinned authority alone where there is one."""
    try:
        context = ssl.create_default_context(cadata=authority or None)
    except (ssl.SSLError, ValueError) as error:
        said = "expected certificates (PEM) as the pinned authority, found none that can be read"
        raise CredentialsRefused("authority_unreadable", said) from error
    if authority:
        # a private authority may vouch by an intermediate certificate alone, and be older than RFC 5280 wants it
        context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    return context


def _show(context: ssl.SSLContext, secret: Secret, name: str) -> None:
    """Has the context show the client certificate that a secret leads to."""
    path = Path(secret.path or secret.value)
    try:
        context.load_cert_chain(path, password=lambda: "")
    except (ssl.SSLError, OSError, ValueError):
        said = f"expected the secret {name} to lead to a file (PEM) of a certificate with its key, not encrypted"
        raise CredentialsRefused("client_certificate_unreadable", said) from None
