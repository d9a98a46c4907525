"""A strict checker of OAI-PMH repositories: windows of dates, sets, tokens, deletions and formats, over HTTP.

It knows the protocol and nothing of the house's code: it harvests the whole list once, and then asks for parts of it
of which it can tell from the whole what they must hold. The other checks are `tests.peers.judge`.
"""

from __future__ import annotations

import re
import sys
import urllib.parse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
from lxml import etree

from tests.peers.judge import OAI, Judge

_DAY = timedelta(days=1)
#: what is no date of the protocol, and days that the calendar does not have
NO_DATES = (
    "2026",
    "2026-02",
    "2026-02-30",
    "2026-2-3",
    "2026-02-03T",
    "2026-02-03T10:00",
    "2026-02-03T10:00Z",
    "2026-02-03T10:00:00",
    "2026-02-03T10:00:00.5Z",
    "2026-02-03T10:00:00+01:00",
    "2026-02-03T24:61:00Z",
    "2026-02-03 10:00:00Z",
    "today",
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


class Head(msgspec.Struct, frozen=True):
    """A header as it was listed."""

    identifier: str
    datestamp: str
    deleted: bool
    sets: tuple[str, ...]

    def is_in(self, spec: str) -> bool:
        """Whether one of its sets is `spec` or stands below it."""
        return any(each == spec or each.startswith(f"{spec}:") for each in self.sets)


class Strict:
    """The checks of one repository in one format; each finding is a sentence."""

    def __init__(self, base_url: str, schema: etree.XMLSchema | None = None, *, prefix: str = "oai_dc") -> None:
        self._judge = Judge(base_url, schema)
        self._prefix = prefix
        self._wrong: list[str] = []

    def findings(self) -> list[str]:
        """Everything that is wrong."""
        self._heads = self._listed("ListIdentifiers")
        self._by_stamp: dict[str, set[Head]] = defaultdict(set)
        for head in self._heads:
            self._by_stamp[head.datestamp].add(head)
        checks = (self._stamps, self._windows, self._no_dates, self._sets, self._tokens, self._deletions, self._formats)
        found = [finding for check in checks for finding in check()]
        return self._wrong + found

    def _ask(self, query: str) -> etree._Element:
        root, wrong = self._judge.ask(query)
        self._wrong += wrong
        return root

    def _listed(self, verb: str, **asked: str) -> list[Head]:
        """A whole list; nothing where it is empty."""
        found: list[Head] = []
        for page in self._pages(verb, **asked):
            found += _heads(page)
        return found

    def _pages(self, verb: str, **asked: str) -> Iterator[etree._Element]:
        query = _query(verb, metadataPrefix=self._prefix, **asked)
        while query:
            page = self._ask(query)
            yield page
            token = page.findtext(f".//{OAI}resumptionToken")
            query = _query(verb, resumptionToken=token) if token else ""

    def _codes(self, query: str) -> set[str]:
        return {error.get("code") for error in self._ask(query).iter(f"{OAI}error")}

    def _expects(self, query: str, *codes: str) -> Iterator[str]:
        found = self._codes(query)
        if not found & set(codes):
            yield f"{query}: {sorted(found) or 'no error'} in place of {' or '.join(codes)}"

    def _holds(self, expected: set[Head], said: str, **asked: str) -> Iterator[str]:
        """A part of the list is what the whole says of it."""
        found = self._listed("ListIdentifiers", **asked)
        if len(found) != len(set(found)):
            yield f"{said}: an item comes twice"
        if set(found) != expected:
            missing, more = len(expected - set(found)), len(set(found) - expected)
            yield f"{said}: {missing} missing, {more} that do not belong there"

    def _stamps(self) -> Iterator[str]:
        """No datestamp before the earliest or after the answer (2.7, 4.2)."""
        earliest = self._ask("verb=Identify").findtext(f".//{OAI}earliestDatestamp")
        now = self._ask(_query("ListIdentifiers", metadataPrefix=self._prefix)).findtext(f"{OAI}responseDate")
        for head in self._heads:
            if not earliest <= head.datestamp <= now:
                yield f"{head.identifier}: stamped {head.datestamp}, not between {earliest} and {now}"

    def _windows(self) -> Iterator[str]:
        """Both bounds belong to a window, by the second and by the day; what is outside does not (2.7.1)."""
        for stamp in _some(sorted(self._by_stamp), 5):
            yield from self._holds(self._by_stamp[stamp], f"from = until = {stamp}", **_window(stamp, stamp))
            since = {head for head in self._heads if head.datestamp >= stamp}
            yield from self._holds(since, f"from {stamp}", **{"from": stamp})
            until = {head for head in self._heads if head.datestamp <= stamp}
            yield from self._holds(until, f"until {stamp}", until=stamp)
            day = stamp[:10]
            same = {head for head in self._heads if head.datestamp.startswith(day)}
            yield from self._holds(same, f"from = until = {day}", **_window(day, day))
        stamps = sorted(self._by_stamp)
        after = _moved(stamps[-1], timedelta(days=3650))
        listing = {"metadataPrefix": self._prefix}
        yield from self._expects(_query("ListRecords", **listing, **{"from": after}), "noRecordsMatch")
        early = _moved(stamps[0], -_DAY)
        yield from self._expects(_query("ListRecords", **listing, until=early), "noRecordsMatch")
        backwards = _window(_moved(stamps[0], _DAY), stamps[0])
        yield from self._expects(_query("ListRecords", **listing, **backwards), "badArgument", "noRecordsMatch")

    def _no_dates(self) -> Iterator[str]:
        for wrong in NO_DATES:
            for bound in ("from", "until"):
                yield from self._expects(
                    _query("ListIdentifiers", metadataPrefix=self._prefix, **{bound: wrong}), "badArgument"
                )

    def _sets(self) -> Iterator[str]:
        """Sets are listed once, with those above them; each holds what headers say of it (2.6)."""
        listed = list(self._listed_sets())
        if len(listed) != len(set(listed)):
            yield "ListSets: a set comes twice"
        named = {spec for head in self._heads for spec in head.sets}
        above = {":".join(spec.split(":")[:n]) for spec in named for n in range(1, spec.count(":") + 2)}
        for spec in sorted(above - set(listed)):
            yield f"{spec}: a header names it, and ListSets does not"
        for spec in listed:
            expected = {head for head in self._heads if head.is_in(spec)}
            yield from self._holds(expected, f"set {spec}", set=spec)
        if listed:
            stamp = sorted(self._by_stamp)[len(self._by_stamp) // 2]
            both = {head for head in self._heads if head.is_in(listed[-1]) and head.datestamp >= stamp}
            yield from self._holds(both, f"set {listed[-1]} from {stamp}", set=listed[-1], **{"from": stamp})
            yield from self._expects(
                _query("ListRecords", metadataPrefix=self._prefix, set="no:such:set"), "noRecordsMatch"
            )

    def _listed_sets(self) -> Iterator[str]:
        query = "verb=ListSets"
        while query:
            page = self._ask(query)
            if page.find(f"{OAI}error") is not None:
                return
            yield from (each.text or "" for each in page.iter(f"{OAI}setSpec"))
            token = page.findtext(f".//{OAI}resumptionToken")
            query = _query("ListSets", resumptionToken=token) if token else ""

    def _tokens(self) -> Iterator[str]:
        """A token is one of its verb, stands alone, counts to its last byte and may be used again (3.5)."""
        first = self._ask(_query("ListRecords", metadataPrefix=self._prefix))
        token = first.findtext(f".//{OAI}resumptionToken")
        if not token:
            return
        if not _TOKEN.fullmatch(token):
            yield f"a token of characters that some clients encode wrongly: {token}"
        once, again = (_heads(self._ask(_query("ListRecords", resumptionToken=token))) for _ in range(2))
        if once != again or not once:
            yield "a token used twice gives another page"
        element = first.find(f".//{OAI}resumptionToken")
        if (element.get("expirationDate") or "9999") <= first.findtext(f"{OAI}responseDate"):
            yield "a token that has expired already"
        yield from self._expects(_query("ListIdentifiers", resumptionToken=token), "badResumptionToken")
        more = _query("ListRecords", resumptionToken=token, metadataPrefix=self._prefix)
        yield from self._expects(more, "badArgument")
        for place in range(0, len(token), 7):
            letter = "A" if token[place] != "A" else "B"
            altered = token[:place] + letter + token[place + 1 :]
            yield from self._expects(_query("ListRecords", resumptionToken=altered), "badResumptionToken")

    def _deletions(self) -> Iterator[str]:
        """A tombstone is found under its identifier, with its stamp and sets and nothing else (2.5.1)."""
        if self._ask("verb=Identify").findtext(f".//{OAI}deletedRecord") == "no":
            yield from (f"{head.identifier}: deleted, where nothing is" for head in self._heads if head.deleted)
        for head in _some([head for head in self._heads if head.deleted], 10):
            record = self._record(head.identifier)
            if record is None or _heads(record) != [head] or len(record) != 1:
                yield f"{head.identifier}: listed as deleted, and GetRecord gives something else"

    def _formats(self) -> Iterator[str]:
        """An item's own formats are those in which it is given, and no others (4.4)."""
        every = self._prefixes("verb=ListMetadataFormats")
        for head in _some(self._heads, 10):
            own = self._prefixes(_query("ListMetadataFormats", identifier=head.identifier))
            if self._prefix not in own or not set(own) <= set(every):
                yield f"{head.identifier}: listed in {self._prefix}, its formats are {own}"
            for prefix in every:
                is_given = self._record(head.identifier, prefix) is not None
                if is_given != (prefix in own):
                    yield f"{head.identifier}: {'' if is_given else 'not '}given in {prefix}, its formats are {own}"

    def _prefixes(self, query: str) -> list[str]:
        return [each.text or "" for each in self._ask(query).iter(f"{OAI}metadataPrefix")]

    def _record(self, identifier: str, prefix: str = "") -> etree._Element | None:
        query = _query("GetRecord", identifier=identifier, metadataPrefix=prefix or self._prefix)
        return self._ask(query).find(f".//{OAI}record")


def _query(verb: str, **asked: str | None) -> str:
    return urllib.parse.urlencode({"verb": verb, **{name: value for name, value in asked.items() if value}})


def _window(since: str, until: str) -> dict[str, str]:
    return {"from": since, "until": until}


def _moved(stamp: str, by: timedelta) -> str:
    return (datetime.fromisoformat(stamp) + by).strftime("%Y-%m-%dT%H:%M:%SZ")


def _heads(element: etree._Element) -> list[Head]:
    return [
        Head(
            each.findtext(f"{OAI}identifier") or "",
            sys.intern(each.findtext(f"{OAI}datestamp") or ""),
            each.get("status") == "deleted",
            _shared(tuple(spec.text or "" for spec in each.iter(f"{OAI}setSpec"))),
        )
        for each in element.iter(f"{OAI}header")
    ]


@lru_cache(maxsize=10_000)
def _shared(sets: tuple[str, ...]) -> tuple[str, ...]:
    """The same once in memory: a million headers name few combinations of sets."""
    return sets


def _some(values: Sequence[object], count: int) -> list[object]:
    """A few of `values`, evenly spread, the first and the last among them."""
    if len(values) <= count:
        return list(values)
    return [values[round(place * (len(values) - 1) / (count - 1))] for place in range(count)]
