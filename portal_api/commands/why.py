"""Why a source could not be read, in a sentence, and of a private network how it is allowed."""

from __future__ import annotations

from portal_api.pages.admin.reasons import REASONS, TRIAL_FAILURES

_PRIVATE = (
    "The address lies inside a private network, from which nothing is read unasked: name it with --allow-network, "
    "such as --allow-network 127.0.0.0/8, or in the setting egress.networks."
)


def why(reason: str) -> str:
    """The sentence for a reason's code; the code itself where it has none."""
    return _PRIVATE if reason == "address_refused" else REASONS.get(reason) or TRIAL_FAILURES.get(reason, reason)
