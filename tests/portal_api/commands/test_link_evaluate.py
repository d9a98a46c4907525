"""`link evaluate` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal_api.commands.entry import app
from tests.federation.linkage.test_evaluation import TITLE, entry, pair


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


def test_a_folder_without_a_set_and_a_broken_line_are_bad_input(tmp_path: Path) -> None:
    assert run(tmp_path)[0] == 2
    (tmp_path / "pairs.jsonl").write_text("{", encoding="utf-8")
    assert run(tmp_path)[0] == 2
