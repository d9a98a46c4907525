"""The arguments of a list's requests (OAI-PMH 2.0, 4.5), and their addresses."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from harvester.checkpoint import Listing
from harvester.feeds import Feed, TokenForm
from harvester.oaipmh.datestamps import cut, granularity_of, one_granule, read_datestamp, write_datestamp
from harvester.windows import asked

Arguments = tuple[tuple[str, str], ...]

IDENTIFY: Arguments = (("verb", "Identify"),)
#: what may stand in a query as it is; blanks, controls and `#` never may
_VERBATIM = "!\"$%&'()*+,/:;<=>?@[\\]^`{|}~"


def list_arguments(feed: Feed, listing: Listing) -> Arguments:
    """What the next request of `listing` asks; a token stands alone (3.5)."""
    verb = ("verb", "ListIdentifiers" if listing.sweep == "headers" else "ListRecords")
    if listing.token is not None:
        return (verb, ("resumptionToken", listing.token))
    since, until = asked(listing.window, feed.profile.granularity)
    optional = (
        ("set", listing.set_spec),
        ("from", since or _from(listing.since, feed)),
        ("until", until or _until(feed.until, feed)),
    )
    return (verb, ("metadataPrefix", feed.metadata_prefix), *((name, value) for name, value in optional if value))


def record_arguments(feed: Feed, identifier: str) -> Arguments:
    """What asks for one record (4.1)."""
    return (("verb", "GetRecord"), ("identifier", identifier), ("metadataPrefix", feed.metadata_prefix))


def _from(stamp: str | None, feed: Feed) -> str:
    """Where a list begins: a granule earlier where the repository leaves the bound out."""
    bound = _bound(stamp, feed)
    return bound if feed.profile.from_inclusive else _moved(bound, -one_granule(granularity_of(bound)))


def _until(stamp: str | None, feed: Feed) -> str:
    """Where a list ends: a granule later where the repository leaves the bound out, or the rest of its day."""
    bound = _bound(stamp, feed)
    is_day = granularity_of(bound) == "days"
    is_kept = feed.profile.until_inclusive and (feed.profile.until_whole_day or not is_day)
    return bound if is_kept else _moved(bound, one_granule(granularity_of(bound)))


def _moved(bound: str, by: timedelta) -> str:
    moment = read_datestamp(bound)
    return bound if moment is None else write_datestamp(moment + by, granularity_of(bound))


def _bound(stamp: str | None, feed: Feed) -> str:
    """A bound of the list itself: as it was given, until the repository has refused seconds."""
    return cut(stamp, feed.profile.granularity) if feed.profile.knows("granularity") else stamp or ""


def address(base_url: str, arguments: Arguments, token_form: TokenForm = "encoded") -> str:
    """The GET address: `verb` first behind whatever query the base URL has, everything percent-encoded."""
    parts = urlsplit(base_url)
    own = urlencode(parse_qsl(parts.query, keep_blank_values=True), quote_via=quote)
    said = "&".join(f"{name}={_encoded(name, value, token_form)}" for name, value in arguments)
    return urlunsplit(parts._replace(query="&".join(filter(None, (own, said))), fragment=""))


def _encoded(name: str, value: str, token_form: TokenForm) -> str:
    verbatim = name == "resumptionToken" and token_form == "verbatim"
    return quote(value, safe=_VERBATIM if verbatim else "")


def asks_for_seconds(arguments: Arguments) -> bool:
    """Whether a date among them is finer than a day."""
    return any("T" in value for name, value in arguments if name in ("from", "until"))


def has_other_form(token: str) -> bool:
    """Whether the token reads otherwise when it is not percent-encoded."""
    return quote(token, safe="") != quote(token, safe=_VERBATIM)
