"""A model that does not give what it should is off with a name, never in silence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from index.semantic.embedder import Vectors
from index.semantic.errors import EmbedderAbsent
from index.semantic.self_check import check_bundled, check_service, checked
from tests.model import model


class Turned:
    """A model behind which another one stands: its queries are turned about."""

    fingerprint = "turned"

    def queries(self, texts: Sequence[str]) -> Vectors:
        return np.roll(model().queries(texts), 1, axis=1)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return model().passages(texts)


@pytest.mark.semantic
def test_the_bundled_model_gives_what_was_measured() -> None:
    check_bundled(model())
    check_service(model())


@pytest.mark.semantic
def test_another_model_is_told_by_its_cosines() -> None:
    with pytest.raises(EmbedderAbsent, match=r"expected a cosine of 0\.900 .* found") as absent:
        check_bundled(Turned())
    assert absent.value.reason == "self_check_failed"


@pytest.mark.semantic
def test_a_service_that_ranks_nonsense_is_refused() -> None:
    with pytest.raises(EmbedderAbsent, match="belong together"):
        check_service(Turned())


def test_a_vector_that_is_not_of_length_one_is_refused() -> None:
    with pytest.raises(EmbedderAbsent, match=r"expected vectors of length 1, found 2\.000"):
        checked(np.array([[2.0, 0.0]], dtype=np.float32))


@pytest.mark.semantic
def test_equal_texts_have_equal_vectors_alone_and_among_others() -> None:
    alone = model().passages(["Parish register"])
    among = model().passages(["Ships", "Parish register"])
    assert np.allclose(alone[0], among[1], atol=1e-5)
