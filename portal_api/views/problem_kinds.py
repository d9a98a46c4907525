"""What the addresses `/about/problems#CODE` lead to: every kind of problem that a door tells."""

from __future__ import annotations

import msgspec

from portal_api.http.problems import TABLE, Row


class ProblemKind(msgspec.Struct, frozen=True, kw_only=True):
    """The problems of one code."""

    code: str
    statuses: tuple[int, ...]
    #: what each of them says of itself, and what can be done next; in English, to be looked up
    titles: tuple[str, ...]
    following: tuple[str, ...]


#: codes that a fault brings in place of its row's
_BROUGHT = {"parameter-unknown": "parameter-invalid", "field-missing": "body-invalid"}


def problem_kinds() -> tuple[ProblemKind, ...]:
    """Every kind, by its status and code."""
    rows: dict[str, list[Row]] = {}
    for row in TABLE.values():
        rows.setdefault(row.code, []).append(row)
    rows |= {code: rows[alike] for code, alike in _BROUGHT.items()}
    return tuple(sorted((_kind(*each) for each in rows.items()), key=lambda kind: (kind.statuses, kind.code)))


def _kind(code: str, rows: list[Row]) -> ProblemKind:
    return ProblemKind(
        code=code,
        statuses=tuple(sorted({row.status for row in rows})),
        titles=tuple(dict.fromkeys(row.title for row in rows)),
        following=tuple(dict.fromkeys(row.next for row in rows if row.next)),
    )
