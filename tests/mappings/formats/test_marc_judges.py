"""Every field of every record of the MARC samples is what readers that others wrote find there too."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest

from mappings.formats.iso2709 import all_fields
from mappings.formats.iso2709_pieces import pieces
from tests.peers.marc_readers import Field, read_by_catmandu, read_by_yaz
from tests.sample_data import require_data

pytestmark = pytest.mark.data
#: sample -> its character set, records
SAMPLES = {
    "gpo_marc8": ("marc8", 589),
    "gpo_utf8": ("utf8", 2_796),
    "loc_books_sample": ("marc8", 6_000),
    "loc_chinese": ("utf8", 8_030),
    "loc_hathi_overlap": ("marc8", 402),
}
#: XML takes no control characters and has one line end, so a peer that answers in XML cannot keep them
_LOST_IN_XML = dict.fromkeys(range(32))


def here(data: bytes) -> list[list[Field]]:
    return [
        [(tag, said) if isinstance(said, str) else (tag, said.indicators, said.subfields) for tag, said in fields]
        for _, fields in (all_fields(piece.data) for piece in pieces(data))
    ]


def plain(record: list[Field], cut: Callable[[str], str] = lambda text: text) -> list[Field]:
    """A record by its control fields and its others, in one form of Unicode."""
    control = [(field[0], normalize("NFC", cut(field[1]))) for field in record if len(field) == 2]
    others = [
        (field[0], field[1], tuple((code, normalize("NFC", cut(value))) for code, value in field[2]))
        for field in record
        if len(field) == 3
    ]
    return [*control, *others]


def without_controls(text: str) -> str:
    return text.translate(_LOST_IN_XML)


def unpacked(name: str, folder: Path) -> Path:
    path = folder / f"{name}.mrc"
    path.write_bytes(gzip.decompress(require_data(f"records/marc21/{name}.mrc.gz").read_bytes()))
    return path


@pytest.mark.yaz
@pytest.mark.parametrize("name", SAMPLES)
def test_each_record_is_read_as_yaz_reads_it(name: str, tmp_path: Path) -> None:
    path, (charset, count) = unpacked(name, tmp_path), SAMPLES[name]
    found = [plain(record, without_controls) for record in here(path.read_bytes())]
    assert len(found) == count
    assert found == [plain(record, without_controls) for record in read_by_yaz(path, charset)]


@pytest.mark.perl
@pytest.mark.parametrize("name", [name for name, (charset, _) in SAMPLES.items() if charset == "utf8"])
def test_each_record_is_read_as_catmandu_reads_it(name: str, tmp_path: Path) -> None:
    path = unpacked(name, tmp_path)
    found = [plain(record) for record in here(path.read_bytes())]
    assert found == [plain(record) for record in read_by_catmandu(path)]


@pytest.mark.yaz
@pytest.mark.perl
def test_the_judges_see_a_letter_that_is_another(tmp_path: Path) -> None:
    path = unpacked("gpo_utf8", tmp_path)
    first = next(pieces(path.read_bytes())).data
    path.write_bytes(first.replace(b"Infant", b"Infaut", 1))
    assert plain(here(first)[0]) not in [
        plain(record) for record in (*read_by_yaz(path, "utf8"), *read_by_catmandu(path))
    ]
