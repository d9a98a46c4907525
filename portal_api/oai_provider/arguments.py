"""What a request asks for: six verbs, their arguments, and every way of asking wrongly (OAI-PMH 2.0, 3.1 and 3.6).

Pure. What stands in a repository is not known here: a well-formed argument may still find nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

Verb = Literal["GetRecord", "Identify", "ListIdentifiers", "ListMetadataFormats", "ListRecords", "ListSets"]

ErrorCode = Literal[
    "badArgument",
    "badResumptionToken",
    "badVerb",
    "cannotDisseminateFormat",
    "idDoesNotExist",
    "noMetadataFormats",
    "noRecordsMatch",
    "noSetHierarchy",
]

_LIST = (("metadataPrefix",), ("from", "until", "set"))
#: verb -> (required arguments, optional arguments); `resumptionToken` stands alone where a verb takes it
ARGUMENTS: dict[Verb, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "GetRecord": (("identifier", "metadataPrefix"), ()),
    "Identify": ((), ()),
    "ListIdentifiers": _LIST,
    "ListMetadataFormats": ((), ("identifier",)),
    "ListRecords": _LIST,
    "ListSets": ((), ()),
}
RESUMABLE: frozenset[Verb] = frozenset({"ListIdentifiers", "ListRecords", "ListSets"})

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
#: patterns of OAI-PMH.xsd, so that an answer that repeats the argument stays valid
_SYNTAX = {
    "metadataPrefix": re.compile(r"[A-Za-z0-9\-_.!~*'()]+"),
    "set": re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*"),
    "identifier": re.compile(r"(?:[!#$&-;=?-Z_a-z~\[\]]|%[0-9A-Fa-f]{2})+"),
}

Pairs = Sequence[tuple[str, str]]


class Refusal(Exception):
    """An OAI-PMH error; `code` is one of section 3.6."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.message = message


class Arguments(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is formed as the protocol asks."""

    verb: Verb
    metadata_prefix: str = ""
    identifier: str = ""
    #: inclusive bounds to the second, `YYYY-MM-DDThh:mm:ssZ`; empty = open
    since: str = ""
    until: str = ""
    set_spec: str = ""
    resumption_token: str = ""
    #: as sent, for the `<request>` element
    given: tuple[tuple[str, str], ...] = ()


def read(pairs: Pairs) -> Arguments:
    """The request in `pairs`; raises Refusal with badVerb or badArgument."""
    verb = _verb(pairs)
    given = dict(_checked(verb, [pair for pair in pairs if pair[0] != "verb"]))
    for name, syntax in _SYNTAX.items():
        if name in given and not syntax.fullmatch(given[name]):
            raise Refusal("badArgument", f"{name} is not written as the protocol asks")
    since, until = _window(given.get("from", ""), given.get("until", ""))
    return Arguments(
        verb=verb,
        metadata_prefix=given.get("metadataPrefix", ""),
        identifier=given.get("identifier", ""),
        since=since,
        until=until,
        set_spec=given.get("set", ""),
        resumption_token=given.get("resumptionToken", ""),
        given=(("verb", verb), *given.items()),
    )


def _verb(pairs: Pairs) -> Verb:
    named = [value for name, value in pairs if name == "verb"]
    if len(named) != 1:
        raise Refusal("badVerb", "expected one verb" if named else "the verb is missing")
    for verb in ARGUMENTS:
        if verb == named[0]:
            return verb
    raise Refusal("badVerb", f"expected one of {', '.join(ARGUMENTS)}")


def _checked(verb: Verb, pairs: Pairs) -> Pairs:
    required, optional = ARGUMENTS[verb]
    allowed = {*required, *optional, *(["resumptionToken"] if verb in RESUMABLE else [])}
    counts = Counter(name for name, _ in pairs)
    for name, value in pairs:
        if name not in allowed:
            raise Refusal("badArgument", f"{verb} takes no such argument")
        if counts[name] > 1:
            raise Refusal("badArgument", f"{name} is repeated")
        if not value or "\0" in value:
            raise Refusal("badArgument", f"{name} is empty")
    if "resumptionToken" in counts:
        if len(counts) > 1:
            raise Refusal("badArgument", "resumptionToken stands alone")
        return pairs
    missing = [name for name in required if name not in counts]
    if missing:
        raise Refusal("badArgument", f"{verb} needs {' and '.join(missing)}")
    return pairs


def _window(since: str, until: str) -> tuple[str, str]:
    if since and until and len(since) != len(until):
        raise Refusal("badArgument", "from and until differ in granularity")
    first, last = _moment("from", since, "T00:00:00Z"), _moment("until", until, "T23:59:59Z")
    if first and last and first > last:
        raise Refusal("badArgument", "from is later than until")
    return first, last


def _moment(name: str, text: str, rest_of_day: str) -> str:
    if not text:
        return ""
    whole = text + rest_of_day if _DAY.fullmatch(text) else text
    if not _SECOND.fullmatch(whole):
        raise Refusal("badArgument", f"{name} is no date of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ")
    try:
        datetime.fromisoformat(whole)
    except ValueError as error:
        raise Refusal("badArgument", f"{name} is no day of the calendar") from error
    return whole
