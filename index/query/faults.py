"""Faults of a typed query: told by notices where reading is lenient, refused where it is strict."""

from __future__ import annotations

from typing import Literal

import msgspec

#: what was done with it; each has its sentence on the results page
Code = Literal[
    "query_cut",
    "too_deep",
    "control_removed",
    "no_words",
    "quote_unclosed",
    "quote_empty",
    "bracket_unclosed",
    "bracket_unopened",
    "bracket_empty",
    "operator_alone",
    "operator_removed",
    "mask_removed",
    "mask_in_value",
    "mask_in_code",
    "fuzzy_removed",
    "fuzzy_nearer",
    "slop_cut",
    "slop_removed",
    "mark_removed",
    "value_missing",
    "field_unknown",
    "value_unknown",
    "date_unread",
    "date_swapped",
]

#: code of a fault -> what would have been right there
EXPECTED: dict[Code, str] = {
    "too_deep": "at most 8 brackets inside each other",
    "control_removed": "no control character",
    "no_words": "a term",
    "quote_unclosed": 'a closing "',
    "quote_empty": "words between the quotes",
    "bracket_unclosed": ")",
    "bracket_unopened": "a term",
    "bracket_empty": "a term",
    "operator_alone": "a term",
    "operator_removed": "a term",
    "mask_removed": "3 letters before a mask, in one word with at most 2 masks",
    "mask_in_value": "a whole value",
    "mask_in_code": "a mask behind a whole part of the code, as in WA/*",
    "fuzzy_removed": "one word of 4 letters or more before ~",
    "fuzzy_nearer": "~, or ~2 behind 8 letters or more",
    "slop_cut": "~0 to ~5",
    "slop_removed": "~ behind a phrase of 2 to 4 words",
    "mark_removed": "a mark where it has a meaning, as in title:^",
    "value_missing": "a value behind the colon",
    "date_unread": "a year, EDTF date or period",
    "date_swapped": "the earlier date first",
}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a query that cannot stand as it was written."""

    #: code points of what was typed
    position: int
    length: int = 1
    code: Code
    #: in words; empty where the code says it
    expected: str = ""
    found: str = ""
    #: of a field that is none: names of fields that are spelt much the same
    near: tuple[str, ...] = ()

    @property
    def right(self) -> str:
        """What would have been right there."""
        return self.expected or EXPECTED[self.code]
