"""Quiet hours are those of the source's own place, over midnight and over the change of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.quiet_hours import QuietHours, quiet_until, read_quiet_hours

ROME = QuietHours(begins="22:00", ends="06:00", zone="Europe/Rome")
NOON = QuietHours(begins="11:30", ends="13:00", zone="Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (ROME, "2026-01-31T20:59:59", None),
        (ROME, "2026-01-31T21:00:00", "2026-02-01T05:00:00"),
        (ROME, "2026-02-01T04:59:00", "2026-02-01T05:00:00"),
        (ROME, "2026-02-01T05:00:00", None),
        (ROME, "2026-07-01T20:30:00", "2026-07-02T04:00:00"),
        (NOON, "2026-01-31T03:30:00", "2026-01-31T05:00:00"),
        (NOON, "2026-01-31T05:00:00", None),
        (None, "2026-01-31T05:00:00", None),
        # clocks go forward in the night of 29 March, and back in that of 25 October
        (ROME, "2026-03-28T23:00:00", "2026-03-29T04:00:00"),
        (ROME, "2026-10-24T22:00:00", "2026-10-25T05:00:00"),
    ],
)
def test_they_end(quiet: QuietHours | None, now: str, until: str | None) -> None:
    assert quiet_until(quiet, at(now)) == (at(until) if until else None)


def test_they_are_read_as_they_are_written() -> None:
    assert read_quiet_hours("22:00-06:00 Europe/Rome") == ROME
    assert str(ROME) == "22:00-06:00 Europe/Rome"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "22:00-06:00",
        "22-06 UTC",
        "24:00-06:00 UTC",
        "22:00-22:00 UTC",
        "22:00-06:00 Rome",
        "22:00-06:00 ../etc/passwd",
        "22:00-06:00 /etc/localtime",
        "22:00-06:00 Europe",
        "22:00-06:00 UTC more",
    ],
)
def test_what_is_no_such_thing_is_none(text: str) -> None:
    assert read_quiet_hours(text) is None


@given(
    st.times().map(lambda moment: f"{moment:%H:%M}"),
    st.times().map(lambda moment: f"{moment:%H:%M}"),
    st.sampled_from(["UTC", "Europe/Rome", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe"]),
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001
)
def test_once_they_are_over_they_are(begins: str, ends: str, zone: str, moment: datetime) -> None:
    quiet = read_quiet_hours(f"{begins}-{ends} {zone}")
    if quiet is None:
        assert begins == ends
        return
    now = moment.replace(tzinfo=UTC)
    until = quiet_until(quiet, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        assert quiet_until(quiet, until) is None
