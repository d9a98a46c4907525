"""`link evaluate` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.storage.linkage import judgements
from portal_api.commands.entry import app
from portal_api.wiring import open_store
from tests.federation.linkage.records import catalogue_record
from tests.federation.linkage.test_evaluation import TITLE, entry, pair
from tests.federation.pipeline.linked import linked


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["link", "evaluate", *map(str, arguments)])
    return result.exit_code, result.output


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    folder = tmp_path / "sets" / "own"
    folder.mkdir(parents=True)
    lines = [pair("same", entry(TITLE), entry(TITLE)), pair("different", entry(TITLE), entry(TITLE))]
    (folder / "pairs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_figures_come_with_counts_and_the_worst_pairs(labelled: Path) -> None:
    code, output = run(labelled.parent)
    assert code == 0
    assert output.splitlines()[0].split("\t")[:6] == ["own", "4", "1", "2", "1", "0.5000"]
    assert "own: merged, people said different: 2/a and 2/b" in output
    assert "title.equal" in output


def test_a_program_reads_a_line_for_each_set(labelled: Path) -> None:
    found = json.loads(run(labelled, "--json", "--worst", "0")[1])
    assert (found["name"], found["precision"], found["wrong"]) == ("own", 0.5, [])


@pytest.mark.parametrize(("least", "code"), [(0.5, 0), (0.6, 1)])
def test_a_figure_below_its_bar_ends_with_1(labelled: Path, least: float, code: int) -> None:
    bars = labelled / "bars.yaml"
    bars.write_text(f"own: {{precision: {least}}}", encoding="utf-8")
    assert run(labelled, "--bars", bars)[0] == code


@pytest.mark.parametrize("text", ["own: {nothing: 1}", "own: [1]", "{"])
def test_bars_that_name_no_figure_are_bad_input(labelled: Path, text: str) -> None:
    bars = labelled / "bars.yaml"
    bars.write_text(text, encoding="utf-8")
    assert run(labelled, "--bars", bars)[0] == 2


def test_what_people_of_an_exchange_judged_is_a_set_of_its_own(labelled: Path, tmp_path: Path) -> None:
    here = tmp_path / "data"
    with open_store(here) as store:
        store.create_schema()
        titles = ("Almost strangers: a novel", "Almost strangers : a novel", "Weaving in the north")
        held = [
            catalogue_record(number, title, feed=f"f{number}", authors=("Winer, Delsa",), year="2000")
            for number, title in enumerate(titles, 1)
        ]
        linked(store, held)
        with store.transaction() as tx:
            judgements.add(tx, "same", [[held[0].id, held[2].id]], who="ada")
            judgements.add(tx, "different", [[held[0].id], [held[1].id]], who="ada")
            revoked = judgements.add(tx, "different", [[held[1].id], [held[2].id]], who="ada")
            judgements.revoke(tx, revoked.id, who="ada")
    code, output = run("--data", here, "--json")
    found = json.loads(output)
    assert (code, found["name"], found["records"], found["same"], found["right"]) == (0, "judgements", 3, 1, 0)
    told = [(each["found"], each["verdict"], {each["a"], each["b"]}) for each in found["wrong"]]
    assert told == [
        ("merged", "different", {held[0].id, held[1].id}),
        ("missed", "same", {held[0].id, held[2].id}),
    ]
    both = [json.loads(line)["name"] for line in run(labelled, "--data", here, "--json")[1].splitlines()]
    assert both == ["judgements", "own"]


def test_neither_a_folder_nor_an_exchange_is_bad_input(tmp_path: Path) -> None:
    assert run()[0] == 2
    assert run("--data", tmp_path / "nowhere")[0] != 0


def test_a_folder_without_a_set_and_a_broken_line_are_bad_input(tmp_path: Path) -> None:
    assert run(tmp_path)[0] == 2
    (tmp_path / "pairs.jsonl").write_text("{", encoding="utf-8")
    assert run(tmp_path)[0] == 2
