"""How a list goes on after its page: the token given, and the place that a token leads back to (OAI-PMH 2.0, 3.5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal_api.oai_provider import envelope, tokens
from portal_api.oai_provider.arguments import Arguments, Refusal
from portal_api.oai_provider.settings import ProviderSettings
from portal_api.oai_provider.tokens import Position, TokenInvalid

#: what a token promises; it is honoured for as long as its key is kept
_PROMISED = timedelta(days=30)


def position(asked: Arguments, settings: ProviderSettings) -> Position:
    """The place that the token of a request leads to; raises Refusal with badResumptionToken."""
    try:
        at = tokens.read(asked.resumption_token, settings.token_key)
    except TokenInvalid as error:
        raise Refusal("badResumptionToken", "not a token of this repository") from error
    if at.verb != asked.verb:
        raise Refusal("badResumptionToken", "a token of another list")
    return at


def token(reached: Position, cursor: int, response_date: str, settings: ProviderSettings) -> str:
    """The `<resumptionToken>` of a page after which more comes.

    cursor   how many rows were given before the page
    """
    expires = tokens.instant(datetime.fromisoformat(response_date) + _PROMISED)
    signed = tokens.write(reached, settings.token_key)
    return envelope.resumption(signed, size=max(reached.size, reached.delivered + 1), cursor=cursor, expires=expires)


def end(size: int, cursor: int) -> str:
    """The `<resumptionToken>` of the last page of several."""
    return envelope.resumption("", size=size, cursor=cursor, expires="")
