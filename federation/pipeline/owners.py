"""What a person may see for whom work is done while they are away: by the roles that they hold now."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from federation.access.policy import visibility
from federation.storage import accounts
from mappings.schema.access import EVERYONE, Visibility


class _Owner:
    """A person, as far as the policy asks."""

    def __init__(self, acting_for: str, institutions: frozenset[str]) -> None:
        self.acting_for, self._institutions = acting_for, institutions

    def may_act_for(self, institution: str) -> bool:
        """Whether a role of theirs is in `institution`, now."""
        return institution in self._institutions or accounts.EVERYWHERE in self._institutions


def visibility_of(connection: sa.Connection, account: str, acting_for: str, now: datetime) -> Visibility:
    """What somebody who acted for an institution may see at `now`; who lost the role sees what everybody sees."""
    if not account:
        return EVERYONE
    grants = accounts.grants_of(connection, account, now)
    held = frozenset(grant.institution for grant in grants if grant.role != "exchange_admin")
    return visibility(_Owner(acting_for, held))
