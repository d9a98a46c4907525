"""How much of what is held may change or go unasked."""

from __future__ import annotations

import pytest

from harvester.brake import Brake, Cause, Moved, exceeded


@pytest.mark.parametrize(
    ("moved", "causes"),
    [
        (Moved(live=10_000, deleted=500, changed=3_000), ()),
        (Moved(live=10_000, deleted=501), ("deletions",)),
        (Moved(live=10_000, changed=3_001), ("changes",)),
        (Moved(live=10_000, deleted=9_000, changed=9_000), ("deletions", "changes")),
        (Moved(live=60, deleted=50, changed=50), ()),
        (Moved(live=60, deleted=51), ("deletions",)),
        (Moved(live=0, deleted=500, changed=500), ()),
    ],
)
def test_a_share_counts_only_beyond_so_many_records_and_never_where_nothing_was_held(
    moved: Moved, causes: tuple[Cause, ...]
) -> None:
    assert exceeded(moved) == causes


def test_limits_may_be_others() -> None:
    assert exceeded(Moved(live=100, changed=6), Brake(changed=0.05, records=5)) == ("changes",)
