"""Entries are canonical: one spelling, bounded, and only of known acts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.ledger.entry import ACTS, MOST_BYTES, Act, Entry, canonical, decoded
from federation.ledger.pseudonyms import pseudonym

AT = "2026-11-25T00:00:00.000000Z"


@given(name=st.text(max_size=3_000), act=st.sampled_from(get_args(Act)))
def test_any_object_gives_an_entry_that_reads_back_within_its_bound(name: str, act: Act) -> None:
    body = canonical(Entry(act=act, object=f"feed:{name}"), seq=3, at=AT)
    assert len(body) <= MOST_BYTES
    assert canonical(decoded(body), seq=3, at=AT) == body


def test_keys_are_sorted_and_composed_and_decomposed_letters_are_one() -> None:
    composed = canonical(Entry(act="feed.added", object="feed:caf\u00e9"), seq=0, at=AT)
    assert composed == canonical(Entry(act="feed.added", object="feed:cafe\u0301"), seq=0, at=AT)
    assert list(json.loads(composed)) == sorted(json.loads(composed))


def test_an_act_that_is_not_listed_is_refused() -> None:
    with pytest.raises(ValueError, match="not an act"):
        canonical(Entry(act="feed.eaten", object="feed:a"), seq=0, at=AT)  # type: ignore[arg-type]
    assert "page.committed" in ACTS


def test_a_pseudonym_holds_for_a_month_and_does_not_link_to_the_next() -> None:
    november = pseudonym(b"key", datetime(2026, 11, 1, tzinfo=UTC))
    assert november == pseudonym(b"key", datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    assert november != pseudonym(b"key", datetime(2026, 12, 1, tzinfo=UTC))
    assert len(november) == 32
