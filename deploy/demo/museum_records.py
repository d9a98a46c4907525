"""Tate, Carnegie Museum of Art and New York Public Library: CC0 collection data as Dublin Core."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

from dublin_core import Field


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a packed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a packed CSV file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _leaves(tree: dict[str, Any]) -> list[str]:
    children = tree.get("children") or []
    return [leaf for child in children for leaf in _leaves(child)] if children else [tree.get("name", "")]


def tate(row: dict[str, Any]) -> list[Field]:
    """A Tate artwork."""
    artists = [artist["mda"] for artist in row["contributors"] if artist.get("role") == "artist"]
    return [
        ("dc:title", row["title"], ""),
        *(("dc:creator", artist, "") for artist in artists),
        ("dc:date", row["dateText"] if row["dateText"] != "date not known" else "", ""),
        ("dc:type", "Image" if "paper" in (row["classification"] or "") else "PhysicalObject", ""),
        ("dc:type", row["classification"] or "", ""),
        ("dc:format", row["medium"] or "", ""),
        ("dc:format", row["dimensions"] or "", ""),
        *(("dc:subject", leaf, "") for leaf in _leaves(row.get("subjects") or {})[:20]),
        ("dc:description", row["creditLine"] or "", ""),
        ("dc:identifier", row["acno"], ""),
        ("dc:identifier", row["url"].replace("http://", "https://"), ""),
    ]


def carnegie(row: dict[str, Any]) -> list[Field]:
    """An object of Carnegie Museum of Art."""
    makers = [maker.get("cited_name") or maker.get("full_name") for maker in row.get("creator") or []]
    return [
        ("dc:title", row["title"], ""),
        *(("dc:creator", maker or "", "") for maker in makers),
        ("dc:date", row["creation_date"] or "", ""),
        ("dc:type", "PhysicalObject", ""),
        ("dc:type", row["classification"] or "", ""),
        ("dc:format", row["medium"] or "", ""),
        ("dc:description", row["credit_line"] or "", ""),
        ("dc:description", row.get("provenance_text") or "", ""),
        ("dc:identifier", row["accession_number"] or "", ""),
        ("dc:identifier", row["web_url"] or "", ""),
    ]


def nypl(row: dict[str, str]) -> list[Field]:
    """A digital collection of the New York Public Library."""

    def many(name: str) -> list[str]:
        return [part.strip() for part in row[name].split("|")]

    return [
        ("dc:title", row["Title"], ""),
        ("dcterms:alternative", row["Alternative Title"] if row["Alternative Title"] != row["Title"] else "", ""),
        *(("dc:contributor", name, "") for name in many("Contributor")),
        ("dcterms:created", row["Date"] or row["Date Start"], ""),
        ("dc:language", row["Language"], ""),
        ("dcterms:abstract", row["Description"], ""),
        ("dc:description", row["Note"], ""),
        *(("dc:subject", term, "") for name in ("Subject Topical", "Subject Name") for term in many(name)),
        *(("dcterms:spatial", term, "") for term in many("Subject Geographic")),
        *(("dcterms:temporal", term, "") for term in many("Subject Temporal")),
        ("dc:type", "Collection", ""),
        *(("dc:type", genre, "") for genre in many("Genre")),
        ("dcterms:extent", row["Physical Description Extent"], ""),
        ("dc:publisher", row["Publisher"].strip(" []"), ""),
        ("dc:identifier", row["Identifier Call Number"], ""),
        ("dc:identifier", row["Digital Collections URL"].replace("http://", "https://"), ""),
    ]
