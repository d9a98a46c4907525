"""How a request that brought no answer is named; pure."""

from __future__ import annotations

import ssl
from urllib.parse import urljoin, urlsplit

import aiohttp

from harvester.egress import refusal
from harvester.errors import PayloadRefused
from harvester.retry import Failure

MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
#: what a request may raise that says something of its source
RAISED = (aiohttp.ClientError, TimeoutError, OSError, ValueError, PayloadRefused)
#: what OpenSSL calls a certificate's fault (X509_V_ERR_…)
_CERTIFICATE_FAULTS = {10: "certificate_expired", 62: "certificate_of_another_host"}


def failure_of(error: Exception) -> Failure:
    """The failure that one of `RAISED` stands for."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return Failure(reason=_certificate_fault(error.certificate_error))
        case PayloadRefused(reason=reason):
            return Failure(reason=reason, detail=str(error))
        case aiohttp.ClientPayloadError():
            return Failure(reason="truncated", detail=f"expected the whole answer, found {error}")
        case aiohttp.ClientError() | TimeoutError() | OSError():
            return Failure(reason="address_refused" if refusal(error) else "unreachable")
        case _:
            return Failure(reason="redirect_refused")


def following(target: str, location: str) -> str | Failure:
    """Where a redirect leads; none leads from https to anything else."""
    found = urljoin(target, location)
    if urlsplit(target).scheme == "https" and urlsplit(found).scheme != "https":
        return Failure(reason="redirect_refused")
    return found


def _certificate_fault(error: Exception) -> str:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return _CERTIFICATE_FAULTS.get(code, "certificate_untrusted")
