"""Patterns of the exchange's own find in a short text what RE2 finds in it."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine import agent_names, cleaning, measures, typed_transforms
from mappings.engine.own_patterns import SHORT, OwnPattern
from mappings.engine.patterns import pattern

OWN = {
    f"{module.__name__.rpartition('.')[2]}.{name}": found
    for module in (agent_names, cleaning, measures, typed_transforms)
    for name, found in vars(module).items()
    if isinstance(found, OwnPattern)
}
#: pieces that the patterns look for, and any other signs
WORDS = ["12", "1,234.5", "1881", "1936?", " - ", "ca. ", "(ed.)", "[b. ", "4 x 6", "in.", "cu. ft.", "box 1a", "<<A>>"]
texts = st.lists(st.one_of(st.sampled_from(WORDS), st.text(string.printable, max_size=3)), max_size=8).map("".join)


@pytest.mark.parametrize("name", sorted(OWN))
@given(text=texts)
def test_what_is_found_is_what_re2_finds(name: str, text: str) -> None:
    own = OWN[name]
    for found, peer in (
        (own.search(text), pattern(own.written).search(text)),
        (own.fullmatch(text), pattern(own.written).fullmatch(text)),
    ):
        assert (found is None) == (peer is None)
        if found is not None:
            assert (found.span(), found.groups()) == (peer.span(), peer.groups())
    assert own.sub("-", text) == pattern(own.written).sub("-", text)


def test_long_texts_are_left_to_re2() -> None:
    own = OwnPattern(r"(a+)+$")
    assert own.search("a" * 20) is not None
    assert own.search("a" * (SHORT + 1) * 100 + "!") is None


def test_letters_beyond_ascii_are_letters() -> None:
    assert OwnPattern(r"\pL+").search("12 Bände")[0] == "Bände"
