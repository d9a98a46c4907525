"""`feed` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.errors import RequestRefused
from mappings.errors import ExchangeError
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


@pytest.mark.parametrize(
    "url", ["nourl", "ftp://x/y", "http://", "https://name:word@library.example/oai", "http://library.example/a b"]
)
@pytest.mark.parametrize("source", ["oai", "url", "sru"])
def test_an_address_that_is_none_is_refused(folder: Path, url: str, source: str) -> None:
    added = run(folder, "add", "Other", "--url", url, "--source", source, "--institution", "peer")
    assert added == (1, "address_invalid")
    assert len(run(folder, "list", "--json")[1].splitlines()) == 1


def test_a_crosswalk_that_is_none_is_refused_with_those_there_are(folder: Path) -> None:
    wanted = ["feed", "add", "Other", "--url", "http://library.example/oai", "--institution", "peer"]
    found = CliRunner().invoke(app, [*wanted, "--crosswalk", "base/foo", "--data", str(folder)])
    assert isinstance(found.exception, ExchangeError)
    assert all(name in str(found.exception) for name in ("base/foo", "base/oai_dc", "base/dat22"))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (("",), "name_invalid"),
        (("Other", "--prefix", "bad prefix"), "prefix_invalid"),
        (("Other", "--set", "bad set"), "set_invalid"),
        (("Other", "--allow-network", "300.1/8"), "network_invalid"),
        (("Other", "--licence", "foo"), "licence_invalid"),
        (("Other", "--crosswalk", "no-text.yaml"), "not_utf8"),
    ],
)
def test_what_no_repository_can_have_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], reason: str
) -> None:
    monkeypatch.chdir(folder)
    (folder / "no-text.yaml").write_bytes(b"\xff\xfe")
    asked = ("--url", "http://library.example/oai", "--institution", "peer")
    assert run(folder, "add", *given, *asked) == (1, reason)
    assert len(run(folder, "list", "--json")[1].splitlines()) == 1


def test_a_folder_that_is_none_is_refused(folder: Path) -> None:
    asked = ("add", "Other", "--source", "inbox", "--institution", "peer", "--url")
    assert run(folder, *asked, str(folder / "nowhere")) == (1, "address_invalid")
    assert run(folder, *asked, str(folder))[0] == 0


def test_a_licence_is_kept_as_its_address(folder: Path) -> None:
    asked = ("--url", "http://library.example/oai", "--institution", "peer")
    run(folder, "add", "Other", *asked, "--licence", "CC0")
    kept = [json.loads(line) for line in run(folder, "list", "--json")[1].splitlines()]
    licences = {each["name"]: each.get("metadata_licence") for each in kept}
    assert licences["Other"] == "http://creativecommons.org/publicdomain/zero/1.0/"


@pytest.mark.parametrize(
    ("given", "reexpose"),
    [
        (("--url", "http://library.example/oai"), "none"),
        (("--url", "http://library.example/oai", "--licence", "CC0"), "merged"),
        (("--source", "upload", "--licence", "CC0"), "all"),
        (("--source", "upload", "--licence", "CC0", "--reexpose", "merged"), "merged"),
    ],
)
def test_how_far_a_feed_goes_is_as_its_licence_and_source_let_one_expect(
    folder: Path, given: tuple[str, ...], reexpose: str
) -> None:
    assert run(folder, "add", "Other", "--institution", "peer", *given)[0] == 0
    assert f"reexpose  {reexpose}" in run(folder, "giving", "Other")[1]


def test_what_is_given_on_is_set_and_shown(folder: Path) -> None:
    said = run(folder, "giving", "Peer", "--licence", "cc0", "--reexpose", "merged", "--raw", "public")
    assert said[1].splitlines() == [
        "licence   http://creativecommons.org/publicdomain/zero/1.0/",
        "reexpose  merged",
        "raw       public",
    ]
    assert run(folder, "giving", "Peer") == said
    for option, reason in (("--licence", "licence"), ("--reexpose", "reexpose"), ("--raw", "raw")):
        assert run(folder, "giving", "Peer", option, "no such") == (1, f"{reason}_invalid")
    assert "nothing is given on" in run(folder, "giving", "Peer", "--licence", "")[1]


def test_a_draft_waits_until_it_is_begun(folder: Path) -> None:
    asked = ("--url", "http://library.example/oai", "--institution", "peer", "--draft")
    assert run(folder, "add", "Other", *asked)[0] == 0
    for act in ("run", "pause", "resume"):
        assert run(folder, act, "Other") == (1, "feed_draft")
    with pytest.raises(RequestRefused, match="is a draft"):
        CliRunner().invoke(app, ["harvest", "Other", "--data", str(folder)], catch_exceptions=False)
    assert run(folder, "begin", "Other")[0] == 0
    feed = json.loads(run(folder, "show", "Other")[1])["feed"]
    assert (feed["state"], feed["due_at"] is not None) == ("active", True)
    assert run(folder, "begin", "Other") == (1, "not_a_draft")


def state(folder: Path) -> str:
    return str(json.loads(run(folder, "list", "--json")[1])["state"])


def test_retiring_asks_first(folder: Path) -> None:
    assert run(folder, "retire", "Peer", given="n\n")[0] != 0
    assert state(folder) == "active"
    assert run(folder, "retire", "Peer", given="y\n")[0] == 0
    assert state(folder) == "retired"


def test_the_name_of_a_retired_feed_is_given_again(folder: Path) -> None:
    assert run(folder, "add", "Peer", "--url", "http://127.0.0.1:9/oai", "--institution", "peer") == (1, "name_taken")
    run(folder, "retire", "Peer", "--yes")
    assert run(folder, "add", "Peer", "--url", "http://127.0.0.1:9/oai", "--institution", "peer")[0] == 0
    lines = [json.loads(line) for line in run(folder, "list", "--json")[1].splitlines()]
    found = {line["name"]: line["state"] for line in lines}
    (former,) = (line for line in lines if line["state"] == "retired")
    assert found == {"Peer": "active", f"Peer [{former['key']}]": "retired"}
    assert run(folder, "run", former["key"]) == (1, "feed_retired")


def test_a_paused_feed_that_is_run_stays_paused_until_it_is_resumed(folder: Path) -> None:
    run(folder, "pause", "Peer")
    assert run(folder, "run", "Peer") == (0, "Peer: due now, this once: it stays paused\n")
    assert state(folder) == "paused"
    assert run(folder, "resume", "Peer") == (0, "Peer: active, due now\n")
    assert state(folder) == "active"


def test_a_friend_is_named_until_it_is_one_no_more(folder: Path) -> None:
    assert run(folder, "add", "Open", "--url", "https://library.example/oai", "--institution", "peer")[0] == 0
    assert run(folder, "friend", "Open") == (0, "Open: named by Identify at /oai\n")
    assert json.loads(run(folder, "list", "--json")[1].splitlines()[0])["is_friend"]
    assert run(folder, "friend", "Open", "--no-more") == (0, "Open: named by Identify no more\n")
    assert not json.loads(run(folder, "list", "--json")[1].splitlines()[0]).get("is_friend")


def test_a_private_feed_is_no_friend(folder: Path) -> None:
    assert run(folder, "friend", "Peer") == (1, "feed_private")
    assert run(folder, "friend", "Peer", "--no-more")[0] == 0
    wanted = ["--url", "http://10.0.0.8/oai", "--institution", "peer", "--friend"]
    assert run(folder, "add", "Inside", *wanted) == (1, "feed_private")


def test_a_retired_feed_does_not_come_back(folder: Path) -> None:
    assert run(folder, "retire", "Peer", "--yes")[0] == 0
    for act in ("run", "pause", "resume", "retire"):
        assert run(folder, act, "Peer", *(("--yes",) if act == "retire" else ())) == (1, "feed_retired")
    assert state(folder) == "retired"
