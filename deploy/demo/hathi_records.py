"""Copies of novels in university libraries, from the HathiTrust fiction table, as Dublin Core."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

from dublin_core import Field

#: prefix of a volume's identifier -> the library that holds the copy
HOLDERS = {"mdp": "michigan", "uc1": "california", "uc2": "california"}

#: the table marks the subfields after title proper and remainder: responsibility, inclusive dates and others
_LATER_SUBFIELDS = re.compile(r"[|/]? *\$[a-z]:")

Row = dict[str, str]


def read_volumes(path: Path) -> list[Row]:
    """Single volumes of the table, each once; parts of sets and rows without title are left out."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    seen: set[str] = set()
    kept = []
    for row in rows:
        row["docid"] = volume_id(row["docid"])
        whole = not (row["enumcron"].strip() or row["volnum"].strip() or row["parttitle"].strip())
        if whole and title(row) and row["docid"] not in seen:
            seen.add(row["docid"])
            kept.append(row)
    return kept


def volume_id(docid: str) -> str:
    """A volume's identifier as HathiTrust writes it; the table holds file names (`ark+=13960=…`)."""
    prefix, _, local = docid.partition(".")
    return f"{prefix}.{local.replace('+', ':').replace('=', '/').replace(',', '.')}"


def holder(row: Row) -> str:
    """Which demonstration library holds the copy, or empty."""
    return HOLDERS.get(row["docid"].split(".")[0], "")


def title(row: Row) -> str:
    """Title proper and remainder, without the statement of responsibility."""
    proper = _LATER_SUBFIELDS.split(row["title"] or row["shorttitle"])[0].replace('""', "'").replace("|", " ")
    return " ".join(proper.split()).strip(' "/,.:;')


def author(row: Row) -> str:
    """The author's name, inverted as in the table."""
    return row["author"].strip(" ,.").replace(" ,", ",")


def _imprint(row: Row) -> str:
    parts = [part.strip(" :,;") for part in row["imprint"].split("|")]
    return parts[-2] if len(parts) >= 3 else ""


def fields(row: Row) -> list[Field]:
    """The row as Dublin Core."""
    subjects = [subject for subject in row["subjects"].split("|") if subject and not subject[:1].isdigit()]
    return [
        ("dc:title", title(row), ""),
        ("dc:creator", author(row), ""),
        ("dc:publisher", _imprint(row), ""),
        ("dc:date", row["inferreddate"], ""),
        ("dc:type", "Text", ""),
        ("dc:type", "Book", ""),
        ("dc:language", row["language"] or "eng", ""),
        *(("dc:subject", subject, "") for subject in subjects),
        ("dc:identifier", f"(OCoLC){row['oclc'].removesuffix('.0')}" if row["oclc"].strip("0.") else "", ""),
        ("dc:identifier", f"https://hdl.handle.net/2027/{row['docid']}", ""),
    ]
