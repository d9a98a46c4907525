"""A Retry-After that cannot be gone by is told with the failure that carried it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester.retry import Failure, with_odd_wait
from harvester.settings import Limits

NOW = datetime(2026, 2, 1, tzinfo=UTC)
PAST, AHEAD = "Sat, 31 Jan 2026 00:00:00 GMT", "Mon, 02 Feb 2026 00:00:00 GMT"


@pytest.mark.parametrize("stated", [PAST, "0", "-5", "soon", "", "1000000000", str(7 * 86_400 + 1)])
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_is_past_or_junk_or_too_long_is_told(status: int, stated: str) -> None:
    told = with_odd_wait(Failure(reason="status", status=status, retry_after=stated), Limits(), NOW)
    assert told.said == f"busy (expected a Retry-After ahead, within 7 days, found {stated!r})"


@pytest.mark.parametrize("stated", [AHEAD, "1", str(7 * 86_400), None])
def test_a_wait_that_can_be_gone_by_is_not(stated: str | None) -> None:
    failure = Failure(reason="status", status=503, retry_after=stated)
    assert with_odd_wait(failure, Limits(), NOW) is failure


def test_only_of_a_busy_source_anything_is_told() -> None:
    failure = Failure(reason="status", status=500, retry_after="soon")
    assert with_odd_wait(failure, Limits(), NOW) is failure
