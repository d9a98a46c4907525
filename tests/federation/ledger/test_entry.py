"""Entries are canonical: one spelling, bounded, and only of known acts."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.ledger.entry import ACTS, MOST_BYTES, Act, Entry, canonical, decoded, object_name
from federation.ledger.pseudonyms import pseudonym

AT = "2026-11-25T00:00:00.000000Z"


@given(name=st.text(max_size=3_000), act=st.sampled_from(get_args(Act)))
def test_any_object_gives_an_entry_that_reads_back_within_its_bound(name: str, act: Act) -> None:
    body = canonical(Entry(act=act, object=f"feed:{name}"), seq=3, at=AT)
    assert len(body) <= MOST_BYTES
    assert canonical(decoded(body), seq=3, at=AT) == body


def test_keys_are_sorted() -> None:
    body = canonical(Entry(act="feed.added", object="feed:caf\u00e9"), seq=0, at=AT)
    assert list(json.loads(body)) == sorted(json.loads(body))


def test_names_that_differ_in_composition_alone_stay_apart_and_both_are_composed() -> None:
    composed, decomposed = "feed:caf\u00e9", "feed:cafe\u0301"
    assert object_name(composed) == composed
    assert object_name(decomposed).startswith(f"{composed}~")
    assert object_name(object_name(decomposed)) == object_name(decomposed)
    body = canonical(Entry(act="feed.added", object=decomposed), seq=0, at=AT).decode()
    assert unicodedata.is_normalized("NFC", body)


def test_an_act_that_is_not_listed_is_refused() -> None:
    with pytest.raises(ValueError, match="not an act"):
        canonical(Entry(act="feed.eaten", object="feed:a"), seq=0, at=AT)  # type: ignore[arg-type]
    assert "page.committed" in ACTS


def test_a_pseudonym_holds_for_a_month_and_does_not_link_to_the_next() -> None:
    november = pseudonym(b"key", datetime(2026, 11, 1, tzinfo=UTC))
    assert november == pseudonym(b"key", datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    assert november != pseudonym(b"key", datetime(2026, 12, 1, tzinfo=UTC))
    assert len(november) == 32
