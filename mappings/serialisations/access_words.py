"""A condition of access in one line, as formats without fields for its parts carry it."""

from __future__ import annotations

from mappings.schema.access import Access


def access_words(access: Access) -> str:
    """Status, reason and end: `closed (privacy) until 2040`."""
    reason = f" ({access.reason})" if access.reason else ""
    until = f" until {access.until}" if access.until and access.status in ("restricted", "closed") else ""
    return f"{access.status}{reason}{until}"
