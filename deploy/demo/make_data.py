"""Make the packed files of the demonstration from the open sample data.

    python deploy/demo/make_data.py SAMPLES portal_api/demo/data

`SAMPLES` is a folder laid out as in `portal_api/demo/data/SOURCES.md`. The choice of records is fixed: the same sources
give the same bytes.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import chinese_records as chinese
import ead_records as ead
import hathi_records as hathi
import lido_records as lido
import museum_records as museums
import pymarc
from dublin_core import Field, oai_dc, qdc
from marc_records import control_number, harvestable, read_marc, subfields

from portal_api.demo.records import DemoRecord, write_records

_FIRST = datetime(2024, 3, 1, tzinfo=UTC)
_TITLES = (
    "红楼梦",
    "紅樓夢",
    "三國",
    "三国",
    "西遊記",
    "西游记",
    "水滸",
    "水浒",
    "唐詩",
    "唐诗",
    "論語",
    "论语",
    "魯迅",
    "鲁迅",
)


def stamped(authority: str, items: Iterable[tuple[str, str]], *, tombstones: Sequence[str] = ()) -> list[DemoRecord]:
    """`(local identifier, metadata)` as records a minute apart, and tombstones after them."""
    rows = [*items, *((local, "") for local in tombstones)]
    return [
        DemoRecord(
            identifier=f"oai:{authority}:{local}",
            datestamp=(_FIRST + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            metadata=metadata,
        )
        for number, (local, metadata) in enumerate(rows)
    ]


def every(rows: Sequence[pymarc.Record], step: int) -> list[pymarc.Record]:
    """Each `step`-th of `rows`."""
    return list(rows[::step])


def edition_key(title: str, author: str, year: str) -> tuple[str, str, str]:
    """What two copies of one edition share: words of the title, family name of the author, year."""
    words = "".join(letter if letter.isalnum() else " " for letter in title.casefold()).split()
    return " ".join(words), author.split(",")[0].casefold().strip(" ."), year


def congress_key(book: pymarc.Record) -> tuple[str, str, str]:
    """`edition_key` of a Library of Congress book."""
    return edition_key(subfields(book, "245", "ab"), subfields(book, "100", "a"), book["008"].data[7:11])


def novels(samples: Path, congress: list[pymarc.Record]) -> dict[str, list[hathi.Row]]:
    """Volumes of each library: first those that another demonstration library holds too, then others."""
    groups: dict[tuple[str, str, str], list[hathi.Row]] = defaultdict(list)
    for row in hathi.read_volumes(samples / "csv/hathitrust_fiction_volumes.tsv.gz"):
        if hathi.holder(row):
            groups[edition_key(hathi.title(row), hathi.author(row), row["inferreddate"])].append(row)
    held = {congress_key(book) for book in congress}
    shared: dict[str, list[hathi.Row]] = defaultdict(list)
    alone: dict[str, list[hathi.Row]] = defaultdict(list)
    for key, rows in sorted(groups.items()):
        holders = {hathi.holder(row): row for row in reversed(rows)}
        for library, row in holders.items():
            (shared if len(holders) > 1 or key in held else alone)[library].append(row)
    print(f"editions held by two or more: {len({id(row) for rows in shared.values() for row in rows})} copies")
    return {library: (shared[library] + alone[library][::4])[:900] for library in ("michigan", "california")}


def volumes(rows: Sequence[hathi.Row], authority: str, gone: Sequence[str]) -> list[DemoRecord]:
    """HathiTrust rows as the records of one library: Michigan in Dublin Core, California in qualified."""
    write = oai_dc if authority.startswith("michigan") else qdc
    return stamped(authority, ((row["docid"], write(hathi.fields(row))) for row in rows), tombstones=gone)


def tombstones_of(rows: Sequence[hathi.Row], kept: Sequence[hathi.Row], library: str) -> list[str]:
    """Six volumes of `library` that are not among `kept`: withdrawn in the demonstration."""
    present = {row["docid"] for row in kept}
    return [row["docid"] for row in rows if hathi.holder(row) == library and row["docid"] not in present][:6]


def congress_books(samples: Path) -> tuple[list[pymarc.Record], list[pymarc.Record]]:
    """Books of the Library of Congress sample: novels with others, and Chinese books."""
    chosen = read_marc(samples / "marc21/loc_hathi_overlap.mrc.gz")
    present = {control_number(book) for book in chosen}
    others = every(read_marc(samples / "marc21/loc_books_sample.mrc.gz"), 16)
    books = chosen + [book for book in others if control_number(book) not in present]
    all_chinese = read_marc(samples / "marc21/loc_chinese.mrc.gz")
    present = {control_number(book) for book in books}
    known = [book for book in all_chinese if any(word in chinese.vernacular_title(book) for word in _TITLES)][:200]
    picked = {control_number(book): book for book in known + every(all_chinese, 14)}
    return books, [book for number, book in picked.items() if number not in present]


def reading_room(books: Sequence[pymarc.Record]) -> list[DemoRecord]:
    """The demonstration library: 360 of the Chinese books, and two records of its own."""
    shared = [book for book in books if chinese.shareable(book)][:360]
    items: list[tuple[str, list[Field]]] = [
        (f"rr-{number:05}", chinese.reading_room(book)) for number, book in enumerate(shared, 1)
    ]
    rows = [(local, qdc([*fields, ("dc:identifier", local, "")])) for local, fields in items]
    rows += [(local, qdc(fields)) for local, fields in chinese.invented()]
    return stamped("reading-room.demo.example", rows, tombstones=[f"rr-9{number:04}" for number in range(6)])


def museum_files(samples: Path) -> dict[str, list[DemoRecord]]:
    """Tate, Carnegie, New York Public Library, the museums of Romania, and poems."""
    tate = museums.read_lines(samples / "json/tate_artworks.jsonl.gz")[::4]
    cmoa = museums.read_lines(samples / "json/carnegie_museum_of_art.jsonl.gz")
    carnegie = [row for row in cmoa if row["title"]][::7]
    nypl = [row for row in museums.read_table(samples / "csv/nypl_collections.csv.gz") if row["Title"]][:700]
    poems = chinese.poems(museums.read_lines(samples / "zh/poem_titles.jsonl.gz"), 600)
    return {
        "tate": stamped(
            "tate.demo.example",
            ((row["acno"], oai_dc(museums.tate(row))) for row in tate[:-5]),
            tombstones=[row["acno"] for row in tate[-5:]],
        ),
        "carnegie": stamped(
            "cmoa.demo.example",
            ((row["id"].rsplit("/", 1)[1], oai_dc(museums.carnegie(row))) for row in carnegie[:-5]),
            tombstones=[row["id"].rsplit("/", 1)[1] for row in carnegie[-5:]],
        ),
        "nypl": stamped("nypl.demo.example", ((row["UUID"], qdc(museums.nypl(row))) for row in nypl)),
        "romania": stamped(
            "romania.demo.example", lido.objects(samples / "lido/romania_inp_science_technology.xml.gz", 3)
        ),
        "poetry": stamped("poetry.demo.example", ((row["id"], qdc(chinese.poem(row))) for row in poems)),
    }


def library_files(samples: Path) -> dict[str, list[DemoRecord]]:
    """Library of Congress, GPO, the university libraries and the demonstration library."""
    books, chinese_books = congress_books(samples)
    held = novels(samples, books)
    rows = hathi.read_volumes(samples / "csv/hathitrust_fiction_volumes.tsv.gz")
    gpo = every(read_marc(samples / "marc21/gpo_utf8.mrc.gz"), 8)
    gone = stamped("loc.demo.example", (), tombstones=[f"9999{number:04}" for number in range(4)])
    return {
        "loc": [*harvestable(books + chinese_books, "loc.demo.example"), *gone],
        "gpo": list(harvestable(gpo, "gpo.demo.example")),
        "reading-room": reading_room(chinese_books),
        **{
            library: volumes(kept, f"{library}.demo.example", tombstones_of(rows, kept, library))
            for library, kept in held.items()
        },
    }


def archive_files(samples: Path) -> dict[str, list[DemoRecord]]:
    """Finding aids of the University of Minnesota and of North Carolina State University, one of them withdrawn."""
    package = samples / "ead3/saa_ead3_samples.zip"
    return {
        "minnesota": stamped("minnesota.demo.example", ead.finding_aids(package, "UMN", ead.MINNESOTA)),
        "ncsu": stamped("ncsu.demo.example", ead.finding_aids(package, "NCSU", ead.NCSU), tombstones=["mc00496"]),
    }


def main(samples: Path, out: Path) -> None:
    """Write one packed file a partner and say what is in it."""
    for name, records in {**library_files(samples), **museum_files(samples), **archive_files(samples)}.items():
        kept = write_records(out / f"{name}.jsonl.gz", records)
        size = (out / f"{name}.jsonl.gz").stat().st_size
        print(f"{name}: {len(kept)} records, {sum(record.deleted for record in kept)} deleted, {size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
