"""What a harvest meets that it cannot go on with."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from mappings.errors import ExchangeError

#: what keeps an address from being reached
Forbidden = Literal["address", "port"]


class HarvestError(ExchangeError):
    """A feed that cannot be harvested, or a page that cannot be read."""


class FeedUnreachable(HarvestError):
    """No usable answer came.

    reason                snake_case: `unreachable`, `too_slow`, `bot_wall`, `unavailable` …
    retry_after_seconds   what the repository asked for; None where it said nothing
    """

    def __init__(self, reason: str, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(f"{message} [{reason}]")
        self.reason, self.retry_after_seconds = reason, retry_after_seconds


class MalformedPage(HarvestError):
    """A body that holds no OAI-PMH document.

    begun   one begins in it, and does not end
    """

    def __init__(self, message: str, *, begun: bool = False) -> None:
        super().__init__(message)
        self.begun = begun


class AddressRefused(HarvestError):
    """An address or a port that no harvest may reach; what the address is inside of a network is not repeated."""

    def __init__(self, reason: Forbidden, port: int) -> None:
        found = (
            "expected a public address, or one in a network that the feed is allowed, found another"
            if reason == "address"
            else f"expected port 80, 443, the feed's own or one of its setting `ports`, found port {port}"
        )
        super().__init__(found)
        self.reason, self.port, self.found = reason, port, found


class CredentialsRefused(HarvestError):
    """Credentials that cannot be shown, or a password where none may stand; no secret is in its message.

    reason   `secret_missing`, `secret_elsewhere`, `credentials_need_https`, `password_in_address` …
    found    what was expected and what was found
    """

    def __init__(self, reason: str, found: str) -> None:
        super().__init__(f"{found} [{reason}]")
        self.reason, self.found = reason, found


class QuietNow(HarvestError):
    """A request that would fall into the quiet hours of its feed; it was not sent.

    until   when they end
    """

    def __init__(self, until: datetime) -> None:
        super().__init__(f"expected an hour in which the source may be asked, found that it is quiet until {until}")
        self.until = until


class PayloadRefused(HarvestError):
    """A body over its limits.

    reason   `oversize`, `too_slow`, `truncated`
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{message} [{reason}]")
        self.reason = reason


class RepositoryError(HarvestError):
    """An error of the protocol (OAI-PMH 2.0, 3.6).

    code   as sent, such as `badArgument`
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"the repository answered {code}: {message}")
        self.code = code
