"""Resumption tokens: what goes in comes out, and nothing else is a token."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.oai_provider.tokens import Position, TokenInvalid, read, write

KEY = b"k" * 32

instants = st.one_of(st.just(""), st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z"))
positions = st.builds(
    Position,
    verb=st.sampled_from(["ListIdentifiers", "ListRecords", "ListSets"]),
    format_number=st.integers(0, 255),
    set_number=st.integers(0, 2**32 - 1),
    since=instants,
    until=instants,
    last=st.integers(0, 2**63),
    delivered=st.integers(0, 2**32 - 1),
    size=st.integers(0, 2**32 - 1),
)


@given(positions)
def test_a_token_gives_back_its_position(position: Position) -> None:
    token = write(position, KEY)
    assert read(token, KEY) == position
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,240}", token)


@given(positions, st.integers(0), st.integers(1, 255))
def test_a_token_with_any_byte_changed_is_none(position: Position, place: int, change: int) -> None:
    token = write(position, KEY).encode()
    place %= len(token)
    altered = token[:place] + bytes([token[place] ^ change]) + token[place + 1 :]
    with pytest.raises(TokenInvalid):
        read(altered.decode("latin-1"), KEY)


def test_every_change_of_every_byte_of_a_token_makes_it_none() -> None:
    position = Position(
        verb="ListRecords", set_number=3, since="2026-01-01T00:00:00Z", last=500, delivered=500, size=999
    )
    token = write(position, KEY).encode()
    for place, byte in enumerate(token):
        for other in {*range(256)} - {byte}:
            with pytest.raises(TokenInvalid):
                read((token[:place] + bytes([other]) + token[place + 1 :]).decode("latin-1"), KEY)


@given(positions)
def test_another_spelling_and_another_key_are_refused(position: Position) -> None:
    token = write(position, KEY)
    for other in (token + "=", token + "\n", " " + token, token + "AAAA", token[:-1], ""):
        with pytest.raises(TokenInvalid):
            read(other, KEY)
    with pytest.raises(TokenInvalid):
        read(token, b"x" * 32)


@given(st.text())
def test_any_text_is_a_token_or_refused(text: str) -> None:
    with pytest.raises(TokenInvalid):
        read(text, KEY)
