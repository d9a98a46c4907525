"""A collection in a folder is judged through the product's own search; the demonstration holds its bars."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.index.indexed import indexed
from tests.relevance.__main__ import main
from tests.relevance.collection import Collection
from tests.relevance.demonstration import demonstration
from tests.relevance.files import CollectionFault, read_collection
from tests.relevance.judging import beside, judge, read_run
from tests.relevance.known_items import known_items

BARRED = ("title_words", "identifier", "simplified_for_traditional")
DOCUMENTS = """\
{"id": "d1", "title": "Whaling off Nantucket", "text": "Ships and seamen.", "lang": "en"}
{"id": "d2", "title": "紅樓夢研究", "lang": "zh"}
{"id": "d3", "title": "Seamen's songs"}
"""


def collection(folder: Path, *, documents: str = DOCUMENTS, qrels: str = "q1\td1\t2\nq1\td3\t1\nq2\td2\t1\n") -> Path:
    """A collection of three documents and two queries."""
    (folder / "documents.jsonl").write_text(documents, encoding="utf-8")
    (folder / "queries.tsv").write_text("q1\tseamen\nq2\t红楼梦\nq3\tnobody judged this\n", encoding="utf-8")
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_a_folder_is_judged_as_the_product_would_answer(tmp_path: Path) -> None:
    read = read_collection(collection(tmp_path))
    (verdict,) = judge(indexed(tmp_path / "index", read.documents), read, "tantivy")
    assert (verdict.set, verdict.documents, verdict.queries) == ("judged", 3, 2)
    assert (verdict.measures.recall_at_100, verdict.measures.zero_hits, verdict.measures.hit_at_1) == (1, 0, 1)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"documents": '{"id": "d1"}\n{"title": 1}\n'}, "documents.jsonl, line 2: expected a JSON object"),
        ({"qrels": "q1\td1\n"}, "qrels.tsv, line 1: expected query, document, grade, parted by tabs, found 2 columns"),
        ({"qrels": "q1\td1\tgood\n"}, "qrels.tsv, line 1: expected a grade, 0 or above, found 'good'"),
        ({"qrels": "q1\td9\t1\n"}, "qrels.tsv, line 1: expected the id of a document, found 'd9'"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, fault: dict[str, str], said: str) -> None:
    with pytest.raises(CollectionFault, match=said):
        read_collection(collection(tmp_path, **fault))


def test_a_run_is_kept_and_the_next_one_stands_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, folder = tmp_path / "run.json", tmp_path / "things"
    folder.mkdir()
    command = ["relevance", "--collection", str(collection(folder)), "--run", str(kept)]
    monkeypatch.setattr(sys, "argv", command)
    assert main() == 0
    assert '"before":null' in capsys.readouterr().out
    (earlier,) = read_run(kept)
    assert (earlier.collection, earlier.set) == ("things", "judged")
    assert beside(earlier, [earlier]).before == earlier.measures


def test_a_folder_without_a_file_ends_the_command_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["relevance", "--collection", str(tmp_path), "--run", str(tmp_path / "run")])
    assert main() == 2
    assert "documents.jsonl" in capsys.readouterr().err


def test_known_items_of_the_demonstration_are_found_first(tmp_path: Path) -> None:
    whole = demonstration()
    sets = [each for each in known_items(whole.documents, queries=40) if each.name in BARRED]
    few = Collection(name="few", documents=whole.documents, sets=sets)
    verdicts = {each.set: each.measures for each in judge(indexed(tmp_path, few.documents), few, "tantivy")}
    assert verdicts["title_words"].mrr_at_10 >= 0.96
    assert verdicts["identifier"].hit_at_1 == 1
    assert verdicts["simplified_for_traditional"].hit_at_1 >= 0.95
