"""`account` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.errors import RequestRefused
from portal_api.commands.entry import app
from tests.portal_api.auth.people import PASSWORD


def run(folder: Path, *arguments: str, given: str = "") -> str:
    result = CliRunner().invoke(app, [*arguments, "--data", str(folder)], input=given, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refused(folder: Path, *arguments: str, given: str = "") -> str:
    result = CliRunner().invoke(app, [*arguments, "--data", str(folder)], input=given)
    assert isinstance(result.exception, RequestRefused)
    return result.exception.reason


def test_accounts_are_added_listed_locked_and_given_roles(tmp_path: Path) -> None:
    run(tmp_path, "institution", "add", "riverside", "--name", "Riverside Library")
    run(tmp_path, "account", "add", "Ada", "--role", "harvest_admin@riverside", given=PASSWORD + "\n")
    run(tmp_path, "account", "grant", "ada", "exchange_admin")
    run(tmp_path, "account", "lock", "ada")
    line = json.loads(run(tmp_path, "account", "list", "--json"))
    assert (line["account"]["sign_in"], line["account"]["state"]) == ("ada", "locked")
    assert [role["role"] for role in line["roles"]] == ["harvest_admin", "exchange_admin"]
    run(tmp_path, "account", "unlock", "ada")
    run(tmp_path, "account", "revoke", "ada", "exchange_admin")
    run(tmp_path, "account", "reset", "ada", given="another long password\n")
    assert run(tmp_path, "account", "list").split("\t")[2:] == ["active", "harvest_admin@riverside\n"]


def test_a_role_that_nobody_gave_cannot_be_revoked_and_the_others_stay(tmp_path: Path) -> None:
    run(tmp_path, "institution", "add", "riverside", "--name", "Riverside Library")
    run(tmp_path, "account", "add", "Ada", "--role", "harvest_admin@riverside", given=PASSWORD + "\n")
    assert refused(tmp_path, "account", "revoke", "ada", "harvest_admin") == "no_such_grant"
    assert run(tmp_path, "account", "list").split("\t")[3] == "harvest_admin@riverside\n"


@pytest.mark.parametrize(
    ("arguments", "given", "reason"),
    [
        (("add", "ada"), "short\n", "password_invalid"),
        (("add", "two words"), PASSWORD + "\n", "sign_in_invalid"),
        (("add", "ada", "--role", "king"), PASSWORD + "\n", "no_such_role"),
        (("add", "ada", "--role", "auditor@nowhere"), PASSWORD + "\n", "no_such_institution"),
        (("reset", "nobody"), PASSWORD + "\n", "no_such_account"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    tmp_path: Path, arguments: tuple[str, ...], given: str, reason: str
) -> None:
    run(tmp_path, "migrate")
    assert refused(tmp_path, "account", *arguments, given=given) == reason
    assert run(tmp_path, "account", "list") == ""
