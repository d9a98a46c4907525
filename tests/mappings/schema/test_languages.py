"""Languages by code and by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.schema.languages import bcp47, language, languages, marc_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("en", "eng"),
        ("eng", "eng"),
        ("English", "eng"),
        ("en-US", "eng"),
        ("en_GB", "eng"),
        ("chi", "zho"),
        ("zh-Hant", "zho"),
        ("中文", "zho"),
        ("漢文", "zho"),
        ("ger", "deu"),
        ("Deutsch", "deu"),
        ("FRENCH.", "fra"),
        ("scr", "hrv"),
        ("sla", "sla"),
        ("mul", "mul"),
        ("zxx", "zxx"),
        ("cmn", "cmn"),
        ("und", None),
        ("", None),
        ("Parish", None),
        ("q", None),
    ],
)
def test_codes_and_names(text: str, code: str | None) -> None:
    assert language(text) == code


def test_every_code_of_the_table_leads_back_to_its_row() -> None:
    for row in languages().values():
        for code in filter(None, (row.code, row.bibliographic, row.iso639_1, bcp47(row.code), marc_code(row.code))):
            assert language(code) == row.code


def test_tags_for_output() -> None:
    assert bcp47("zho", "Hant") == "zh-Hant"
    assert bcp47("grc") == "grc"
    assert marc_code("zho") == "chi"


@given(st.text())
def test_any_text_gives_three_letters_or_none(text: str) -> None:
    found = language(text)
    assert found is None or (len(found) == 3 and language(found) == found)
