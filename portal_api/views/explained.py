"""A stored record explained: each rule with what it read, its steps, and what stands in the record because of it."""

from __future__ import annotations

import msgspec

from mappings.engine.explain import RuleTrace, Trace
from mappings.engine.outcome import Mapped, Rejected, Skipped
from mappings.schema.issue import Issue


class ExplainedView(msgspec.Struct, frozen=True, kw_only=True):
    """One record rule by rule."""

    crosswalk: str
    #: mapped, deleted, rejected or skipped
    outcome: str
    #: why it was rejected or skipped
    code: str = ""
    title: str = ""
    rules: tuple[RuleTrace, ...]
    #: source paths that no rule reads
    unread: tuple[str, ...]
    issues: tuple[Issue, ...] = ()


def explained_view(found: Trace) -> ExplainedView:
    """`found`, ready to be shown."""
    shown = ExplainedView(
        crosswalk=found.crosswalk, outcome=type(found.outcome).__name__.lower(), rules=found.rules, unread=found.unread
    )
    match found.outcome:
        case Mapped(units=(unit, *_)):
            return msgspec.structs.replace(shown, title=unit.record.title.value, issues=unit.issues)
        case Rejected(issue=issue):
            return msgspec.structs.replace(shown, code=issue.code, issues=(issue,))
        case Skipped(reason=reason):
            return msgspec.structs.replace(shown, code=reason)
        case _:
            return shown
