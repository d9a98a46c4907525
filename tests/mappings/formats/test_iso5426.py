"""ISO 5426: marks go behind their letters, and any bytes give text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.formats.iso5426 import decode_iso5426


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        (b"p\xc1ere", "père"),
        (b"fran\xd0cais", "français"),
        (b"\xeauvres d'\xc2Etienne", "Œuvres d'Étienne"),
        (b"\xc8u\xcfs\xe8", "üšŁ"),
        (b"\x88Le \x89monde", "Le monde"),
    ],
)
def test_bytes_give_their_characters(data: bytes, text: str) -> None:
    assert decode_iso5426(data) == (text, 0)


def test_what_cannot_be_read_is_counted() -> None:
    assert decode_iso5426(b"a\xffb\xc1") == ("a\ufffdb", 2)


@given(st.binary(max_size=60))
def test_any_bytes_give_text_and_a_count(data: bytes) -> None:
    text, replaced = decode_iso5426(data)
    assert len(text) <= len(data)
    assert 0 <= replaced <= len(data)
