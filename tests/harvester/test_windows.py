"""However a list is parted, its windows cover it: in order, edge to edge, open where the list is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from harvester.windows import Reach, Window, asked, halve, merge, plan

START = datetime(1970, 1, 2, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=48_000)).map(lambda after: START + after)
REACHES = st.builds(
    Reach, earliest=st.none() | MOMENTS, latest=MOMENTS, granularity=st.sampled_from(("seconds", "days"))
)
WHOLE = Window()


@given(reach=REACHES, width=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=900)), turns=st.data())
def test_windows_cover_whatever_is_done_to_them(reach: Reach, width: timedelta | None, turns: st.DataObject) -> None:
    windows = plan(WHOLE, reach, width=width and max(width, timedelta(days=300)))
    for _ in range(6):
        at = turns.draw(st.integers(0, len(windows) - 1))
        if turns.draw(st.booleans()):
            windows = (*windows[:at], *halve(windows[at], reach), *windows[at + 1 :])
        else:
            windows = (*windows[:at], *merge(windows[at:]))
    assert (windows[0].since, windows[-1].until) == (None, None)
    assert all(before.until == after.since for before, after in pairwise(windows))
    edges = [window.until for window in windows[:-1]]
    assert None not in edges
    assert len(set(edges)) == len(edges)


def test_a_window_of_one_granule_is_not_halved() -> None:
    reach = Reach(earliest=None, latest=datetime(2026, 1, 1, tzinfo=UTC), granularity="days")
    window = Window(since="2020-01-01", until="2020-01-02")
    assert halve(window, reach) == (window,)


def test_a_request_reaches_a_granule_over_each_edge() -> None:
    assert asked(Window(since="2020-01-02", until="2020-01-05"), "days") == ("2020-01-01", "2020-01-06")
    stamp = "2020-01-02T00:00:00Z"
    assert asked(Window(since=stamp), "seconds") == ("2020-01-01T23:59:59Z", "")
    assert asked(WHOLE, "days") == ("", "")
