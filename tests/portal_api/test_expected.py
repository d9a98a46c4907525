"""A value that cannot be used is told with what was expected and what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest

from portal_api.config import load
from portal_api.errors import SettingsInvalid
from portal_api.expected import expected_and_found
from portal_api.http.parameters import read
from portal_api.views.search import SearchParameters

Few = Annotated[int, msgspec.Meta(ge=1, le=100)]


@pytest.mark.parametrize(
    ("kind", "found", "said"),
    [
        (Literal["a", "b"], "c", "expected one of a, b, found 'c'"),
        (Few, "1000", "expected a whole number from 1 to 100, found '1000'"),
        (Few | None, "x", "expected a whole number from 1 to 100, found 'x'"),
        (Annotated[float, msgspec.Meta(gt=0)], "-1", "expected a number above 0, found '-1'"),
        (bool, "2", "expected true or false, found '2'"),
        (tuple[Literal["a"], ...], ["b", "c"], "expected one of a, found ['b', 'c']"),
        (str, 5, "otherwise, found 5"),
    ],
)
def test_both_are_in_words(kind: Any, found: object, said: str) -> None:
    assert expected_and_found(kind, found, "otherwise") == said


def test_a_long_value_is_cut() -> None:
    assert len(expected_and_found(bool, "x" * 2_000, "")) < 200


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("sort", "foo", "expected one of added, changed, code, creator, date, "),
        ("page", "many", "expected a whole number"),
    ],
)
def test_a_parameter_says_both(name: str, value: str, expected: str) -> None:
    _, (fault,) = read([(name, value)], SearchParameters)
    assert expected in fault.detail
    assert fault.detail.startswith(f"{name}: ")
    assert fault.detail.endswith(f"found '{value}'")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('[exchange]\nlanguage = "fr"', "exchange.language: expected one of en, zh-Hans, found 'fr'"),
        ("[http]\nport = 99999", "http.port: expected a whole number from 0 to 65535, found 99999"),
        ("[http]\nexports_at_once = 0", "http.exports_at_once: expected a whole number of 1 or more, found 0"),
    ],
)
def test_a_setting_says_both_and_where_it_stands(tmp_path: Path, setting: str, said: str) -> None:
    (tmp_path / "exchange.toml").write_text(setting, encoding="utf-8")
    with pytest.raises(SettingsInvalid) as told:
        load(tmp_path, {})
    assert str(told.value) == f"{tmp_path / 'exchange.toml'}:2: {said}"


def test_a_secret_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "exchange.toml").write_text("[search]\npassword = 12345", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match=r"search\.password") as told:
        load(tmp_path, {})
    assert "12345" not in str(told.value)
