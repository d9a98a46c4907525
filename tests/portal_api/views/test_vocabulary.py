"""Codes that pages show have words."""

from __future__ import annotations

from typing import get_args

from index.query.faults import EXPECTED, Code
from portal_api.views.vocabulary import NOTICES


def test_every_fault_of_a_query_has_its_sentence() -> None:
    assert set(get_args(Code)) <= NOTICES.keys()
    assert set(get_args(Code)) - EXPECTED.keys() == {"query_cut", "field_unknown", "value_unknown"}
