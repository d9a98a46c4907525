"""`show` tells a thing that was withdrawn from one that was never public."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal_api.commands.entry import app
from portal_api.errors import NotFound, Withdrawn
from portal_api.wiring import open_store
from tests.federation.pipeline.linked import link_all, put
from tests.portal_api.pages.public.shown import records


@pytest.mark.parametrize(("name", "kind"), [("c-r5", Withdrawn), ("r5", Withdrawn), ("c-r99", NotFound)])
def test_what_was_withdrawn_is_told_with_its_institution_and_day(tmp_path: Path, name: str, kind: type) -> None:
    with open_store(tmp_path) as store:
        put(store, records())
        link_all(store)
        put(store, [record for record in records() if record.id == "r5"], gone=["r5"])
        link_all(store)
        today = f"{store.now():%Y-%m-%d}"
    error = CliRunner().invoke(app, ["show", name, "--data", str(tmp_path)]).exception
    assert type(error) is kind
    if kind is Withdrawn:
        assert str(error).startswith("withdrawn by ")
        assert str(error).endswith(f" on {today}")
