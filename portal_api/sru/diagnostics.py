"""What SRU says when it cannot do what was asked: numbers and messages of info:srw/diagnostic/1."""

from __future__ import annotations

import msgspec

from index.errors import CqlInvalid, QueryInvalid
from mappings.errors import ExchangeError

URI = "info:srw/diagnostic/1/"
_SYNTAX = 10

MESSAGES = {
    1: "General system error",
    2: "System temporarily unavailable",
    4: "Unsupported operation",
    5: "Unsupported version",
    6: "Unsupported parameter value",
    7: "Mandatory parameter not supplied",
    8: "Unsupported parameter",
    10: "Query syntax error",
    12: "Too many characters in query",
    13: "Invalid or unsupported use of parentheses",
    14: "Invalid or unsupported use of quotes",
    15: "Unsupported context set",
    16: "Unsupported index",
    19: "Unsupported relation",
    20: "Unsupported relation modifier",
    21: "Unsupported combination of relation modifiers",
    22: "Unsupported combination of relation and index",
    24: "Unsupported combination of relation and term",
    27: "Empty term unsupported",
    28: "Masking character not supported",
    29: "Masked words too short",
    30: "Too many masking characters in term",
    31: "Anchoring character not supported",
    32: "Anchoring character in unsupported position",
    36: "Term in invalid format for index or relation",
    37: "Unsupported boolean operator",
    38: "Too many boolean operators in query",
    39: "Proximity not supported",
    46: "Unsupported boolean modifier",
    48: "Query feature unsupported",
    50: "Result sets not supported",
    59: "Result set created with valid partial results available",
    61: "First record position out of range",
    66: "Unknown schema for retrieval",
    67: "Record not available in this schema",
    71: "Unsupported record packing",
    80: "Sort not supported",
    82: "Too many sort keys to sort",
    85: "Unsupported schema for sort",
    86: "Unsupported path for sort",
    88: "Unsupported direction value",
    89: "Unsupported case value",
    90: "Unsupported missing value action",
    92: "Sort spec included both in query and protocol: query prevails",
    110: "Stylesheets not supported",
    120: "Response position out of range",
}


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """One diagnostic."""

    number: int
    details: str = ""
    #: in our own words; the list's where there are none
    message: str = ""

    @property
    def said(self) -> str:
        """The message."""
        return self.message or MESSAGES[self.number]


def of_query(fault: QueryInvalid) -> Diagnostic:
    """Of a query that cannot be read; the details of a syntax error begin with the place of its first character."""
    if not isinstance(fault, CqlInvalid):
        return Diagnostic(number=_SYNTAX, details=str(fault.position), message=str(fault))
    placed = f"{fault.position}: {fault.details}" if fault.details else str(fault.position)
    details = placed if fault.diagnostic == _SYNTAX else fault.details
    return Diagnostic(number=fault.diagnostic, details=details, message=str(fault))


class SruRefused(ExchangeError):
    """A request that is answered by a diagnostic alone."""

    def __init__(self, number: int, details: str = "", message: str = "") -> None:
        self.diagnostic = Diagnostic(number=number, details=details, message=message)
        super().__init__(f"{self.diagnostic.said} ({details})")

    @classmethod
    def for_query(cls, fault: QueryInvalid) -> SruRefused:
        """The refusal of a query that cannot be read."""
        found = of_query(fault)
        return cls(found.number, found.details, found.message)
