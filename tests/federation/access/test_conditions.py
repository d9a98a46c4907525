"""What is not known to be open is never open, and no clock opens anything."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from federation.access.conditions import Content, classes, closure_ended, content_class
from mappings.schema.access import Access, Condition, Reason, Secrecy, Status
from tests.mappings.schema.test_access import ACCESSES

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "requestable", "content"),
    [
        ("open", False, "open"),
        ("unknown", False, "on_request"),
        ("restricted", False, "on_request"),
        ("closed", False, "never"),
        ("closed", True, "on_request"),
    ],
)
def test_the_status_decides_who_may_have_the_content(status: Status, requestable: bool, content: Content) -> None:
    assert content_class(Access(status=status, requestable=requestable)) == content


@pytest.mark.parametrize("condition", ["on_site", "registration", "permission", "fee"])
def test_open_material_under_a_condition_has_to_be_asked_for(condition: Condition) -> None:
    assert content_class(Access(status="open", conditions=(condition,))) == "on_request"


@pytest.mark.parametrize("condition", ["notice", "appointment", "use_copy"])
def test_how_an_original_is_consulted_closes_nothing(condition: Condition) -> None:
    assert content_class(Access(status="open", conditions=(condition,))) == "open"


@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_a_rank_of_secrecy_keeps_content_inside_whatever_the_status(rank: int) -> None:
    assert content_class(Access(status="open", secrecy=Secrecy(label="秘密", rank=rank))) == "institution"


@pytest.mark.parametrize("reason", ["secrecy"])
def test_a_restriction_for_secrecy_keeps_content_inside(reason: Reason) -> None:
    assert content_class(Access(status="restricted", reason=reason)) == "institution"


@given(ACCESSES)
def test_only_what_states_it_is_open_is_open(access: Access) -> None:
    if classes(access).content == "open":
        assert access.status == "open"
        assert access.line != "hidden"


@pytest.mark.parametrize(
    ("until", "ended"),
    [
        (None, False),
        ("2025", True),
        ("2026", False),
        ("2026-11-23", True),
        ("2026-11-24", False),
        ("202X", False),
        ("2020/..", False),
        ("sometime", False),
    ],
)
def test_a_closure_has_ended_when_its_last_day_is_past(until: str | None, ended: bool) -> None:
    assert closure_ended(Access(status="closed", until=until), NOW) is ended
