"""The sums of each language's vectors while a write is made, and the means that documents are centred by. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from index.elastic.vector_index import Tongue
from index.semantic.centring import Neutral, Vector, centre, has_moved

#: a vector that lies on its language's mean has no direction from there
_LEAST_LENGTH = 1e-6


class Sums:
    """The languages of one store."""

    def __init__(self, kept: Mapping[str, Tongue], neutral: Neutral) -> None:
        self._kept, self._neutral = dict(kept), neutral

    def add(self, name: str, vector: Vector, times: int) -> None:
        """A record of a language came (1) or went (-1); a new language begins with the neutral texts' mean."""
        old = self._kept.get(name) or self._begun(name)
        total = np.frombuffer(old.total, dtype="<f8") + times * vector.astype("<f8")
        self._kept[name] = replace(old, count=old.count + times, total=total.tobytes())

    def _begun(self, name: str) -> Tongue:
        prior = self._neutral.passage(name)
        total = np.zeros(len(prior), dtype="<f8").tobytes()
        return Tongue(count=0, total=total, centre=prior.astype("<f4").tobytes(), centred_at=0, number=0)

    def settle(self) -> None:
        """Takes the mean of each language anew of which a tenth came or went."""
        for name, each in self._kept.items():
            if has_moved(each.count, each.centred_at):
                mean = centre(np.frombuffer(each.total, dtype="<f8"), each.count, self._neutral.passage(name))
                moved = mean.astype("<f4").tobytes()
                self._kept[name] = replace(each, centre=moved, centred_at=each.count, number=each.number + 1)

    def kept(self) -> dict[str, Tongue]:
        """The languages as they are kept."""
        return dict(self._kept)

    def centred(self, name: str, vector: Vector) -> tuple[list[float], int]:
        """A vector from its language's mean, of length 1, and the number of that mean."""
        # of a language whose first vectors are still on their way nothing is kept yet
        kept = self._kept.get(name) or self._begun(name)
        apart: npt.NDArray[np.float32] = vector - np.frombuffer(kept.centre, dtype="<f4")
        length = float(np.linalg.norm(apart))
        found = apart / length if length > _LEAST_LENGTH else vector
        return [float(each) for each in found], kept.number
