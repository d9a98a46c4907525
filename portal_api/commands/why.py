"""Why a source could not be read, in a sentence, and of a private network how it is allowed."""

from __future__ import annotations

from portal_api.pages.admin.reasons import REASONS, TRIAL_FAILURES

_REFUSED = (
    "The address lies inside a private network, from which nothing is read unasked: name it with --allow-network, "
    "such as --allow-network 127.0.0.0/8, or in the setting egress.networks. Or it leads to another port than 80, 443 "
    "and the one that it names: name that one with --port."
)
#: codes that one request has, by those of a run that ends with it
_AS_OF_A_RUN = {"status_401": "not_authorised", "status_403": "bot_wall"}


def why(reason: str) -> str:
    """The sentence for a reason's code; the code itself where it has none."""
    known = _AS_OF_A_RUN.get(reason, reason)
    return _REFUSED if known == "address_refused" else REASONS.get(known) or TRIAL_FAILURES.get(known, known)
