"""The root of every error of the house, and the errors of mapping.

An error carries data; its message says what was expected, what was found and where. HTTP statuses and exit codes are
looked up in `portal_api.http.problems`; no error knows them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from mappings.said import Said, Telling


class ExchangeError(Exception):
    """Anything the exchange refuses or cannot do, with the data to say why."""


class MappingError(ExchangeError):
    """A crosswalk or a document that cannot be used."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of a crosswalk."""

    #: one of the codes of the static check, such as `table_missing`
    code: str
    #: what is wrong
    why: Said
    #: the rule's id, empty where the fault is outside the rules
    rule: str = ""
    file: str = ""
    #: 1-based; 0 where the position is unknown
    line: int = 0
    column: int = 0
    #: what to write instead; none where nothing can be offered
    instead: Said | None = None

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return str(self.why)

    @property
    def hint(self) -> str:
        """What to write instead, in English; empty where nothing can be offered."""
        return "" if self.instead is None else str(self.instead)


class CrosswalkInvalid(MappingError):
    """A crosswalk that fails its static check; carries every fault at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        where = f"{first.file}:{first.line}: " if first.line else ""
        more = f" (and {len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
        super().__init__(f"{where}{first.message} [{first.code}]{more}")
        self.rule, self.file, self.line = first.rule, first.file, first.line


class CrosswalkMissing(Telling, MappingError, LookupError):
    """No crosswalk of this name, or of this version, ships with the exchange."""


class DocumentRefused(MappingError):
    """Bytes that no reader of the house will parse.

    code   `doctype_refused`, `xml_broken`, `too_large`, `too_deep`, `charset_refused` …
    line   1-based line of the fault; 0 where unknown
    """

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        super().__init__(f"{message} [{code}]" + (f" at line {line}" if line else ""))
        self.code, self.line = code, line
