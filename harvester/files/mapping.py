"""A file mapped without a store: every unit of it with what becomes of it, and the base that is for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from harvester.files import packages
from harvester.files.reading import kind_of, units_of
from harvester.files.units import FaultyUnit, FileRefused, Found, PackageLimits, Reading, Unit, raw_record, reading_by
from mappings.engine.apply import apply
from mappings.engine.compiled import Compiled
from mappings.engine.library import compiled, names
from mappings.engine.outcome import Context, Outcome, Rejected, Skipped
from mappings.engine.recognising import HEAD_BYTES, names_people, recognise
from mappings.engine.standing import FindAbove
from mappings.schema.issue import issue
from mappings.schema.raw import RawRecord

#: bases that are tried, in this order, on what does not say its format by itself
_TABLES = ("base/dat22", "base/table")
_OF_KIND = {"table": _TABLES, "workbook": _TABLES, "json": ("base/json",)}
#: of records whose file gives no date of change
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


#: feed and native identifier of a record -> what finds the records above it
Finder = Callable[[str, str], FindAbove]


def map_file(
    crosswalk: Compiled, path: Path, context: Context, finder: Finder | None = None
) -> Iterator[tuple[RawRecord, Outcome]]:
    """Each unit of a file with what becomes of it; of units with one identifier the last counts.

    finder  finds what is above a record, by the crosswalk's `parent`; without it each is all that it says itself
    raises  FileRefused where the file as a whole cannot be read
    """
    reading = reading_by(crosswalk)
    last = {found.name: place for place, found in enumerate(units_of(path, reading)) if isinstance(found, Unit)}
    for place, found in enumerate(units_of(path, reading)):
        raw = raw_of(found, crosswalk, context.feed)
        if isinstance(found, FaultyUnit):
            yield raw, Rejected(issue=issue(found.reason, excerpt=found.where or str(found.position)))
        elif last[found.name] != place:
            yield raw, Skipped(reason="duplicate_in_file")
        else:
            yield raw, apply(crosswalk, raw, context, finder(raw.feed, raw.identifier) if finder else None)


def raw_records(crosswalk: Compiled, path: Path, feed: str) -> Iterator[RawRecord]:
    """The units of a file that the crosswalk reads, in their order, as raw records.

    raises  FileRefused
    """
    return (raw_of(found, crosswalk, feed) for found in units_of(path, reading_by(crosswalk)))


def raw_of(found: Found, crosswalk: Compiled, feed: str) -> RawRecord:
    """A unit as a raw record; what cannot be read as one in quarantine, known by its place."""
    if isinstance(found, Unit):
        return raw_record(found, feed=feed, format_=crosswalk.format, received=_NO_DATE)
    return RawRecord(
        feed=feed,
        identifier=found.identifier or found.where or str(found.position),
        datestamp="",
        payload_sha256="",
        payload="",
        format=crosswalk.format.name,
        quality="quarantined",
    )


def base_for(path: Path, limits: PackageLimits = PackageLimits()) -> str:  # noqa: B008
    """The base that reads a file, of a package that of its first member that one reads; empty where none does.

    raises  FileRefused; DocumentRefused
    """
    if kind_of(path) == "package":
        return next((name for member in packages.members(path, limits) if (name := _base_of(member.path))), "")
    return _base_of(path)


def describes_people(path: Path, limits: PackageLimits = PackageLimits()) -> bool:  # noqa: B008
    """Whether a file that no base reads describes people and bodies (EAC-CPF), of a package its first member.

    raises  FileRefused
    """
    if kind_of(path) == "package":
        return any(_is_of_people(member.path) for member in islice(packages.members(path, limits), 1))
    return _is_of_people(path)


def _is_of_people(path: Path) -> bool:
    with path.open("rb") as file:
        return names_people(file.read(HEAD_BYTES))


def _base_of(path: Path) -> str:
    kind = kind_of(path)
    if kind in _OF_KIND:
        return next((name for name in _OF_KIND[kind] if _reads(path, reading_by(compiled(name)))), "")
    with path.open("rb") as file:
        name = f"base/{recognise(file.read(HEAD_BYTES))}"
    return name if name in names() else ""


def _reads(path: Path, reading: Reading) -> bool:
    """Whether the file holds what identifies a record."""
    try:
        return any(isinstance(found, Unit) for found in units_of(path, reading))
    except FileRefused:
        return False
