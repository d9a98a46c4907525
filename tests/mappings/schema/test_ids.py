"""Ids of records."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from mappings.schema.ids import ALPHABET, is_record_id, record_id


def test_an_id_is_the_first_130_bits_of_the_hash() -> None:
    bits = format(int.from_bytes(hashlib.sha256(b"feed\0oai:x:1").digest(), "big"), "0256b")[:130]
    expected = "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 130, 5))
    assert record_id("feed", "oai:x:1") == "r" + expected


@given(st.text(), st.text())
def test_any_names_give_an_id_of_27_characters(feed: str, native: str) -> None:
    made = record_id(feed, native)
    assert len(made) == 27
    assert is_record_id(made)


def test_feed_and_native_id_do_not_run_together() -> None:
    assert record_id("ab", "c") != record_id("a", "bc")


def test_other_shapes_are_no_record_ids() -> None:
    assert not is_record_id("c-" + record_id("f", "1"))
    assert not is_record_id("r" + "u" * 26)
