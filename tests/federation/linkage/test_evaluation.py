"""Labelled records of others: what must be found, and what must never be merged."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import Any

import pytest

from federation.linkage.comparison import compare
from federation.linkage.evaluation import features_of_citation, judged
from federation.linkage.features import Features, numbers_in, parts_in, stage_of
from federation.linkage.kinds import UNIQUE
from federation.linkage.names import name_of
from federation.linkage.ruleset import base
from mappings.schema.folding import fold, words
from mappings.schema.identifiers import normalise
from tests.sample_data import SAMPLE_DATA

MATCHING = SAMPLE_DATA / "matching"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not MATCHING.is_dir(), reason="the labelled records are not beside the checkout"),
]


@pytest.fixture(scope="module")
def articles() -> tuple[dict[str, Features], list[tuple[str, str]]]:
    folder = MATCHING / "dblp_acm"
    lines = (json.loads(line) for line in (folder / "records.jsonl").read_text(encoding="utf-8").splitlines())
    records = {entry["id"]: features_of_citation(entry) for entry in lines}
    with (folder / "gold_pairs.tsv").open(encoding="utf-8", newline="") as pairs:
        rows = list(csv.reader(pairs, delimiter="\t"))[1:]
    return records, [(row[0], row[1]) for row in rows]


def test_two_catalogues_of_articles(articles: tuple[dict[str, Features], list[tuple[str, str]]]) -> None:
    records, pairs = articles
    found = judged("dblp_acm", records, pairs, base(), duplicate_free=("dblp", "acm"))
    assert found.f1 >= 0.985
    assert found.precision >= 0.99
    assert found.pairs_met >= 0.995
    assert found.candidates_a_record <= 2.5
    assert found.reviews <= 8


def test_two_catalogues_that_may_repeat_themselves(
    articles: tuple[dict[str, Features], list[tuple[str, str]]],
) -> None:
    found = judged("dblp_acm", *articles, base())
    assert found.f1 >= 0.93


def _features(entry: Mapping[str, Any]) -> Features:
    title = str(entry["title"]).split(" / ")[0]
    origin = {"oai", "ark", "urn", "handle", "doi"} if entry["kind"] in UNIQUE else {"oai"}
    years = [int(str(entry[key])[:4]) for key in ("year", "date") if str(entry.get(key) or "")[:4].isdigit()]
    identifiers = _identifiers(entry)
    return Features(
        kind=entry["kind"],
        titles=("".join(words(title)) if title[:1] > "\u2e80" else " ".join(words(title)),),
        numbers=numbers_in(title),
        part=(entry["sheet"],) if entry.get("sheet") else parts_in(title),
        stage=stage_of(title, registered=any(name.startswith("doi:") for name in identifiers)),
        names=tuple(sorted({found for text in entry.get("authors", ()) if (found := name_of(text))})),
        years=tuple(years[:1]),
        identifiers=tuple(sorted(name for name in identifiers if name.split(":")[0] not in origin)),
        origins=tuple(sorted(name for name in identifiers if name.split(":")[0] in origin)),
        pages=int(entry.get("pages") or 0) if str(entry.get("pages") or 0).isdigit() else 0,
        publisher=" ".join(words(str(entry.get("publisher") or ""))),
        edition=" ".join(words(str(entry.get("edition") or ""))),
        medium=str(entry.get("form") or ""),
        languages=(entry["lang"],) if entry.get("lang") else (),
        holder=str(entry.get("holder") or entry["source"]),
        codes=(fold(str(entry["refcode"])),) if entry.get("refcode") else (),
        feed=str(entry["source"]),
    )


def _identifiers(entry: Mapping[str, Any]) -> list[str]:
    found = []
    for written in entry.get("ids", ()):
        scheme, _, value = written.partition(":")
        whole = written if scheme.lower() in ("oai", "urn", "ark") else value
        identifier = normalise(scheme.lower(), whole)
        if identifier.valid:
            found.append(f"{identifier.scheme}:{fold(identifier.normalised or '')}")
    return found


def test_no_trap_of_archives_is_merged() -> None:
    lines = (MATCHING / "archival_traps" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in lines]
    merged = {
        pair["id"]: pair["verdict"]
        for pair in pairs
        if compare(_features(pair["a"]), _features(pair["b"])).bits >= base().limits.merge
    }
    wrong = sorted(name for name, verdict in merged.items() if verdict != "same")
    found = [name for name, verdict in merged.items() if verdict == "same"]
    assert wrong == []
    assert len(found) >= 9
