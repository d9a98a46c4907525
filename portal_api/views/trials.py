"""A trial of a feed as its administrator sees it: ten records, each beside what the crosswalk makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from federation.pipeline.sandbox import CheckSum, IssueSum, NotTried, Tried
from federation.pipeline.trial import Sample, Trial
from harvester.oaipmh.identity import Identity
from mappings.engine.explain import at_pointer
from mappings.engine.outcome import Deleted, Mapped, MappedUnit, Rejected, Skipped
from mappings.engine.unread import UnreadPath
from mappings.schema.issue import Issue
from portal_api.views.readable import readable

#: characters of a record that are shown
SHOWN = 6_000
#: units of a finding aid that are named besides its first
SHOWN_BELOW = 10
#: members that a view of a trial has of the trial itself
_SAME = (
    *("format", "crosswalk", "identity", "prefixes", "claim", "records", "more", "units", "sums"),
    *("score", "checks", "filled", "unread", "issues"),
)


class MadeValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value of the common record with the rules behind it."""

    #: dotted path in the common record
    field: str
    value: str
    rules: tuple[str, ...]
    #: source paths that it was read from
    paths: tuple[str, ...]


class SampleView(msgspec.Struct, frozen=True, kw_only=True):
    """One record as it came, beside what was made of it."""

    identifier: str
    #: mapped, deleted, rejected or skipped
    outcome: str
    #: why it was rejected or skipped
    code: str = ""
    source: str
    #: the source is longer than is shown
    cut: bool = False
    title: str = ""
    values: tuple[MadeValue, ...] = ()
    #: titles of further units of a finding aid
    below: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


class TrialView(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial found."""

    identity: Identity | None
    prefixes: tuple[str, ...]
    claim: int | None
    failure: str
    detail: str
    #: what was wrong with the repository's answer, and where
    fault: str
    samples: tuple[SampleView, ...]
    mapped: int
    #: records above those that were not asked for
    unasked: int = 0


class TriedView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a file or an address that somebody brought."""

    #: why there is nothing to show; empty where there is
    failure: str = ""
    detail: str = ""
    format: str = ""
    crosswalk: str = ""
    identity: Identity | None = None
    prefixes: tuple[str, ...] = ()
    claim: int | None = None
    records: int = 0
    more: bool = False
    units: int = 0
    #: mapped, deleted, rejected, skipped -> records
    sums: dict[str, int] = {}
    #: what cannot be read as a record: reason, and the byte, line or row where it begins
    faulty: tuple[tuple[str, int], ...] = ()
    score: float | None = None
    checks: tuple[CheckSum, ...] = ()
    #: field of the common record -> descriptions where it stands
    filled: dict[str, int] = {}
    unread: tuple[UnreadPath, ...] = ()
    issues: tuple[IssueSum, ...] = ()
    samples: tuple[SampleView, ...] = ()


def tried_view(found: Tried | NotTried) -> TriedView:
    """`found`, ready to be shown."""
    if isinstance(found, NotTried):
        return TriedView(failure=found.failure, detail=found.detail)
    same = {name: getattr(found, name) for name in _SAME}
    return TriedView(
        **same,
        faulty=tuple((fault.reason, fault.position) for fault in found.faulty),
        samples=tuple(sample_view(sample) for sample in found.samples),
    )


def trial_view(found: Trial) -> TrialView:
    """`found`, ready to be shown."""
    samples = tuple(sample_view(sample) for sample in found.samples)
    return TrialView(
        identity=found.identity,
        prefixes=found.prefixes,
        claim=found.claim,
        failure=found.failure,
        detail=found.detail,
        fault=found.fault,
        samples=samples,
        mapped=sum(sample.outcome == "mapped" for sample in samples),
        unasked=found.unasked,
    )


def sample_view(sample: Sample) -> SampleView:
    """One record ready to be shown."""
    outcome, payload = sample.outcome, readable(sample.raw)
    shown = SampleView(
        identifier=sample.raw.identifier,
        outcome=type(outcome).__name__.lower(),
        source=payload[:SHOWN],
        cut=len(payload) > SHOWN,
        issues=sample.raw.repairs,
    )
    match outcome:
        case Mapped(units=(unit, *below)):
            return msgspec.structs.replace(
                shown,
                title=unit.record.title.value,
                values=tuple(_values(unit)),
                below=tuple(each.record.title.value for each in below[:SHOWN_BELOW]),
                issues=(*sample.raw.repairs, *unit.issues, *outcome.refused),
            )
        case Rejected(issue=issue):
            return msgspec.structs.replace(shown, code=issue.code, issues=(*sample.raw.repairs, issue))
        case Skipped(reason=reason):
            return msgspec.structs.replace(shown, code=reason)
        case Mapped() | Deleted():
            return shown


def _values(unit: MappedUnit) -> Iterator[MadeValue]:
    record = msgspec.to_builtins(unit.record)
    for pointer, origins in unit.rules.items():
        value = at_pointer(record, pointer)
        if value is not None:
            yield MadeValue(
                field=pointer.strip("/").replace("/", "."),
                value=value if isinstance(value, str) else msgspec.json.encode(value).decode(),
                rules=tuple(dict.fromkeys(rule for rule, _ in origins)),
                paths=tuple(dict.fromkeys(path for _, path in origins if path)),
            )
