"""Raw records beside their results: MARC in ISO 2709 is read field by field, everything else stands as it came."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.payload import carried
from portal_api.views.readable import readable
from tests.factories import raw_record

SAMPLES = Path(__file__).parents[2] / "samples"


def marc(data: bytes, name: str = "marc21") -> str:
    payload, charset = carried(data)
    return readable(msgspec.structs.replace(raw_record(), payload=payload, charset=charset, format=name))


def test_iso_2709_is_shown_as_lines_of_its_fields() -> None:
    data = (
        b"00071nam a2200049 a 4500"
        b"001000300000" b"245001800003" b"\x1e" b"42\x1e" b"10\x1faTitle\x1fcAuthor\x1e\x1d"
    )  # fmt: skip
    said = marc(data).splitlines()
    assert said == ["=LDR  00071nam a2200049 a 4500", "=001  42", "=245  10$aTitle$cAuthor"]


@pytest.mark.parametrize("text", ['{"cells": {"a": "b"}}', "<record>1</record>", "", "00012 no record"])
def test_everything_else_stands_as_it_came(text: str) -> None:
    assert readable(msgspec.structs.replace(raw_record(), payload=text)) == text


@given(st.binary(max_size=200))
def test_any_bytes_are_shown(data: bytes) -> None:
    assert isinstance(marc(b"00099nam a2200049 a 4500" + data), str)
