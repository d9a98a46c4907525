"""A trial of a feed as its administrator sees it: ten records, each beside what the crosswalk makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from federation.pipeline.trial import Sample, Trial
from harvester.oaipmh.identity import Identity
from mappings.engine.explain import at_pointer
from mappings.engine.outcome import Deleted, Mapped, MappedUnit, Rejected, Skipped
from mappings.schema.issue import Issue

#: characters of a record that are shown
SHOWN = 6_000


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
    issues: tuple[Issue, ...] = ()


class TrialView(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial found."""

    identity: Identity | None
    prefixes: tuple[str, ...]
    claim: int | None
    failure: str
    detail: str
    samples: tuple[SampleView, ...]
    mapped: int


def trial_view(found: Trial) -> TrialView:
    """`found`, ready to be shown."""
    samples = tuple(sample_view(sample) for sample in found.samples)
    return TrialView(
        identity=found.identity,
        prefixes=found.prefixes,
        claim=found.claim,
        failure=found.failure,
        detail=found.detail,
        samples=samples,
        mapped=sum(sample.outcome == "mapped" for sample in samples),
    )


def sample_view(sample: Sample) -> SampleView:
    """One record ready to be shown."""
    outcome, payload = sample.outcome, sample.raw.payload
    shown = SampleView(
        identifier=sample.raw.identifier,
        outcome=type(outcome).__name__.lower(),
        source=payload[:SHOWN],
        cut=len(payload) > SHOWN,
        issues=sample.raw.repairs,
    )
    match outcome:
        case Mapped(units=(unit, *_)):
            return msgspec.structs.replace(
                shown,
                title=unit.record.title.value,
                values=tuple(_values(unit)),
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
