"""How much of what is held may change or go unasked."""

from __future__ import annotations

import pytest

from harvester.brake import Brake, Cause, Moved, exceeded, spoiled, warned


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


@pytest.mark.parametrize(
    ("moved", "causes", "warnings"),
    [
        (Moved(live=1_000, units=1_000, units_lost=150), (), ()),
        (Moved(live=1_000, units=1_000, units_lost=151), (), ("output_falls",)),
        (Moved(live=1_000, units=1_000, units_lost=301), ("output_falls",), ("output_falls",)),
        (Moved(live=10, units=10_000, units_lost=3_001), ("output_falls",), ("output_falls",)),
        (Moved(live=60, units=60, units_lost=50), (), ()),
        (Moved(live=1_000, units=1_000, refused=100, refused_more=301), ("rejects_rise",), ("rejects_rise",)),
        (Moved(live=1_000, units=1_000, refused=600, refused_more=50), (), ()),
        (Moved(live=1_000, units=1_000, units_lost=-500, refused_more=-500), (), ()),
        (Moved(units_lost=500, refused_more=500), (), ()),
    ],
)
def test_output_and_rejects_have_limits_of_which_half_is_a_warning(
    moved: Moved, causes: tuple[Cause, ...], warnings: tuple[Cause, ...]
) -> None:
    assert (spoiled(moved), warned(moved)) == (causes, warnings)
