"""A fault of a crosswalk as programs read it: its sentences in English, beside its code and its place."""

from __future__ import annotations

import msgspec

from mappings.errors import Fault


class FaultView(msgspec.Struct, frozen=True, kw_only=True):
    """One fault."""

    code: str
    message: str
    rule: str
    file: str
    line: int
    column: int
    #: what to write instead; empty where nothing can be offered
    hint: str


def fault_view(fault: Fault) -> FaultView:
    """The fault with its sentences said."""
    return FaultView(
        code=fault.code,
        message=fault.message,
        rule=fault.rule,
        file=fault.file,
        line=fault.line,
        column=fault.column,
        hint=fault.hint,
    )
