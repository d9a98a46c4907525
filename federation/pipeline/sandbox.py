"""What anybody brings, mapped by a crosswalk that ships: sums, coverage, score, and records beside what became of them.

Nothing is stored and nothing of the exchange is read. It runs in a worker process (`sandbox_workers`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import msgspec

from federation.pipeline.parent_sources import BroughtParents
from federation.pipeline.trial import Sample
from federation.pipeline.tried_hierarchy import tried_together
from harvester.files.mapping import base_for, describes_people
from harvester.files.packages import first_bytes
from harvester.files.reading import kind_of, units_of
from harvester.files.units import FaultyUnit, FileRefused, Found, PackageLimits, raw_record, reading_by
from harvester.oaipmh.identity import Identity
from mappings.engine.compiled import Compiled
from mappings.engine.coverage import Coverage
from mappings.engine.library import compiled, names
from mappings.engine.outcome import Context, Mapped, Outcome
from mappings.engine.unread import UnreadPath
from mappings.errors import DocumentRefused
from mappings.quality import CHECKS, QualitySum
from mappings.schema.holding import Institution
from mappings.schema.issue import Issue
from mappings.schema.raw import RawRecord

#: records that are mapped, and of them shown
RECORDS, SHOWN = 200, 20
MOST_BYTES = 50 << 20
#: units of a finding aid that are kept of a record that is shown
SHOWN_UNITS = 5
#: characters of a payload that are kept of a record that is shown
KEPT_CHARACTERS = 8_000
PACKAGES = PackageLimits(entries=1_000, unpacked_bytes=256 << 20, ratio=100)

#: kinds of files that are tables, and the base whose columns are the usual ones
_TABLES, _ANY_TABLE = ("table", "workbook"), "base/table"

#: a DOCTYPE with an internal subset, which no reader of XML opens; of comments and instructions before it any
_DECLARES = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?(?:[^?]|\?(?!>))*\?>|<!--(?:[^-]|-(?!->))*-->)*<!DOCTYPE[^<>\[]*\[", re.DOTALL
)

#: what every description has of itself
_ASIDE = frozenset({"id", "source", "level_inferred", "quality"})

_CONTEXT = Context(feed="try", institution=Institution(name="Preview"))


class NotTried(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is nothing to show."""

    #: snake_case: `format_unknown`, `file_empty`, `address_refused`, `unreachable`, `too_slow`, `too_large` …
    failure: str
    #: what was expected and found, in English
    detail: str = ""


