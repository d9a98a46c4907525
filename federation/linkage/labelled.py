"""Labelled sets: records with the verdicts that people gave, as features and pairs.

A set is a folder: `records.jsonl` with `gold_pairs.tsv` (every true pair is named, so the records are linked as a
whole), or `pairs.jsonl` (each pair is judged alone). Reading files is left to who asks.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any

import msgspec

from federation.errors import RequestRefused
from federation.linkage.comparable import comparable
from federation.linkage.features import Features, medium_of, numbers_in, parts_in, stage_of
from federation.linkage.kinds import UNIQUE, Kind
from federation.linkage.labelled_marc import features_of_marc
from federation.linkage.labelled_references import features_of_reference
from federation.linkage.names import Name, name_of
from mappings.schema.folding import fold, words
from mappings.schema.normal_forms import normalise

#: kinds as bibliographies name them; what is not named here is its own name, or an article
_KINDS: dict[str, Kind] = {
    "archival": "archival", "object": "object", "book": "book", "standard": "book", "serial": "serial", "map": "map",
    "image": "image", "graphic": "image", "audio": "audio", "dataset": "dataset", "digital": "digital",
}  # fmt: skip
#: stages of a text as repositories name them
_STAGES = {"submitted": "draft", "draft": "draft", "accepted": "draft", "published": "published"}
#: verdicts that say nothing either way
_UNJUDGED = frozenset({"unlabelled", "partly"})


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two records by their names in the set, and what people said: same, related, different, review."""

    a: str
    b: str
    verdict: str


class LabelledSet(msgspec.Struct, frozen=True, kw_only=True):
    """Records and verdicts, ready to be linked."""

    name: str
    records: dict[str, Features]
    #: title as written, for people
    titles: dict[str, str]
    pairs: tuple[Pair, ...]
    #: every pair of records that is not named as the same is another thing
    whole: bool


def whole_set(name: str, records: str, gold: str) -> LabelledSet:
    """A set of `records.jsonl` and `gold_pairs.tsv`; raises RequestRefused naming set, file and line."""
    entries = {str(entry.get("id")): entry for _, entry in _lines(name, "records.jsonl", records)}
    rows = list(csv.reader(gold.splitlines(), delimiter="\t"))[1:]
    for at, row in enumerate(rows, 2):
        if len(row) < 2 or not {row[0], row[1]} <= entries.keys():
            raise _refused(name, "gold_pairs.tsv", at, "expected two ids of records.jsonl, tab between them")
    return LabelledSet(
        name=name,
        records={key: _read(name, "records.jsonl", 0, entry) for key, entry in entries.items()},
        titles={key: _title(entry) for key, entry in entries.items()},
        pairs=tuple(Pair(a=row[0], b=row[1], verdict="same") for row in rows),
        whole=True,
    )


def pair_set(name: str, text: str) -> LabelledSet:
    """A set of `pairs.jsonl`; raises RequestRefused naming set, file and line."""
    records, titles, pairs = {}, {}, []
    for at, entry in _lines(name, "pairs.jsonl", text):
        if not {"verdict", "a", "b"} <= entry.keys():
            raise _refused(name, "pairs.jsonl", at, "expected verdict, a and b")
        sides = [f"{entry.get('id', at)}/{side}" for side in ("a", "b")]
        for side, key in zip(sides, ("a", "b"), strict=True):
            records[side] = _read(name, "pairs.jsonl", at, entry[key])
            titles[side] = _title(entry[key])
        if entry["verdict"] not in _UNJUDGED:
            pairs.append(Pair(a=sides[0], b=sides[1], verdict=str(entry["verdict"])))
    return LabelledSet(name=name, records=records, titles=titles, pairs=tuple(pairs), whole=False)


