"""What is kept of rules' results: values that come again are, those of a rule whose values never do are let go."""

from __future__ import annotations

from mappings.engine.kept import CACHE_SIZE, CACHE_TEXT, Kept


def asked(kept: Kept, text: str) -> bool:
    """Whether the result was there; it is kept then."""
    kept.asked += 1
    known = text in kept.results
    if not known:
        kept.add(text, len(text), text)
    return known


def test_a_value_that_comes_again_is_not_worked_out_again() -> None:
    kept = Kept()
    assert [asked(kept, text) for text in ("Floods", "Maps", "Floods")] == [False, False, True]
    assert (kept.asked, kept.misses) == (3, 2)


def test_a_long_text_is_not_kept() -> None:
    kept = Kept()
    assert not asked(kept, "a" * (CACHE_TEXT + 1))
    assert not kept.results


def test_no_more_than_so_many_are_kept_while_values_come_again() -> None:
    kept = Kept()
    for number in range(4 * CACHE_SIZE):
        asked(kept, str(number))
        asked(kept, str(number))
    assert 0 < len(kept.results) <= CACHE_SIZE
    assert kept.misses == 4 * CACHE_SIZE


def test_numbers_that_never_come_again_are_let_go_for_a_while() -> None:
    kept = Kept()
    for number in range(CACHE_SIZE + 1):
        asked(kept, str(number))
    asked(kept, "another")
    assert len(kept.results) <= 1
    number = CACHE_SIZE + 1
    while len(kept.results) < CACHE_SIZE:
        number += 1
        asked(kept, str(number))
        assert number < 20 * CACHE_SIZE
    assert asked(kept, str(number))
