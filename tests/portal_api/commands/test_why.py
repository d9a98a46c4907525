"""A code on the command line comes with a sentence of what it means and what to do."""

from __future__ import annotations

from portal_api.commands.why import why


def test_a_source_that_wants_credentials_is_said_to() -> None:
    assert "credentials" in why("status_401")


def test_an_address_that_is_refused_says_what_allows_it() -> None:
    assert all(option in why("address_refused") for option in ("--allow-network", "--port"))


def test_a_code_without_a_sentence_is_itself() -> None:
    assert why("no_such_code") == "no_such_code"
