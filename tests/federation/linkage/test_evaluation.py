"""Labelled records of others: what must be found, and what must never be merged."""

from __future__ import annotations

import json

import pytest

from federation.errors import RequestRefused
from federation.linkage.evaluation import judged
from federation.linkage.labelled import LabelledSet, pair_set, whole_set
from federation.linkage.labelled_references import features_of_reference
from federation.linkage.names import Name
from federation.linkage.ruleset import base
from tests.sample_data import SAMPLE_DATA

MATCHING = SAMPLE_DATA / "matching"

labelled_data = [
    pytest.mark.data,
    pytest.mark.skipif(not MATCHING.is_dir(), reason="the labelled records are not beside the checkout"),
]

TITLE = "A history of the harbour and its people"


def entry(title: str, **others: object) -> dict[str, object]:
    return {"kind": "book", "title": title, "authors": ["Berg, Ola"], "year": 1950, **others}


def pair(verdict: str, a: object, b: object) -> str:
    return json.dumps({"verdict": verdict, "a": a, "b": b}, ensure_ascii=False)


def set_of(*lines: str) -> LabelledSet:
    return pair_set("own", "\n".join(lines))


def test_wrong_pairs_come_with_their_evidence() -> None:
    missed = pair("same", entry(TITLE), entry("Havnens historie", year=1948))
    merged = pair("different", entry(TITLE), entry(TITLE))
    right = pair("same", entry(TITLE), entry(TITLE.upper()))
    found = judged(set_of(missed, merged, right), base())
    assert (found.same, found.merged, found.right) == (2, 2, 1)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    first, second = found.wrong
    assert (first.found, first.verdict, first.titles) == ("merged", "different", (TITLE, TITLE))
    assert "title.equal" in {reason.name for reason in first.explanation.reasons}
    assert (second.found, second.explanation.outcome) == ("missed", "apart")


def test_pairs_without_a_verdict_count_for_nothing() -> None:
    found = judged(set_of(pair("unlabelled", entry(TITLE), entry(TITLE))), base())
    assert (found.same, found.merged) == (0, 0)


def test_marc_in_json_is_mapped_as_marc() -> None:
    fields = [{"tag": "245", "ind1": "1", "ind2": "0", "subfields": [{"code": "a", "value": "Foo & bar :"}]}]
    marc = {"leader": "02518cam a2200745zi 4500", "fields": fields}
    assert set_of(pair("same", marc, marc)).records["1/a"].title == "foo bar"


@pytest.mark.parametrize(
    ("text", "title", "names", "years"),
    [
        ("C. Lane, Venise, une République maritime, Paris, 1988, p. 344;", "venise", "lane c", 1988),
        ("Lane, F.: Venise. Paris 1985. p. 69.", "venise", "lane f", 1985),
        ("Lane, Frederic e., “The Great Council”, in Essays, Toronto, 1971", "the great council", "lane f", 1971),
    ],
)
def test_a_reference_is_cut_at_its_punctuation(text: str, title: str, names: str, years: int) -> None:
    found = features_of_reference(text)
    family, _, initial = names.partition(" ")
    assert (found.title, found.names, found.years) == (title, (Name(family, initial),), (years,))


@pytest.mark.parametrize("text", ["{", "[]", "{}", pair("same", {}, 3), pair("same", {"fields": 3}, {})])
def test_a_line_that_is_no_pair_is_named(text: str) -> None:
    with pytest.raises(RequestRefused, match=r"own/pairs.jsonl:1: expected"):
        set_of(text)


def test_a_true_pair_names_records_of_the_set() -> None:
    with pytest.raises(RequestRefused, match=r"own/gold_pairs.tsv:2"):
        whole_set("own", json.dumps({"id": "1", **entry(TITLE)}), "id_a\tid_b\n1\t2\n")


# --- the sets beside the checkout ---------------------------------------------------------------------------------


def shipped(name: str) -> LabelledSet:
    folder = MATCHING / name
    if (folder / "pairs.jsonl").is_file():
        return pair_set(name, (folder / "pairs.jsonl").read_text(encoding="utf-8"))
    texts = [(folder / file).read_text(encoding="utf-8") for file in ("records.jsonl", "gold_pairs.tsv")]
    return whole_set(name, *texts)


class TestLabelledSets:
    pytestmark = labelled_data

    def test_two_catalogues_of_articles(self) -> None:
        found = judged(shipped("dblp_acm"), base(), duplicate_free=("dblp", "acm"))
        assert found.f1 >= 0.985
        assert found.precision >= 0.99
        assert found.pairs_met >= 0.995
        assert found.candidates_a_record <= 2.5
        assert found.reviews <= 8

    def test_two_catalogues_that_may_repeat_themselves(self) -> None:
        assert judged(shipped("dblp_acm"), base()).f1 >= 0.965

    def test_hard_pairs_of_scholarly_records(self) -> None:
        wrong = judged(shipped("fuzzycat"), base(), worst=1000).wrong
        merged = [each.a for each in wrong if (each.found, each.verdict) == ("merged", "different")]
        assert len(merged) <= 3
        versions = [each for each in wrong if each.found == "missed" and each.explanation.verdict != "related"]
        assert len(versions) <= 106 - 88

    def test_no_trap_of_archives_is_merged(self) -> None:
        found = judged(shipped("archival_traps"), base())
        assert [wrong.a for wrong in found.wrong if wrong.found == "merged"] == []
        assert found.right >= 9
