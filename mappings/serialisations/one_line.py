"""What formats without fields for its parts carry in one line: a condition of access, a holding, a relation."""

from __future__ import annotations

from mappings.schema.access import Access
from mappings.schema.holding import Holding
from mappings.schema.record import Relation


def access_words(access: Access) -> str:
    """Status, reason and end: `closed (privacy) until 2040`."""
    reason = f" ({access.reason})" if access.reason else ""
    until = f" until {access.until}" if access.until and access.status in ("restricted", "closed") else ""
    return f"{access.status}{reason}{until}"


def holding_words(holding: Holding) -> str:
    """Holder, department and reference code: `Riverside Library, Rare books, RIV/1/2`."""
    return ", ".join(filter(None, (holding.institution.name, holding.department, holding.reference_code)))


def title_and_address(relation: Relation) -> tuple[str | None, str | None]:
    """What the other thing is called, and its address on the web where its target is one."""
    if relation.target.startswith(("http://", "https://")):
        return relation.label, relation.target
    return relation.label or relation.target, None
