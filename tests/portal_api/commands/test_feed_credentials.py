"""`feed credentials`, and `feed add` with them: secrets are named, checked, and never printed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal_api.commands.entry import app
from tests.peers.certificates import certificate
from tests.portal_api.commands.test_feed import run

VALUE = "s3cret-and-long"
HTTPS = "https://peer.example/oai"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    CliRunner().invoke(app, ["institution", "add", "peer", "--name", "Peer", "--data", str(tmp_path)])
    kept = tmp_path / "secrets.toml"
    kept.write_text(f'[peer]\norigin = "https://peer.example"\nvalue = "{VALUE}"\n', encoding="utf-8")
    kept.chmod(0o600)
    return tmp_path


def add(folder: Path, *options: str, url: str = HTTPS) -> tuple[int, str]:
    return run(folder, "add", "Peer", "--url", url, "--institution", "peer", "--paused", *options)


def stored(folder: Path) -> dict[str, str]:
    found = json.loads(run(folder, "show", "Peer")[1])["feed"].get("credentials", {})
    return {name: value for name, value in found.items() if value}


def test_a_feed_is_added_with_the_name_of_its_secret(folder: Path) -> None:
    assert add(folder, "--scheme", "basic", "--username", "bob", "--secret", "peer")[0] == 0
    assert stored(folder) == {"scheme": "basic", "username": "bob", "secret": "peer"}
    code, said = run(folder, "credentials", "Peer")
    assert (code, "peer: kept" in said, VALUE in said) == (0, True, False)
    rows = "\n".join(sqlite3.connect(folder / "exchange.db").iterdump())
    assert VALUE not in rows


def test_they_are_set_anew_and_taken_away(folder: Path) -> None:
    add(folder)
    assert run(folder, "credentials", "Peer", "--scheme", "bearer", "--secret", "other")[0] == 0
    assert "secret_missing" in run(folder, "credentials", "Peer")[1]
    assert run(folder, "credentials", "Peer", "--scheme", "header", "--header", "X-Api-Key", "--secret", "peer")[0] == 0
    assert stored(folder) == {"scheme": "header", "header": "X-Api-Key", "secret": "peer"}
    assert run(folder, "credentials", "Peer", "--none") == (0, "scheme       none\n")
    assert stored(folder) == {}


def test_a_secret_for_another_origin_is_told(folder: Path) -> None:
    add(folder, "--scheme", "bearer", "--secret", "peer", url="https://peer.example:8443/oai")
    assert "for https://peer.example, not for this feed" in run(folder, "credentials", "Peer")[1]


def test_an_authority_is_pinned_as_certificates_alone(folder: Path) -> None:
    made, key = certificate("peer.example", 30)
    (folder / "ca.pem").write_bytes(b"# ours\n" + made)
    add(folder, "--authority", str(folder / "ca.pem"))
    assert stored(folder) == {"authority": made.decode()}
    assert "authority    CN=peer.example, until " in run(folder, "credentials", "Peer")[1]
    (folder / "both.pem").write_bytes(made + key)
    assert run(folder, "credentials", "Peer", "--authority", str(folder / "both.pem")) == (1, "authority_invalid")
    assert run(folder, "credentials", "Peer", "--authority", str(folder / "nowhere")) == (1, "authority_invalid")
    (folder / "none.pem").write_bytes(b"nothing")
    assert run(folder, "credentials", "Peer", "--authority", str(folder / "none.pem")) == (1, "authority_invalid")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--scheme", "ntlm", "--secret", "peer"), "scheme_invalid"),
        (("--secret", "peer"), "scheme_invalid"),
        (("--scheme", "bearer"), "secret_name_invalid"),
        (("--scheme", "bearer", "--secret", "My Token"), "secret_name_invalid"),
        (("--scheme", "basic", "--secret", "peer"), "username_invalid"),
        (("--scheme", "basic", "--username", "bob:x", "--secret", "peer"), "username_invalid"),
        (("--scheme", "bearer", "--username", "bob", "--secret", "peer"), "username_invalid"),
        (("--scheme", "header", "--secret", "peer"), "header_invalid"),
        (("--scheme", "header", "--header", "Host", "--secret", "peer"), "header_invalid"),
        (("--scheme", "header", "--header", "X Y", "--secret", "peer"), "header_invalid"),
        (("--certificate", "../key"), "certificate_name_invalid"),
    ],
)
def test_what_cannot_be_sent_is_refused(folder: Path, options: tuple[str, ...], reason: str) -> None:
    assert add(folder, *options) == (1, reason)


def test_they_go_with_https_and_with_what_is_asked_over_the_network(folder: Path) -> None:
    options = ("--scheme", "bearer", "--secret", "peer")
    assert add(folder, *options, url="http://127.0.0.1:9/oai") == (1, "credentials_need_https")
    asked = ("add", "Files", "--source", "upload", "--institution", "peer")
    assert run(folder, *asked, *options) == (1, "credentials_unneeded")
    add(folder)
    assert run(folder, "credentials", "Peer", "--none", *options) == (1, "credentials_invalid")


def test_an_address_with_a_password_that_is_stored_is_not_repeated(folder: Path) -> None:
    add(folder)
    with sqlite3.connect(folder / "exchange.db") as database:
        database.execute("UPDATE feed SET base_url = ?", (f"https://bob:{VALUE}@peer.example/oai",))
    for command in (("list",), ("list", "--json"), ("show", "Peer")):
        said = run(folder, *command)[1]
        assert (VALUE in said, "…@peer.example/oai" in said or "\\u2026@" in said) == (False, True)
