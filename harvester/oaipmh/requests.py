"""The arguments of a list's requests (OAI-PMH 2.0, 4.5), and their addresses."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from harvester.checkpoint import Listing
from harvester.feeds import Feed, TokenForm

Arguments = tuple[tuple[str, str], ...]


def list_arguments(feed: Feed, listing: Listing) -> Arguments:
    """What the next request of `listing` asks; a token stands alone (3.5)."""
    if listing.token is not None:
        return (("verb", "ListRecords"), ("resumptionToken", listing.token))
    optional = (("set", listing.set_spec), ("from", listing.since or ""), ("until", feed.until or ""))
    said = tuple((name, value) for name, value in optional if value)
    return (("verb", "ListRecords"), ("metadataPrefix", feed.metadata_prefix), *said)


def address(base_url: str, arguments: Arguments, token_form: TokenForm = "encoded") -> str:
    """The GET address: `verb` first behind whatever query the base URL has, everything percent-encoded."""
    parts = urlsplit(base_url)
    own = urlencode(parse_qsl(parts.query, keep_blank_values=True), quote_via=quote)
    asked = "&".join(f"{name}={_encoded(name, value, token_form)}" for name, value in arguments)
    return urlunsplit(parts._replace(query="&".join(filter(None, (own, asked))), fragment=""))


def _encoded(name: str, value: str, token_form: TokenForm) -> str:
    verbatim = name == "resumptionToken" and token_form == "verbatim"
    return value if verbatim else quote(value, safe="")
