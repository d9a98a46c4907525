"""Counts how many different things bear one heading in openly licensed catalogues, for the table of rarity.

usage: make_table.py DIR, where DIR holds the sample records (folders csv, ead2002, ead3, json, marc21, zh)

Within a catalogue a heading counts once for each maker, of a finding aid once. What three and more bear gives at most
0.6 x log2(things / bearers) bits, in the catalogue where it is commonest. Headings weighed by hand are left out. The
digest of the table stands in `base.yaml`; a rule set that names another is refused.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import re
import sys
import zipfile  # noqa: TID251 - a maintainer's own samples, not what a feed sends
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymarc

from federation.linkage.comparable import comparable
from federation.linkage.rarity import MOST, headings_by_hand
from mappings.schema.folding import words

TABLE = Path(__file__).parents[2] / "federation" / "linkage" / "rulesets" / "headings_counted.tsv"
FEWEST = 3
PREFACE = """\
# heading<TAB>most bits that two equal ones give. Counted by deploy/headings/make_table.py; a change is a new rule set.
# Sources: Library of Congress and GPO (US government works, public domain), Library of Congress finding aids (public
# domain), SAA EAD3 samples, Tate, Carnegie Museum of Art, New York Public Library (CC0 1.0), HathiTrust fiction table
# of T. Underwood, CBETA of DILA, chinese-poetry (MIT).
"""

#: heading as written, and whose it is
Titled = tuple[str, str]


def main(folder: Path) -> None:
    """Writes the table."""
    ceilings: dict[str, float] = {}
    for read in (_books, _finding_aids, _museums, _fiction, _chinese, _collections):
        for heading, bits in _counted(read(folder)).items():
            ceilings[heading] = min(bits, ceilings.get(heading, MOST))
    known = headings_by_hand()
    rows = [(heading, bits) for heading, bits in sorted(ceilings.items()) if heading not in known and bits < MOST]
    TABLE.write_text(PREFACE + "".join(f"{heading}\t{bits:.1f}\n" for heading, bits in rows), encoding="utf-8")
    sys.stdout.write(f"{len(rows)} headings\n")


def _counted(titled: Iterator[Titled]) -> dict[str, float]:
    bearers: dict[str, set[str]] = defaultdict(set)
    for title, whose in titled:
        if heading := comparable(title):
            bearers[heading].add(" ".join(words(whose)))
    things = sum(map(len, bearers.values()))
    return {
        heading: round(0.6 * math.log2(things / len(each)), 1)
        for heading, each in bearers.items()
        if len(each) >= FEWEST
    }


# --- the catalogues -----------------------------------------------------------------------------------------------


def _books(folder: Path) -> Iterator[Titled]:
    for path in sorted((folder / "marc21").glob("*.mrc.gz")):
        with gzip.open(path) as packed:
            for record in pymarc.MARCReader(packed, to_unicode=True, permissive=True):
                if record is not None and (title := record.get("245")) is not None:
                    maker = next((f.get("a") or "" for f in record.get_fields("100", "110", "111")), "")
                    yield " ".join(title.get_subfields("a", "b")), maker


def _finding_aids(folder: Path) -> Iterator[Titled]:
    for path in sorted([*folder.glob("ead3/saa*.zip"), *folder.glob("ead2002/loc*.zip")]):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                if name.endswith(".xml"):
                    text = packed.read(name).decode("utf-8", "replace")
                    for found in re.findall(r"<unittitle[^>]*>(.*?)</unittitle>", text, re.DOTALL):
                        yield re.sub(r"<[^>]+>", " ", found), name


def _museums(folder: Path) -> Iterator[Titled]:
    for row in _lines(folder / "json" / "tate_artworks.jsonl.gz"):
        yield row["title"], next((maker["mda"] for maker in row["contributors"]), "")
    for row in _lines(folder / "json" / "carnegie_museum_of_art.jsonl.gz"):
        makers = row.get("creator") or [{}]
        yield row["title"] or "", str(makers[0].get("cited_name") or makers[0].get("full_name") or row.get("id"))


def _fiction(folder: Path) -> Iterator[Titled]:
    csv.field_size_limit(10_000_000)
    for row in _table(folder / "csv" / "hathitrust_fiction_volumes.tsv.gz", "\t"):
        yield row["shorttitle"] or "", (row["author"] or "").split(",")[0]


def _collections(folder: Path) -> Iterator[Titled]:
    for row in _table(folder / "csv" / "nypl_collections.csv.gz", ","):
        yield row["Title"] or "", row["UUID"] or ""


def _chinese(folder: Path) -> Iterator[Titled]:
    for file in ("poem_titles", "cbeta_works"):
        for row in _lines(folder / "zh" / f"{file}.jsonl.gz"):
            yield row["title"], str(row.get("author") or row.get("byline") or row.get("work"))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _table(path: Path, delimiter: str) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(io.StringIO(lines.read()), delimiter=delimiter)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
