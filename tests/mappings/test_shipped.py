"""A version of a base crosswalk or of a table means one text for good: feeds and crosswalks pin it."""

from __future__ import annotations

from tests.mappings.shipped import frozen, shipping

HOW = (
    "changed content needs a new version: keep the former file as NAME@VERSION beside it, raise the number in the file "
    "(`version:`, or the first line of a table) and in what pins it, then run `python -m tests.mappings.shipped` "
    "(docs/decisions/0035-versions-are-frozen.md)"
)


def test_what_ships_under_a_version_is_what_was_frozen() -> None:
    now, then = shipping(), frozen()
    changed = sorted(label for label in now.keys() & then.keys() if now[label] != then[label])
    assert not changed, f"{', '.join(changed)}: {HOW}"


def test_every_version_that_ships_is_frozen() -> None:
    new = sorted(shipping().keys() - frozen().keys())
    assert not new, f"{', '.join(new)}: a new version; run `python -m tests.mappings.shipped` once its text is final"


def test_every_version_that_was_frozen_ships() -> None:
    gone = sorted(frozen().keys() - shipping().keys())
    assert not gone, f"{', '.join(gone)}: {HOW}"
