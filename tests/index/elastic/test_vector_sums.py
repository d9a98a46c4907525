"""Means of languages while their first vectors are still being written."""

from __future__ import annotations

import numpy as np

from index.elastic.vector_sums import Sums
from index.semantic.centring import shipped


def test_a_language_of_which_nothing_is_kept_yet_is_centred_by_the_neutral_texts() -> None:
    neutral = shipped()
    vector = np.ones(len(neutral.passage("de")), dtype="<f4")
    sums = Sums({}, neutral)
    before = sums.centred("de", vector)
    sums.add("de", vector, 1)
    assert sums.centred("de", vector) == before
    assert before[1] == 0
