"""`record` as an operator types it in an emergency: with the identifier that pages, search and `/oai` show."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from federation.storage import feeds, institutions
from federation.storage.linkage import clusters
from portal_api.commands.entry import app
from portal_api.wiring import open_store
from tests.federation.pipeline.test_uploads import apply
from tests.federation.pipeline.test_withholding_things import BOOK, HERE, settle


def run(folder: Path, *arguments: str) -> str:
    found = CliRunner().invoke(app, [*arguments, "--data", str(folder)], catch_exceptions=False)
    assert found.exit_code == 0
    return found.stdout


def test_a_thing_is_withheld_and_released_by_its_identifier(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        with store.transaction() as tx:
            institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town"))
            feeds.add(tx, feeds.StoredFeed(key="k", name="Town", institution="town", source="upload"))
        apply(store, BOOK)
        settle(store)
    thing = clusters.name_of(HERE)
    assert f"{HERE} (n1): withheld" in run(tmp_path, "record", "withhold", thing, "--reason", "a letter")
    assert HERE in run(tmp_path, "record", "withheld")
    assert run(tmp_path, "record", "release", f"http://127.0.0.1:8000/r/{thing}") == f"{HERE} (n1): released\n"
    for shown in (thing, HERE):
        assert "county printing houses" in run(tmp_path, "show", shown)