def _lines(name: str, file: str, text: str) -> list[tuple[int, dict[str, Any]]]:
    found = []
    for at, line in enumerate(text.splitlines(), 1):
        try:
            entry = msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            raise _refused(name, file, at, f"expected JSON, found {error}") from error
        if not isinstance(entry, dict):
            raise _refused(name, file, at, "expected a JSON object")
        found.append((at, entry))
    return found


def _refused(name: str, file: str, line: int, message: str) -> RequestRefused:
    return RequestRefused("labelled_set_invalid", f"{name}/{file}:{line}: {message}")


def _read(name: str, file: str, line: int, entry: Mapping[str, Any]) -> Features:
    """A record as MARC in JSON (`fields`), as one free reference (`ref`), or by named fields."""
    try:
        if "fields" in entry:
            return features_of_marc(entry)
        if "ref" in entry:
            return features_of_reference(str(entry["ref"]))
        return features_of_entry(entry)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _refused(name, file, line, f"expected a record, found {error!r}") from error


def _title(entry: Mapping[str, Any]) -> str:
    if "fields" in entry:
        parts = [field.get("subfields", ()) for field in entry["fields"] if field.get("tag") == "245"]
        return " ".join(str(part.get("value", "")) for each in parts for part in each)
    return str(entry.get("ref") or entry.get("title") or "")


def features_of_entry(entry: Mapping[str, Any]) -> Features:
    """The features of a record that names its fields: title, subtitle, authors, year, ids, pages …"""
    kind = _KINDS.get(str(entry.get("kind")), "article")
    title = ": ".join(str(part) for part in (entry.get("title"), entry.get("subtitle")) if part).split(" / ")[0]
    origin = {"oai", "ark", "urn", "handle", "doi"} if kind in UNIQUE else {"oai"}
    identifiers = _identifiers(entry)
    registered = kind == "article" and any(name.startswith("doi:") for name in identifiers)
    return Features(
        kind=kind,
        titles=(comparable(title),) if title else (),
        numbers=numbers_in(title),
        part=(str(entry["sheet"]),) if entry.get("sheet") else parts_in(title),
        stage=_STAGES.get(str(entry.get("stage")), "") or stage_of(title, registered=registered),
        names=_names(entry),
        years=_years(entry),
        identifiers=tuple(sorted(name for name in identifiers if name.split(":")[0] not in origin)),
        origins=tuple(sorted(name for name in identifiers if name.split(":")[0] in origin)),
        pages=int(entry["pages"]) if str(entry.get("pages") or "").isdigit() else 0,
        container=" ".join(words(str(entry.get("container") or entry.get("venue") or ""))),
        publisher=" ".join(words(str(entry.get("publisher") or ""))),
        edition=" ".join(words(str(entry.get("edition") or ""))),
        medium=medium_of(str(entry.get("form") or "")),
        languages=(entry["lang"],) if entry.get("lang") else (),
        holder=str(entry.get("holder") or entry.get("source") or ""),
        codes=(fold(str(entry["refcode"])),) if entry.get("refcode") else (),
        feed=str(entry.get("source") or ""),
    )


def _names(entry: Mapping[str, Any]) -> tuple[Name, ...]:
    found = {name for text in entry.get("authors") or () if (name := name_of(str(text))) is not None}
    return tuple(sorted(found))


def _years(entry: Mapping[str, Any]) -> tuple[int, ...]:
    found = [str(entry.get(key) or "")[:4] for key in ("year", "date")]
    return tuple(int(year) for year in found if len(year) == 4 and year.isdigit())[:1]


def _identifiers(entry: Mapping[str, Any]) -> list[str]:
    """The valid ones, `scheme:value`, folded."""
    found = []
    for written in entry.get("ids") or ():
        scheme, _, value = str(written).partition(":")
        whole = str(written) if scheme.lower() in ("oai", "urn", "ark") else value
        identifier = normalise(scheme.lower(), whole)
        if identifier.valid:
            found.append(f"{identifier.scheme}:{fold(identifier.normalised or '')}")
    return found
