"""`index rebuild --next` makes a generation beside the one that answers, which `index status` tells of."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from federation.pipeline.folder_lock import holding
from portal_api.commands.entry import app
from portal_api.wiring import open_store
from tests.federation.pipeline.linked import link_all, put
from tests.portal_api.pages.public.shown import records


def run(tmp_path: Path, *arguments: str) -> str:
    """What a command says; it must end well."""
    done = CliRunner().invoke(app, ["index", *arguments, "--data", str(tmp_path)])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def test_the_next_generation_is_built_while_somebody_serves_and_swapped_later(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        put(store, records())
        link_all(store)
    run(tmp_path, "rebuild")
    with holding(tmp_path):
        assert "generation 000002 is whole" in run(tmp_path, "rebuild", "--next")
        told = json.loads(run(tmp_path, "status", "--json"))
        assert told["stats"]["generation"] == "000001"
        assert [(each["name"], each["state"]) for each in told["standing"]] == [("000001", "live"), ("000002", "next")]
        assert told["generations"] == ["000001", "000002"]
        assert "generation 000002: next" in run(tmp_path, "status")
    run(tmp_path, "swap", "000002")
    assert json.loads(run(tmp_path, "status", "--json"))["stats"]["generation"] == "000002"
