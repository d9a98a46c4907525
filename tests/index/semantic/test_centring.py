"""Languages lie over one another once the mean of each is taken off."""

from __future__ import annotations

import numpy as np
import pytest

from index.semantic.centring import LEANING, centre, neutral_of, neutral_texts, shipped
from index.semantic.tongues import tongue_of
from tests.model import model


@pytest.mark.parametrize(
    ("text", "stated", "tongue"),
    [
        ("Parish register", None, "en"),
        ("Kirchenbuch der Gemeinde", "de", "de"),
        ("Kirchenbuch der Gemeinde", "zh", "en"),
        ("民国二十年日记", "en", "zh"),
        ("戦争の日記について", None, "ja"),
        ("Метрическая книга", None, "ru"),
        ("1813-1837", None, "en"),
        ("", None, "en"),
    ],
)
def test_the_script_says_the_language_and_the_record_says_which_latin_one(
    text: str, stated: str | None, tongue: str
) -> None:
    assert tongue_of(text, stated) == tongue


def test_the_mean_of_few_records_leans_on_the_neutral_texts() -> None:
    prior, own = np.array([1, 0], dtype=np.float32), np.array([0, 1], dtype=np.float64)
    assert centre(own * 0, 0, prior).tolist() == [1, 0]
    assert centre(own * LEANING, LEANING, prior).tolist() == [0.5, 0.5]
    assert centre(own * 9 * LEANING, 9 * LEANING, prior)[1] == pytest.approx(0.9)


def test_there_are_eighty_neutral_texts_in_each_language() -> None:
    assert [len(set(neutral_texts(each))) for each in ("en", "zh")] == [80, 80]


@pytest.mark.semantic
def test_the_shipped_means_are_the_model_s_own() -> None:
    assert neutral_of(model()) is shipped()
    few = model().queries(neutral_texts("zh")[:12]).mean(axis=0)
    assert float(few @ shipped().query("zh")) > float(few @ shipped().query("en"))
