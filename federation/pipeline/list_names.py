"""Which records a list names: eight bytes each in a file beside it, so that what is closed since is found at once.

A mark holds the record's id and how much of it was shown. It is the same for everybody, tells nothing by itself, and
two records share one by chance once in 10^18 pairs: then a file ends that need not.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from federation.linkage.member_records import own_audience
from federation.storage.durable import put_in_place
from mappings.schema.access import Access
from mappings.schema.unified import Member

MARK_BYTES = 8
#: how much of a record is shown: nothing, what a reduced line allows, all but the address of closed content, all
UNSEEN, REDUCED, WITHOUT_CONTENT, WHOLE = range(4)
#: marks that are put in order at a time
RUN = 1 << 20
#: so many times more marks than are sought, and each is sought by halving
_RARE = 50


def shown(access: Access, *, own: bool) -> int:
    """How much is seen of a record that may be known of at all; its own institution sees all."""
    if own:
        return WHOLE
    if access.line == "reduced":
        return REDUCED
    return WITHOUT_CONTENT if access.status in ("restricted", "closed") else WHOLE


def marks(members: Iterable[Member], audience: str) -> Iterator[int]:
    """Of the records that a written one rests on."""
    for member in members:
        own = audience == own_audience(member.institution)
        yield _mark(member.record, shown(member.access, own=own))


def _mark(record: str, level: int) -> int:
    digest = hashlib.blake2b(record.encode(), digest_size=MARK_BYTES).digest()
    return int.from_bytes(digest, "little") & ~3 | level


def lost(record: str, level: int) -> Iterator[int]:
    """The marks under which more of a record was shown than `level`, as which it is shown now."""
    return (_mark(record, more) for more in range(level + 1, WHOLE + 1))


def packed(found: Iterable[int]) -> bytes:
    """Marks as they lie in the file."""
    return array("Q", found).tobytes()


def put_in_order(path: Path) -> None:
    """Orders the marks of a list that is whole, a run at a time; they are on the disk then."""
    ordered = path.with_suffix(".part")
    with ordered.open("wb") as file:
        for run in _runs(path):
            file.write(packed(sorted(run)))
    put_in_place(ordered, path)


def _runs(path: Path) -> Iterator[array[int]]:
    with path.open("rb") as file:
        while piece := file.read(RUN * MARK_BYTES):
            # a step that was cut short may have left a part of one
            yield array("Q", piece[: len(piece) // MARK_BYTES * MARK_BYTES])


def names_any(path: Path, wanted: AbstractSet[int], *, in_order: bool) -> bool:
    """Whether one of these marks is in a list's file; raises FileNotFoundError."""
    return any(
        any(_has(run, mark) for mark in wanted)
        if in_order and len(wanted) * _RARE < len(run)
        else not wanted.isdisjoint(run)
        for run in _runs(path)
    )


def _has(run: Sequence[int], mark: int) -> bool:
    at = bisect_left(run, mark)
    return at < len(run) and run[at] == mark
