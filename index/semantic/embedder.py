"""What makes vectors of texts (a port): the model of the extra and a service are the two that there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

#: a row a text, each of length 1
Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """A model; equal texts give equal vectors as long as its fingerprint is the same."""

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits: vectors of two fingerprints cannot be compared."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what readers ask; raises EmbedderAbsent."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is found; raises EmbedderAbsent."""
