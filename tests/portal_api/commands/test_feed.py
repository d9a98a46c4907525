"""`feed` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.errors import RequestRefused
from portal_api.commands.entry import app


def run(folder: Path, *arguments: str, given: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, ["feed", *arguments, "--data", str(folder)], input=given)
    if isinstance(result.exception, RequestRefused):
        return 1, result.exception.reason
    return result.exit_code, result.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    CliRunner().invoke(app, ["institution", "add", "peer", "--name", "Peer", "--data", str(tmp_path)])
    assert run(tmp_path, "add", "Peer", "--url", "http://127.0.0.1:9/oai", "--institution", "peer")[0] == 0
    return tmp_path


def state(folder: Path) -> str:
    return str(json.loads(run(folder, "list", "--json")[1])["state"])


def test_retiring_asks_first(folder: Path) -> None:
    assert run(folder, "retire", "Peer", given="n\n")[0] != 0
    assert state(folder) == "active"
    assert run(folder, "retire", "Peer", given="y\n")[0] == 0
    assert state(folder) == "retired"


def test_a_paused_feed_that_is_run_stays_paused_until_it_is_resumed(folder: Path) -> None:
    run(folder, "pause", "Peer")
    assert run(folder, "run", "Peer") == (0, "Peer: due now, this once: it stays paused\n")
    assert state(folder) == "paused"
    assert run(folder, "resume", "Peer") == (0, "Peer: active, due now\n")
    assert state(folder) == "active"


def test_a_friend_is_named_until_it_is_one_no_more(folder: Path) -> None:
    assert run(folder, "friend", "Peer") == (0, "Peer: named by Identify at /oai\n")
    assert json.loads(run(folder, "list", "--json")[1])["is_friend"]
    assert run(folder, "friend", "Peer", "--no-more") == (0, "Peer: named by Identify no more\n")
    assert not json.loads(run(folder, "list", "--json")[1]).get("is_friend")


def test_a_retired_feed_does_not_come_back(folder: Path) -> None:
    assert run(folder, "retire", "Peer", "--yes")[0] == 0
    for act in ("run", "pause", "resume", "retire"):
        assert run(folder, act, "Peer", *(("--yes",) if act == "retire" else ())) == (1, "feed_retired")
    assert state(folder) == "retired"
