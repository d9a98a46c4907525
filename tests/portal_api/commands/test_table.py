"""`table` as an operator types it: in, out, misses, and a value added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.errors import RequestRefused
from federation.pipeline.table_files import read_table
from federation.storage import opened
from federation.storage.engine import Store, embedded_url
from portal_api.commands.entry import app
from tests.federation.pipeline.test_lookup_tables import fed


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    await fed(store)
    store.close()
    return tmp_path


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    opened.close_stores()


def run(folder: Path, *arguments: object) -> str:
    wanted = ["table", *map(str, arguments), "--data", str(folder)]
    result = CliRunner().invoke(app, wanted, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("form", ["csv", "xlsx", "sssom.tsv"])
def test_a_table_goes_out_and_comes_in_again(folder: Path, form: str) -> None:
    out = folder / f"out.{form}"
    assert "peer_forms@1, 1 row" in run(folder, "export", "peer_forms", out)
    assert len(read_table(out.read_bytes())) == 1
    assert "peer_forms@1: 1 row" in run(folder, "import", "peer_forms", out)
    assert "kinds@1: 1 row" in run(folder, "import", "kinds", out, "--institution", "peer")
    assert "kinds@1" in run(folder, "list")


def test_misses_are_listed_and_added(folder: Path) -> None:
    listed = run(folder, "misses", "k")
    assert "forms" in listed
    assert "peer_forms@2; version 2: draft" in run(folder, "add", "k", "forms", "Title 2", "diary")
    assert '"table_version":2' in run(folder, "show", "peer_forms").replace(" ", "")


def test_a_new_table_needs_its_institution(folder: Path) -> None:
    path = folder / "new.csv"
    path.write_text("key,value\na,b\n")
    wanted = ["table", "import", "kinds", str(path), "--data", str(folder)]
    assert isinstance(CliRunner().invoke(app, wanted).exception, RequestRefused)


def test_a_crosswalk_that_pins_a_table_of_the_exchange_is_checked_against_it(folder: Path) -> None:
    own = folder / "own.yaml"
    rule = '{id: kind, from: dc:type, do: [lookup: forms], to: "genre[]"}'
    own.write_text(f"crosswalk: own\nextends: base/oai_dc@1\ntables: {{forms: peer_forms@1}}\nrules:\n  - {rule}\n")
    alone = CliRunner().invoke(app, ["crosswalk", "check", str(own), "--json"])
    assert "table_missing" in alone.stdout
    there = CliRunner().invoke(app, ["crosswalk", "check", str(own), "--json", "--data", str(folder)])
    assert "table_missing" not in there.stdout
    assert there.exit_code == 0, there.exception
