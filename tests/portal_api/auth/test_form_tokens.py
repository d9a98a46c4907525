"""A form is accepted from the browser that loaded it, and from our own pages alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.auth.form_tokens import check_form, form_token
from portal_api.errors import FormExpired

HOME = "http://127.0.0.1:8080"


def test_two_tokens_of_one_cookie_differ_and_both_hold() -> None:
    first, second = form_token("cookie"), form_token("cookie")
    assert first != second
    for token in (first, second):
        check_form("cookie", token, {"Origin": HOME}, (HOME,))


@pytest.mark.parametrize(
    ("cookie", "headers"),
    [
        ("other", {"Origin": HOME}),
        ("cookie", {}),
        ("cookie", {"Origin": "null"}),
        ("cookie", {"Origin": "http://evil"}),
    ],
)
def test_another_cookie_or_origin_is_refused(cookie: str, headers: dict[str, str]) -> None:
    with pytest.raises(FormExpired):
        check_form(cookie, form_token("cookie"), headers, (HOME,))


@given(st.text())
def test_any_other_text_is_refused(sent: str) -> None:
    with pytest.raises(FormExpired):
        check_form("cookie", sent, {"Origin": HOME}, (HOME,))
