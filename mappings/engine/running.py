"""Where the rules of a unit run: one frame, by which a watch finds the unit in hand, compiled or not."""

from __future__ import annotations

from mappings.engine.unit import Unit


def run_rules(unit: Unit) -> None:
    """Runs the unit's rules.

    raises  UnitRejected
    """
    unit.run()


#: the code that runs while the rules of a unit do; it calls that unit `unit`
UNIT_IN_HAND = run_rules.__code__
