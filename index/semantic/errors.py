"""Why there is no search by meaning: each reason has a name that `index status` and the administration show."""

from __future__ import annotations

from typing import Literal

from index.errors import SearchError

#: not_installed: the extra is missing; self_check_failed: the model does not give what it should;
#: queries_not_allowed: a service is named and nobody allowed sending it queries; unreachable: it, or the cluster
#: that holds the vectors, does not answer
Absence = Literal["off", "not_installed", "self_check_failed", "queries_not_allowed", "unreachable"]


class EmbedderAbsent(SearchError):
    """No text becomes a vector.

    reason   why, by name
    """

    def __init__(self, reason: Absence, detail: str) -> None:
        self.reason: Absence = reason
        self.detail = detail
        super().__init__(f"search by meaning is off ({reason}): {detail}")
