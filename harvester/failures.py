"""How a request that brought no answer is named; pure."""

from __future__ import annotations

import re
import ssl
from urllib.parse import urljoin, urlsplit

import aiohttp

from harvester.addresses import has_userinfo
from harvester.egress import PASSWORD_IN_ADDRESS, refusal
from harvester.errors import CredentialsRefused, PayloadRefused
from harvester.retry import Failure

MOST_REDIRECTS = 5
UNAUTHORISED = 401
REDIRECTS = (301, 302, 303, 307, 308)
#: what a request may raise that says something of its source
RAISED = (aiohttp.ClientError, TimeoutError, OSError, ValueError, PayloadRefused, CredentialsRefused)
#: failures in which no answer came: what keeps a feed from asking, and connections that one of both sides does not want
UNANSWERED = frozenset(
    {
        *("secret_missing", "secret_elsewhere", "secret_invalid", "secret_readable", "credentials_need_https"),
        *("authority_unreadable", "client_certificate_unreadable", "client_certificate_refused"),
        *("certificate_expired", "certificate_of_another_host", "certificate_untrusted"),
        *("address_refused", PASSWORD_IN_ADDRESS, "unreachable"),
    }
)
#: what OpenSSL calls a certificate's fault (X509_V_ERR_…)
_CERTIFICATE_FAULTS = {10: "certificate_expired", 62: "certificate_of_another_host"}
#: alerts of a source that does not take the certificate which it was shown, or wants one (RFC 8446, 6.2)
_ALERTS = re.compile(r"ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)")


def failure_of(error: Exception) -> Failure:
    """The failure that one of `RAISED` stands for."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return Failure(reason=_certificate_fault(error.certificate_error))
        case PayloadRefused(reason=reason):
            return Failure(reason=reason, detail=str(error))
        case CredentialsRefused(reason=reason, found=found):
            return Failure(reason=reason, detail=found)
        case _ if _is_of_our_certificate(error):
            return Failure(reason="client_certificate_refused")
        case aiohttp.ClientPayloadError():
            return Failure(reason="truncated", detail=f"expected the whole answer, found {error}")
        case aiohttp.ClientError() | TimeoutError() | OSError():
            refused = refusal(error)
            return Failure(reason="address_refused", detail=refused.found) if refused else Failure(reason="unreachable")
        case _:
            return Failure(reason="redirect_refused")


def following(target: str, location: str) -> str | Failure:
    """Where a redirect leads; none leads from https to anything else, or to an address with a password in it."""
    found = urljoin(target, location)
    if has_userinfo(found):
        return Failure(reason=PASSWORD_IN_ADDRESS, detail="expected no name or password in the address of a redirect")
    if urlsplit(target).scheme == "https" and urlsplit(found).scheme != "https":
        return Failure(reason="redirect_refused")
    return found


def status_failure(status: int, retry_after: str | None, shown: str) -> Failure:
    """The failure that a status stands for.

    shown   the feed's secrets, by their names; empty where it shows none
    """
    expected = f"expected {shown} to be accepted" if shown else "expected the feed to have credentials"
    detail = f"{expected}, found 401" if status == UNAUTHORISED else ""
    return Failure(reason="status", status=status, retry_after=retry_after, detail=detail)


def _is_of_our_certificate(error: BaseException) -> bool:
    seen = (error, error.__cause__, error.__context__)
    return any(
        isinstance(each, ssl.SSLError) and bool(_ALERTS.search(getattr(each, "reason", "") or "")) for each in seen
    )


def _certificate_fault(error: Exception) -> str:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return _CERTIFICATE_FAULTS.get(code, "certificate_untrusted")