class IssueSum(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of issue."""

    code: str
    number: int
    example: str


class CheckSum(msgspec.Struct, frozen=True, kw_only=True):
    """One check of the score."""

    name: str
    weight: int
    #: descriptions for which it holds
    holding: int


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of what was brought."""

    format: str
    #: `name@version` of the crosswalk that was proposed or named
    crosswalk: str
    #: of a repository
    identity: Identity | None = None
    prefixes: tuple[str, ...] = ()
    #: records that a repository says it would list; None where it says nothing
    claim: int | None = None
    records: int
    #: there are more than were mapped
    more: bool
    #: descriptions that came of them
    units: int
    #: what cannot be read as a record
    faulty: tuple[FaultyUnit, ...]
    #: mapped, deleted, rejected, skipped -> records
    sums: dict[str, int]
    #: mean of the descriptions' quality, 0 to 100; None without any
    score: float | None
    checks: tuple[CheckSum, ...]
    #: field of the common record -> descriptions where it stands
    filled: dict[str, int]
    unread: tuple[UnreadPath, ...]
    issues: tuple[IssueSum, ...]
    samples: tuple[Sample, ...]


def try_file(path: Path, crosswalk: str = "") -> Tried | NotTried:
    """Maps the first records of a file by the base that it names, else by the one for the format that it is in."""
    try:
        chosen = crosswalk or base_for(path, PACKAGES)
        if chosen not in names():
            return _of_no_format(path)
        program = compiled(chosen)
        units = units_of(path, reading_by(program, packages=PACKAGES))
        return judged(program, _records(units, program))
    except FileRefused as refused:
        return NotTried(failure=refused.reason, detail=str(refused))
    except DocumentRefused as refused:
        return NotTried(failure=refused.code, detail=str(refused))


def _of_no_format(path: Path) -> NotTried:
    """Why no base reads a file: a table whose rows nothing identifies, or what it is in place of a catalogue."""
    if describes_people(path, PACKAGES):
        found = "descriptions of people and bodies (EAC-CPF)"
        return NotTried(failure="not_a_record_format", detail=f"expected records of what is held, found {found}")
    kind, head = kind_of(path), first_bytes(path)
    if declared := _DECLARES.match(head):
        line = head.count(b"\n", 0, declared.end()) + 1
        detail = f"expected no declarations in a DOCTYPE, found some at line {line}"
        return NotTried(failure="doctype_refused", detail=detail)
    if kind in _TABLES:
        try:
            next(iter(units_of(path, reading_by(compiled(_ANY_TABLE), packages=PACKAGES))), None)
        except FileRefused as refused:
            if refused.reason == "no_key_column":
                return NotTried(failure=refused.reason, detail=str(refused))
    found = _seen_as(head) or (f"a file of the kind {kind}" if kind else "an empty file")
    return NotTried(failure="format_unknown", detail=f"expected a format of {', '.join(names())}, found {found}")


def _seen_as(head: bytes) -> str:
    """What a file is that many take for a catalogue; empty where it is none of them."""
    if head.startswith(b"%PDF"):
        return "a PDF document"
    shown = head.lower()
    return "a web page" if b"<html" in shown or b"<!doctype html" in shown else ""


def _records(found: Iterable[Found], program: Compiled) -> Iterator[RawRecord | FaultyUnit]:
    received = datetime(1970, 1, 1, tzinfo=UTC)
    for unit in found:
        if isinstance(unit, FaultyUnit):
            yield unit
        else:
            yield raw_record(unit, feed=_CONTEXT.feed, format_=program.format, received=received)


def judged(program: Compiled, found: Iterable[RawRecord | FaultyUnit]) -> Tried | NotTried:
    """What `program` makes of the first `RECORDS` of `found`."""
    brought = list(islice(found, RECORDS + 1))
    if not brought:
        return NotTried(failure="no_records", detail="expected records, found none")
    records = [each for each in brought[:RECORDS] if isinstance(each, RawRecord)]
    tally = _Tally(program)
    for raw, outcome in tried_together(program, records, _CONTEXT, BroughtParents(records)):
        tally.add(raw, outcome)
    for each in brought[:RECORDS]:
        if isinstance(each, FaultyUnit):
            tally.add_faulty(each)
    return tally.result(more=len(brought) > RECORDS)


class _Tally:
    """Counts records as they are mapped, and keeps those that are shown."""

    def __init__(self, program: Compiled) -> None:
        self._program = program
        self._coverage, self._quality = Coverage(), QualitySum()
        self._faulty: list[FaultyUnit] = []
        self._issues: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self._samples: list[Sample] = []

    def add_faulty(self, found: FaultyUnit) -> None:
        self._faulty.append(msgspec.structs.replace(found, body=found.body[:KEPT_CHARACTERS]))

    def add(self, found: RawRecord, outcome: Outcome) -> None:
        self._coverage.add(self._program, found, outcome)
        for issue in (*found.repairs, *_issues(outcome)):
            self._issues[issue.code] += 1
            self._examples.setdefault(issue.code, found.identifier)
        for unit in outcome.units if isinstance(outcome, Mapped) else ():
            self._quality.add(unit.record)
        if len(self._samples) < SHOWN:
            self._samples.append(_shown(found, outcome))

    def result(self, *, more: bool) -> Tried:
        coverage = self._coverage
        return Tried(
            format=self._program.format.name,
            crosswalk=self._program.label,
            records=coverage.records,
            more=more,
            units=self._quality.records,
            faulty=tuple(self._faulty),
            sums=dict(coverage.outcomes),
            score=self._quality.mean,
            checks=check_sums(self._quality),
            filled=filled_fields(coverage),
            unread=coverage.unread.most_common(),
            issues=tuple(
                IssueSum(code=code, number=number, example=self._examples[code])
                for code, number in self._issues.most_common()
            ),
            samples=tuple(self._samples),
        )


def filled_fields(coverage: Coverage) -> dict[str, int]:
    """Field of the common record -> descriptions where it stands, the most frequent first."""
    return {name: number for name, number in coverage.filled.most_common() if name not in _ASIDE}


def check_sums(quality: QualitySum) -> tuple[CheckSum, ...]:
    """Every check of the score, in its order."""
    return tuple(
        CheckSum(name=check.name, weight=check.weight, holding=quality.holding[check.name]) for check in CHECKS
    )


def _issues(outcome: Outcome) -> Sequence[Issue]:
    if isinstance(outcome, Mapped):
        return [issue for unit in outcome.units for issue in unit.issues] + list(outcome.refused)
    found = getattr(outcome, "issue", None)
    return [] if found is None else [found]


def _shown(raw: RawRecord, outcome: Outcome) -> Sample:
    kept = msgspec.structs.replace(raw, payload=raw.payload[:KEPT_CHARACTERS])
    if isinstance(outcome, Mapped):
        outcome = msgspec.structs.replace(outcome, units=outcome.units[:SHOWN_UNITS])
    return Sample(raw=kept, outcome=outcome)
