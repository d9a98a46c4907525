"""A reader sees what is public, and what is their own institution's while they act for it."""

from __future__ import annotations

from federation.access.policy import visibility
from portal_api.reader import ANYBODY, Grant, Reader


def test_anybody_sees_what_is_public() -> None:
    assert visibility(ANYBODY).tokens == ("public",)


def test_whoever_acts_for_an_institution_sees_that_one_besides() -> None:
    reader = Reader(account="a", acting_for="riverside", grants=(Grant(role="harvest_admin", institution="riverside"),))
    assert visibility(reader).tokens == ("public", "institution:riverside")
    assert visibility(reader).audience == "institution:riverside"


def test_acting_for_an_institution_without_a_role_there_shows_nothing_more() -> None:
    reader = Reader(account="a", acting_for="riverside", grants=(Grant(role="harvest_admin", institution="hill"),))
    assert visibility(reader).tokens == ("public",)


def test_the_role_over_the_whole_exchange_shows_nothing_hidden() -> None:
    reader = Reader(account="a", acting_for="riverside", grants=(Grant(role="exchange_admin"),))
    assert visibility(reader).tokens == ("public",)


def test_roles_without_acting_for_anybody_read_as_the_public_does() -> None:
    reader = Reader(account="a", grants=(Grant(role="harvest_admin"),))
    assert visibility(reader).tokens == ("public",)
