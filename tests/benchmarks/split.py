"""Splitting files of MARC into records and naming each: this exchange beside what parses the same files."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pymarc

from harvester.files.reading import units_of
from harvester.files.units import Unit, reading_by
from mappings.engine.library import compiled
from tests.benchmarks.result import Result, measured
from tests.sample_data import SAMPLE_DATA

#: what is split: both forms of the same records, and the MARCXML of a catalogue whose records are five times as long
FORMATS = ("iso2709", "marcxml", "marcxml, long records")
_COLLECTION = (b'<collection xmlns="http://www.loc.gov/MARC21/slim">', b"</collection>")
#: control characters of the samples that no XML may hold (XML 1.0, 2.2)
_NOT_IN_XML = bytes(set(range(32)) - set(b"\t\n\r"))
#: (format, path) -> records found
Split = Callable[[str, Path], int]


def run(records: int) -> list[Result]:
    """Each format, the exchange first; a peer that is not installed is left out, and told."""
    subjects: dict[str, Split] = {"exchange": _exchange, "pymarc": _pymarc}
    if shutil.which("yaz-marcdump"):
        subjects["yaz-marcdump"] = _yaz
    else:
        print("yaz-marcdump (Debian: yaz) is not installed", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        return [
            _measured(format_, subject, split, path, records)
            for format_ in FORMATS
            for path in [_unpacked(format_, Path(folder), records)]
            for subject, split in subjects.items()
        ]


def _measured(format_: str, subject: str, split: Split, path: Path, records: int) -> Result:
    split(format_, path)
    with measured() as taken:
        found = split(format_, path)
    if not found:
        raise RuntimeError(f"{subject} found no record of {format_}")
    return taken.per_cpu_second(f"split {format_}", subject, found)


def _unpacked(format_: str, folder: Path, records: int) -> Path:
    """One file that a partner might send, with at least so many records where it is made of the samples of ISO 2709."""
    path = folder / format_
    if format_ == "marcxml, long records":
        path.write_bytes(max(_samples("marcxml", "*.xml.gz"), key=len))
        return path
    whole = b"".join(_samples("marc21", "*.mrc.gz"))
    whole *= -(-records // whole.count(b"\x1d"))
    path.write_bytes(whole if format_ == "iso2709" else b"".join(_as_xml(whole)))
    return path


def _samples(folder: str, pattern: str) -> list[bytes]:
    return [gzip.decompress(path.read_bytes()) for path in sorted((SAMPLE_DATA / "records" / folder).glob(pattern))]


def _as_xml(whole: bytes) -> Iterator[bytes]:
    start, end = _COLLECTION
    yield start
    for record in pymarc.MARCReader(whole, to_unicode=True, permissive=True):
        if record is not None:
            yield pymarc.record_to_xml(record).translate(None, _NOT_IN_XML)
    yield end


def _exchange(format_: str, path: Path) -> int:
    return sum(isinstance(found, Unit) for found in units_of(path, reading_by(compiled("base/marc21"))))


def _pymarc(format_: str, path: Path) -> int:
    """The identifier that the exchange gives a record, of the whole record."""
    return sum(1 for record in _parsed(format_, path) if record is not None and record.get("001"))


def _parsed(format_: str, path: Path) -> Iterator[pymarc.Record | None]:
    if format_ != "iso2709":
        found: list[pymarc.Record | None] = []
        pymarc.map_xml(found.append, str(path))
        yield from found
        return
    with path.open("rb") as file:
        yield from pymarc.MARCReader(file, to_unicode=True, permissive=True)


def _yaz(format_: str, path: Path) -> int:
    asked = ["yaz-marcdump", "-i", "marc" if format_ == "iso2709" else "marcxml", "-o", "marcxml", str(path)]
    return subprocess.run(asked, check=False, capture_output=True).stdout.count(b"<record")
