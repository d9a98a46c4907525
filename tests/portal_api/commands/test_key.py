"""`key` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.errors import RequestRefused
from portal_api.auth.api_keys import ApiKeys
from portal_api.commands.entry import app
from portal_api.errors import KeyInvalid
from portal_api.signing_keys import API_KEYS, signing_key
from portal_api.wiring import open_store
from tests.portal_api.auth.people import add_person


def run(folder: Path, *arguments: str) -> list[str]:
    done = CliRunner().invoke(app, ["key", *arguments, "--data", str(folder)], catch_exceptions=False)
    return done.stdout.splitlines()


def test_a_key_is_made_printed_once_listed_and_revoked(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        add_person(store, "ann")
    (whole,) = run(tmp_path, "make", "ann", "nightly list", "--scope", "export", "--scope", "read", "--project")
    with open_store(tmp_path) as store:
        reader = ApiKeys(store, signing_key(tmp_path, API_KEYS)).reader(whole)
    assert (reader.scopes, reader.points) == (("read", "export"), 1_000_000)
    begins = whole[: len("axk_") + 16]
    (line,) = run(tmp_path, "list")
    assert line.split("\t")[:4] == [begins, "ann", "nightly list", "read,export"]
    (listed,) = map(json.loads, run(tmp_path, "list", "--json"))
    assert (listed["sign_in"], listed["opens"], listed["spent"]) == ("ann", True, 0)
    assert run(tmp_path, "revoke", begins) == [f"{begins}: revoked"]
    assert run(tmp_path, "list") == []
    with open_store(tmp_path) as store, pytest.raises(KeyInvalid):
        ApiKeys(store, signing_key(tmp_path, API_KEYS)).reader(whole)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("make", "bob", "x", "--scope", "read"), "nobody signs in as 'bob'"),
        (("make", "ann", "x", "--scope", "write"), "expected some of read, export, feed, admin, found 'write'"),
        (("make", "ann", "x", "--scope", "read", "--days", "400"), "expected 1 to 365 days, found 400"),
        (("revoke", "axk_00"), "no key begins with axk_00"),
    ],
)
def test_what_cannot_be_is_refused_in_words(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    with open_store(tmp_path) as store:
        add_person(store, "ann")
    with pytest.raises(RequestRefused, match=said):
        run(tmp_path, *arguments)
