"""Numbers in what commands say."""

from __future__ import annotations

from portal_api.commands.output import counted


def test_one_is_told_in_the_singular_and_any_other_number_in_the_plural() -> None:
    assert [counted(number, "page") for number in (0, 1, 2)] == ["0 pages", "1 page", "2 pages"]
    assert counted(1, "ledger entry", "ledger entries") == "1 ledger entry"
    assert counted(3, "ledger entry", "ledger entries") == "3 ledger entries"
