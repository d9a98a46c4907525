"""Which searches an SRU feed is fetched by: the feed's own, or parts of it where a server stops before the end; pure.

A server that gives no more than its first records (10,000 is usual) is asked for narrower searches, by a date or by the
first characters of an identifier, each counted before it is fetched (CQL 1.2).
"""

from __future__ import annotations

import string
from datetime import date, timedelta

import msgspec

#: characters with which identifiers go on; capital and small letters are the same in CQL
_CHARACTERS = string.digits + string.ascii_lowercase + "-._:/"
#: longest beginning of an identifier that is asked for
_LONGEST_PREFIX = 12
_FIRST_DAY, _DAY = date(1900, 1, 1), timedelta(days=1)
#: beyond the latest date that a record may state
_BEYOND = timedelta(days=400)


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a feed: what its identifiers begin with, or days between which it lies; all of it with neither."""

    prefix: str = ""
    #: ISO dates, the second one not included
    since: str = ""
    until: str = ""


class SruPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the fetch of a server stands."""

    version: str = ""
    #: the search in hand first
    searches: tuple[Search, ...] = (Search(),)
    #: startRecord of the next request
    position: int = 1
    #: numberOfRecords of the whole feed, as the server first said; None = not known yet
    claim: int | None = None
    #: most records that the server gives of one search, once it has stopped before an end; None = no end was met
    most: int | None = None
    #: digest of the last page: a server that gives it again does not move
    last_page: str = ""


def cql(query: str, search: Search, index: str) -> str:
    """The CQL of a part of `query`, over the index that splits it."""
    if search.prefix:
        return f'({query}) and {index} = "{search.prefix}*"'
    if search.since:
        return f'({query}) and {index} >= "{search.since}" and {index} < "{search.until}"'
    return query


def split(search: Search, index: str, today: date) -> tuple[Search, ...]:
    """Narrower searches in place of one; empty where it cannot be split any more."""
    if "date" in index.lower():
        return _by_date(search, today)
    if len(search.prefix) >= _LONGEST_PREFIX:
        return ()
    return tuple(Search(prefix=search.prefix + character) for character in _CHARACTERS)


def _by_date(search: Search, today: date) -> tuple[Search, ...]:
    since = date.fromisoformat(search.since) if search.since else _FIRST_DAY
    until = date.fromisoformat(search.until) if search.until else today + _BEYOND
    if until - since <= _DAY:
        return ()
    middle = since + (until - since) // 2
    return (
        Search(since=since.isoformat(), until=middle.isoformat()),
        Search(since=middle.isoformat(), until=until.isoformat()),
    )


# --- how an answer moves the fetch ------------------------------------------------------------------------------------

VERSIONS = ("1.2", "1.1", "2.0")
#: where a server that nobody knows splits best
USUAL_INDEX = "rec.identifier"
#: diagnostics (info:srw/diagnostic/1) by what they say of the request
_OTHER_VERSION = (4, 5, 7, 8)
_BUSY = (2,)
_NOT_AUTHORISED = (3,)
_QUERY_REFUSED = range(10, 49)
_SCHEMA_REFUSED = (66, 67, 68)
#: of a narrower search: it cannot be searched so at all
_INDEX_REFUSED = (15, 16, 19, 22, 28)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer says of the result, its records aside."""

    #: places of the result that it took
    size: int
    total: int | None
    diagnostic: int
    digest: str


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """The server will not answer this feed."""

    reason: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Where the fetch stands behind an answer, and whether its records are kept."""

    place: SruPlace
    keeps: bool = True


def advanced(place: SruPlace, told: Told, index: str, today: date) -> Step | Refusal:
    """Where the fetch stands behind an answer; `index` splits what the server does not give whole."""
    if told.diagnostic and not told.size:
        return _refused(place, told, index, today)
    claim = told.total if place.claim is None else place.claim
    moved = msgspec.structs.replace(place, claim=claim, last_page=told.digest)
    first = place.position == 1
    over = moved.most is not None and (told.total or 0) > moved.most
    if first and over and (parts := split(place.searches[0], index, today)):
        return Step(place=_with(moved, (*parts, *place.searches[1:])), keeps=False)
    if not told.size or (told.digest == place.last_page and not first):
        return Step(place=_stopped(moved, told, index, today), keeps=False)
    position = place.position + told.size
    if told.total is not None and position > told.total:
        return Step(place=_with(moved, place.searches[1:]))
    return Step(place=msgspec.structs.replace(moved, position=position))


def _stopped(place: SruPlace, told: Told, index: str, today: date) -> SruPlace:
    """The server gives nothing more of the search in hand: it is at its end, or the server stops here."""
    if told.total is None or place.position > told.total:
        return _with(place, place.searches[1:])
    return _narrowed(place, index, today)


def _narrowed(place: SruPlace, index: str, today: date) -> SruPlace:
    """The search in hand in parts; where it has none, what is missing of it shows in the count."""
    met = place.position - 1
    most = met if place.most is None else max(place.most, met)
    parts = split(place.searches[0], index, today)
    return msgspec.structs.replace(_with(place, (*parts, *place.searches[1:])), most=most)


def _refused(place: SruPlace, told: Told, index: str, today: date) -> Step | Refusal:
    number, search = told.diagnostic, place.searches[0]
    if number in _BUSY:
        return Refusal(reason=_reason(number))
    if search != Search():
        rest = () if number in _INDEX_REFUSED else place.searches[1:]
        return Step(place=_with(place, rest), keeps=False)
    if place.position > 1 or (number == 60 and place.most is None):
        return Step(place=_narrowed(place, index, today), keeps=False)
    if number in _OTHER_VERSION and place.version != VERSIONS[-1]:
        following = VERSIONS[VERSIONS.index(place.version) + 1]
        return Step(place=msgspec.structs.replace(place, version=following), keeps=False)
    return Refusal(reason=_reason(number))


def _reason(diagnostic: int) -> str:
    if diagnostic in _BUSY:
        return "busy"
    if diagnostic in _NOT_AUTHORISED:
        return "not_authorised"
    if diagnostic in _QUERY_REFUSED:
        return "query_refused"
    return "schema_refused" if diagnostic in _SCHEMA_REFUSED else "refused"


def _with(place: SruPlace, searches: tuple[Search, ...]) -> SruPlace:
    """The place at the beginning of the first of `searches`."""
    return msgspec.structs.replace(place, searches=searches, position=1, last_page="")
