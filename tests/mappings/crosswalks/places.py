"""Hand-checked results of records that may not be copied: where each stands in the sample data, and what it must give.

`tests/samples/FORMAT/places.jsonl` names, a line a unit, the file, the unit and the SHA-256 of its bytes, with the
record that was found right. `python -m tests.mappings.crosswalks.places FORMAT` writes the results anew, of one more
unit with `FILE UNIT [PATH]` behind it: read the difference before it is kept. A list with columns of its own is read
by a crosswalk beside the places.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

import msgspec

from harvester.files.mapping import base_for, raw_records
from mappings.engine.apply import apply
from mappings.engine.compiled import Compiled
from mappings.engine.library import compiled
from mappings.schema.raw import RawRecord
from tests.mappings.crosswalks.golden import CONTEXT, SAMPLES, lines_of
from tests.sample_data import require_data


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One unit of the sample data and what its base must make of it."""

    #: below the folder `records` of the sample data
    file: str
    #: identifier of the raw record
    of: str
    #: file of a crosswalk below `tests/samples`, for lists that no base reads; empty: the base for the file
    by: str = ""
    #: path of the unit in its finding aid; empty where a raw record is one unit
    at: str = ""
    #: hex SHA-256 of the raw record's bytes
    sha256: str = ""
    expected: msgspec.Raw = msgspec.Raw(b"null")


def formats() -> tuple[str, ...]:
    """The formats with results of records that stand in the sample data."""
    return tuple(sorted(path.parent.name for path in SAMPLES.glob("*/places.jsonl")))


@cache
def places(format_: str) -> tuple[Place, ...]:
    """The units that were read by hand, file by file."""
    path = SAMPLES / format_ / "places.jsonl"
    lines = path.read_bytes().splitlines() if path.exists() else []
    return tuple(msgspec.json.decode(line, type=Place) for line in lines)


def made(wanted: Sequence[Place]) -> Iterator[Place]:
    """The same places with the bytes and the results that they have now; one that is gone is left out."""
    for (file, by), of_file in groupby(sorted(wanted, key=lambda place: (place.file, place.of, place.at)), _read_by):
        asked = list(of_file)
        raws = _raws(file, by, frozenset(place.of for place in asked))
        for place in asked:
            if place.of in raws:
                yield _made(place, raws[place.of])


def _read_by(place: Place) -> tuple[str, str]:
    return place.file, place.by


def _raws(file: str, by: str, identifiers: frozenset[str]) -> dict[str, RawRecord]:
    path = require_data(f"records/{file}")
    found = raw_records(_crosswalk(by or base_for(path)), path, CONTEXT.feed)
    return {raw.identifier: raw for raw in found if raw.identifier in identifiers}


def _crosswalk(name: str) -> Compiled:
    """A base by its name, or a crosswalk by its file among the samples."""
    return compiled((SAMPLES / name).read_text(encoding="utf-8") if name.endswith(".yaml") else name)


def _made(place: Place, raw: RawRecord) -> Place:
    by = place.by or base_for(require_data(f"records/{place.file}"))
    outcome = apply(_crosswalk(by), raw, CONTEXT)
    lines = [line for path, line in lines_of(raw.identifier, outcome) if path in (None, place.at)]
    return msgspec.structs.replace(
        place, sha256=raw.payload_sha256, expected=msgspec.Raw(lines[0].encode() if lines else b"null")
    )


def _write(format_: str, more: Sequence[str]) -> None:
    wanted = [*places(format_), *([Place(file=more[0], of=more[1], at="".join(more[2:]))] if more else [])]
    path = SAMPLES / format_ / "places.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(msgspec.json.encode(place) + b"\n" for place in made(wanted)))


if __name__ == "__main__":
    _write(sys.argv[1], sys.argv[2:])
