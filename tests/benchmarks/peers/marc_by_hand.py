"""MARC 21 to a record of the same fields by hand over pymarc: 29 rules and no provenance."""

from __future__ import annotations

import json
from typing import Any

import pymarc

_ISBD = " /:;,=."
#: field -> (tags, codes)
_LISTS: dict[str, tuple[tuple[str, ...], str]] = {
    "titles": (("246", "130", "240", "740"), "abnp"),
    "authors": (("100", "110", "111"), "abcdnq"),
    "contributors": (("700", "710", "711", "720"), "abcdnq"),
    "publishers": (("260", "264"), "b"),
    "dates": (("260", "264"), "c"),
    "persons": (("600",), "abcdqvxyz"),
    "bodies": (("610", "611"), "abvxyz"),
    "titles_about": (("630",), "avxyz"),
    "topics": (("650", "653"), "avxyz"),
    "places_about": (("651",), "avxyz"),
    "places": (("260", "264", "752"), "a"),
    "classification": (("050", "060", "080", "082", "084", "086"), "a"),
    "genre": (("655",), "avxyz"),
    "extent": (("300",), "a"),
    "medium": (("300", "340"), "b"),
    "edition": (("250",), "ab"),
    "series": (("440", "490", "830"), "anpv"),
    "isbn": (("020",), "a"),
    "issn": (("022",), "a"),
    "lccn": (("010",), "a"),
    "other_numbers": (("024", "028", "035", "074"), "a"),
    "links": (("856",), "u"),
    "notes": (("500", "501", "502", "504", "508", "511", "530", "538", "546"), "a"),
    "contents": (("505",), "agrt"),
    "abstract": (("520",), "ab"),
}


def by_hand(record: pymarc.Record) -> bytes:
    """The record as JSON."""
    made: dict[str, Any] = {"title": _first(record, "245", "abnp"), "languages": _languages(record)}
    made["vernacular"] = [_text(field, "abnp") for field in record.get_fields("880") if _stands_for(field, "245")]
    for name, (tags, codes) in _LISTS.items():
        found = [text for field in record.get_fields(*tags) if (text := _text(field, codes))]
        if found:
            made[name] = list(dict.fromkeys(found))
    made["id"] = _control(record, "003") + _control(record, "001")
    made["years"] = [part for part in (_control(record, "008")[7:11], _control(record, "008")[11:15]) if part.isdigit()]
    return json.dumps(made, ensure_ascii=False).encode()


def _text(field: pymarc.Field, codes: str) -> str:
    parts = [subfield.value.strip() for subfield in field.subfields if subfield.code in codes]
    return " ".join(" ".join(parts).split()).rstrip(_ISBD)


def _first(record: pymarc.Record, tag: str, codes: str) -> str:
    field = record.get(tag)
    return _text(field, codes) if field else ""


def _control(record: pymarc.Record, tag: str) -> str:
    field = record.get(tag)
    return (field.data or "").strip() if field else ""


def _languages(record: pymarc.Record) -> list[str]:
    coded = _control(record, "008")[35:38]
    parts = [value for field in record.get_fields("041") for value in field.get_subfields("a", "d")]
    return list(dict.fromkeys([coded, *parts]))


def _stands_for(field: pymarc.Field, tag: str) -> bool:
    return (field.get("6") or "").startswith(tag)
