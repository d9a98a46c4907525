"""The sets of a list, as one moment of a repository shows them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from federation.storage import export_sets
from portal_api.oai_provider.repositories import SetRow


class WithSets:
    """The part of a view (`repositories.View`) that speaks of sets."""

    _connection: sa.Connection
    #: name of the list among those that have sets
    _list: str

    def sets(self, after: int, limit: int) -> Sequence[SetRow]:
        """A page of the sets that hold something."""
        return [
            SetRow(each.number, each.spec, each.name)
            for each in export_sets.listed(self._connection, self._list, after=after, limit=limit)
        ]

    def count_sets(self) -> int:
        """How many sets hold something."""
        return export_sets.count(self._connection, self._list)

    def set_number(self, spec: str) -> int | None:
        """The number of a set."""
        return export_sets.number_of(self._connection, self._list, spec)
