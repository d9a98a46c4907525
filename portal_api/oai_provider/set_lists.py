"""ListSets: the sets of a repository, a page at a time (OAI-PMH 2.0, 4.6)."""

from __future__ import annotations

from collections.abc import Sequence

from portal_api.oai_provider import envelope, going_on
from portal_api.oai_provider.arguments import Arguments, Refusal
from portal_api.oai_provider.repositories import SetRow, View
from portal_api.oai_provider.settings import ProviderSettings
from portal_api.oai_provider.tokens import Position

_START = Position(verb="ListSets", last=0, delivered=0, size=0)


def answer(asked: Arguments, view: View, settings: ProviderSettings) -> str:
    """The `<ListSets>` element; raises Refusal."""
    at = going_on.position(asked, settings) if asked.resumption_token else _START
    found = view.sets(at.last, settings.page_records + 1)
    kept = found[: settings.page_records]
    if not kept and asked.resumption_token:
        raise Refusal("badResumptionToken", "what this list held has changed; start again")
    if not kept:
        raise Refusal("noSetHierarchy", "this repository has no sets")
    return f"<ListSets>{envelope.sets(kept)}{_token(at, found, kept, view, settings)}</ListSets>"


def _token(
    at: Position, found: Sequence[SetRow], kept: Sequence[SetRow], view: View, settings: ProviderSettings
) -> str:
    """Nothing where the list is whole on one page."""
    delivered = at.delivered + len(kept)
    size = max(at.size or view.count_sets(), delivered)
    if len(found) > len(kept):
        reached = Position(verb="ListSets", last=kept[-1].number, delivered=delivered, size=size)
        return going_on.token(reached, at.delivered, view.response_date, settings)
    return going_on.end(delivered, at.delivered) if at.delivered else ""
