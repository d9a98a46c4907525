"""Chinese records: poems, and a demonstration library that describes Library of Congress books afresh.

The demonstration library is no real institution and says so in its name. It stands for a partner that catalogues in
simplified characters and Dublin Core what another catalogues in traditional characters and MARC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import opencc
import pymarc
from dublin_core import Field
from marc_records import linked, subfields

_SIMPLIFY = opencc.OpenCC("t2s")
_HAN = re.compile("[\u3400-\u9fff]")

#: what the demonstration library keeps back: one restricted, one hidden (rules of its crosswalk)
RESTRICTED = "demo-letters-1998"
HIDDEN = "demo-worksheet-2024"


def vernacular_title(record: pymarc.Record) -> str:
    """Title in Chinese characters, as field 880 gives it."""
    return linked(record, "245", "abnp").strip(" /:;,.=")


def shareable(record: pymarc.Record) -> bool:
    """Whether the record carries Chinese title, author and a usable year."""
    names = linked(record, "100", "a")
    plain = len(_HAN.findall(vernacular_title(record))) >= 3 and not linked(record, "245", "np")
    return bool(plain and _HAN.search(names) and record["008"].data[7:11].isdigit())


def reading_room(record: pymarc.Record) -> list[Field]:
    """A Library of Congress book as the demonstration library would list it, in simplified characters."""
    simple = _SIMPLIFY.convert
    isbn = re.match(r"[\dXx-]+", subfields(record, "020", "a"))
    return [
        ("dc:title", simple(vernacular_title(record)), "zh-Hans"),
        ("dc:creator", simple(linked(record, "100", "a").strip(" ,.")), "zh-Hans"),
        ("dc:publisher", simple(linked(record, "260", "b").strip(" ,.:;")), "zh-Hans"),
        ("dcterms:issued", record["008"].data[7:11], ""),
        ("dc:language", "zh", ""),
        ("dc:type", "Text", ""),
        ("dc:type", "Book", ""),
        ("dcterms:extent", subfields(record, "300", "a").strip(" :;"), ""),
        ("dc:identifier", f"ISBN {isbn.group()}" if isbn else "", ""),
    ]


#: poets whose poems open the list; the others follow in the order of the source
_KNOWN_POETS = ("李白", "杜甫", "王維", "白居易", "孟浩然", "李商隱")


def poems(rows: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """`count` poems of the Complete Tang Poems, those of the best known poets first."""
    tang = [row for row in rows if row["collection"] == "全唐詩" and row["title"] and row["author"]]
    known = [row for row in tang if row["author"] in _KNOWN_POETS]
    return [*known[: count // 2], *[row for row in tang if row["author"] not in _KNOWN_POETS][:: len(tang) // count]][
        :count
    ]


def poem(row: dict[str, Any]) -> list[Field]:
    """A poem of a collection, with its first line."""
    return [
        ("dc:title", row["title"], "zh-Hant"),
        ("dc:creator", row["author"], "zh-Hant"),
        ("dcterms:isPartOf", row["collection"], "zh-Hant"),
        ("dcterms:abstract", row["incipit"] or "", "zh-Hant"),
        ("dc:language", "zh", ""),
        ("dc:type", "Text", ""),
        ("dc:identifier", row["id"], ""),
    ]


def invented() -> list[tuple[str, list[Field]]]:
    """The two records written for the demonstration: what a reader may ask for, and what nobody may see."""
    letters: list[Field] = [
        ("dc:title", "读者来信（演示记录）", "zh-Hans"),
        ("dcterms:alternative", "Letters from readers (demonstration record)", "en"),
        ("dc:creator", "读者服务部", "zh-Hans"),
        ("dcterms:created", "1998/2003", ""),
        ("dcterms:abstract", "Letters with names and addresses of living persons.", "en"),
        ("dc:type", "Text", ""),
        ("dc:identifier", RESTRICTED, ""),
        ("dc:identifier", f"https://reading-room.example/{RESTRICTED}.pdf", ""),
    ]
    worksheet: list[Field] = [
        ("dc:title", "内部登记工作单（演示记录）", "zh-Hans"),
        ("dcterms:alternative", "Internal accession worksheet quillwortmarker (demonstration record)", "en"),
        ("dcterms:created", "2024", ""),
        ("dc:type", "Text", ""),
        ("dc:identifier", HIDDEN, ""),
    ]
    return [(RESTRICTED, letters), (HIDDEN, worksheet)]
