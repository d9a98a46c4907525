"""How far an index has read its source: a file beside tantivy's `meta.json`, tied to its commit.

It is written before the commit and names the commit that it was written after. Where the engine still stands at that
commit, the new one never came to be and the older place holds. So an index is never behind its cursor, whatever was
killed, lost or copied back; at worst it repeats a batch, which changes nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from index.embedded.reader import opstamp
from index.place import Place

_FILE = "cursor.json"


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    #: operation that the engine stood at when this was written
    seen: int
    then: Place
    after: Place


def read_place(folder: Path) -> Place | None:
    """Where the index of a folder stands; None where that is not known."""
    try:
        kept = msgspec.json.decode((folder / _FILE).read_bytes(), type=_Kept)
        stands = opstamp(folder)
    except (OSError, msgspec.DecodeError):
        return None
    return kept.then if kept.seen == stands else kept.after


def write_place(folder: Path, *, then: Place, after: Place) -> None:
    """Says that the next commit takes the index from `then` to `after`; equal ones hold with or without a commit."""
    data = msgspec.json.encode(_Kept(seen=opstamp(folder), then=then, after=after))
    made = folder / f"{_FILE}.new"
    with made.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    made.replace(folder / _FILE)
