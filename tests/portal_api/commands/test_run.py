"""`run` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.errors import RequestRefused
from federation.pipeline import children
from federation.storage import opened
from portal_api.commands.entry import app
from portal_api.wiring import open_store
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_settling import with_changed
from tests.peers.courteous.repository import Repository, items, serving


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A folder with a feed whose second run is held."""
    repository = Repository(items(80, deleted_every=1_000))
    async with serving(repository) as url:
        with open_store(tmp_path) as store:
            feed = add_feed(store, url)
            await harvest(store, feed)
            repository.records = with_changed(repository.records, 80)
            await harvest(store, feed)
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    wanted = [*arguments, "--data", str(folder)]
    return CliRunner().invoke(app, wanted, catch_exceptions=False).stdout


def test_it_is_listed_shown_and_released(folder: Path) -> None:
    assert [line.split("\t")[:3] for line in run(folder, "run", "list", "k").splitlines()] == [
        ["2", "2", "held"],
        ["1", "1", "ended"],
    ]
    shown = json.loads(run(folder, "run", "show", "2"))
    assert shown["cost"]["requests"] > 0
    assert (shown["progress"]["records"], shown["progress"]["claim"]) == (shown["lists"][0]["listed"],) * 2
    assert (shown["size_bytes"] > 0, shown["restarts"], shown["counts"]["repaired"]) == (True, 0, 0)
    assert {line["name"] for line in shown["taught"]} >= {"lag_seconds", "skew_seconds"}
    assert (shown["hold"]["causes"], shown["held"], len(shown["held_examples"])) == (
        ["changes"], {"new": 0, "changed": 40, "deleted": 0}, 20,
    )  # fmt: skip
    assert run(folder, "run", "release", "2").startswith("run 2: released, 0 new, 40 changed, 0 deleted")
    with open_store(folder) as store:
        while children.settle_once(store.url, 100).behind:
            pass
        opened.close_stores()
    assert json.loads(run(folder, "run", "show", "2"))["hold"]["decision"] == "released"


def test_a_harvest_of_a_held_feed_says_what_to_do(folder: Path) -> None:
    result = CliRunner().invoke(app, ["harvest", "k", "--data", str(folder)], catch_exceptions=False)
    assert result.exit_code == 1
    assert result.stdout == (
        "held (changes): of 80 records 0 deleted, 80 changed; "
        "look: archive-exchange run show 2, then run release 2 or run discard 2\n"
    )
    with pytest.raises(RequestRefused, match="run 2 is held"):
        run(folder, "feed", "run", "k")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "9"), "there is no run 9"),
        (("release", "9"), "there is no run 9"),
        (("discard", "1"), "run 1 is not held"),
        (("list", "other"), "no feed is called 'other'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(RequestRefused, match=said):
        run(folder, "run", *arguments)


def test_its_pages_are_kept_and_read_anew(folder: Path) -> None:
    first = next(line.split("\t")[0] for line in run(folder, "run", "list", "k").splitlines() if "\t1\t" in line)
    assert run(folder, "run", "page", first, "1").startswith("<?xml")
    with pytest.raises(RequestRefused, match="no_such_page"):
        run(folder, "run", "page", first, "99")
    assert "0 records of them read otherwise, 0 could not be read before" in run(folder, "feed", "replay", "k")
