"""The printed code opens the set-up once, within a day and five tries."""

from __future__ import annotations

from portal_api.auth.setup_code import LIFETIME_SECONDS, SetupCode


def test_case_and_hyphens_make_no_difference() -> None:
    code = SetupCode(0.0)
    assert len(code.text.replace("-", "")) == 16
    assert code.check(code.text.lower().replace("-", " "), 1.0) == "right"


def test_five_wrong_tries_spend_it() -> None:
    code = SetupCode(0.0, "AAAA-BBBB-CCCC-DDDD")
    assert [code.check("0000", 1.0) for _ in range(6)] == ["wrong"] * 5 + ["spent"]
    assert code.check(code.text, 1.0) == "spent"


def test_a_day_or_a_use_spends_it() -> None:
    code = SetupCode(0.0)
    assert code.check(code.text, LIFETIME_SECONDS + 1.0) == "spent"
    code.spend()
    assert code.check(code.text, 1.0) == "spent"
