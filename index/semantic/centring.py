"""Language-mean centring: from each vector the mean of its language is taken, so that languages lie over one another.

Multilingual models hold a query nearer to every text in its own language than to the same thing in another one. The
mean of a language's records is theirs, leaning on that of neutral texts while they are few; the mean of queries is that
of neutral texts alone.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
import numpy.typing as npt

from index.semantic.embedder import Embedder
from index.semantic.tongues import DEFAULT

Vector = npt.NDArray[np.float32]
LANGUAGES = ("en", "zh")
#: as many records of a language weigh as much as the neutral texts
LEANING = 50
_GROWN = 0.1


class Neutral(msgspec.Struct, frozen=True, kw_only=True):
    """Means of the neutral texts of each language, as queries and as passages; float32, base64."""

    fingerprint: str
    queries: dict[str, str]
    passages: dict[str, str]

    def query(self, tongue: str) -> Vector:
        """The mean of queries of a language; of one without neutral texts that of English."""
        return _vector(self.queries.get(tongue) or self.queries[DEFAULT])

    def passage(self, tongue: str) -> Vector:
        """The mean of passages of a language."""
        return _vector(self.passages.get(tongue) or self.passages[DEFAULT])


def neutral_texts(language: str) -> list[str]:
    """Eighty things that somebody may look for, the same in each language."""
    text = files("index.semantic").joinpath("neutral", f"{language}.txt").read_text(encoding="utf-8")
    return text.splitlines()


def measured(embedder: Embedder) -> Neutral:
    """The means by a model; embeds every neutral text twice. Raises EmbedderAbsent."""
    texts = {language: neutral_texts(language) for language in LANGUAGES}
    return Neutral(
        fingerprint=embedder.fingerprint,
        queries={language: _told(embedder.queries(each).mean(axis=0)) for language, each in texts.items()},
        passages={language: _told(embedder.passages(each).mean(axis=0)) for language, each in texts.items()},
    )


@cache
def shipped() -> Neutral:
    """The means by the bundled model, made by `deploy/semantic/means.py`."""
    return msgspec.json.decode(files("index.semantic").joinpath("means.json").read_bytes(), type=Neutral)


def neutral_of(embedder: Embedder) -> Neutral:
    """The means by a model: those that are shipped, where they are its own."""
    return shipped() if shipped().fingerprint == embedder.fingerprint else measured(embedder)


def centre(total: npt.NDArray[np.float64], count: int, prior: Vector) -> Vector:
    """The mean of `count` records' vectors, whose sum is `total`, leaning on a prior."""
    mean = (total + LEANING * prior.astype(np.float64)) / (count + LEANING)
    return mean.astype(np.float32)


def has_moved(count: int, centred_at: int) -> bool:
    """Whether a language's mean is to be taken anew: a tenth of its records came or went since."""
    return abs(count - centred_at) > _GROWN * centred_at


def centred_lengths(
    vectors: npt.NDArray[np.float32], centres: Mapping[int, Vector], tongues: npt.NDArray[np.int16]
) -> npt.NDArray[np.float32]:
    """Of each row, a vector of length 1, the length once its language's mean is taken from it."""
    lengths = np.ones(len(vectors), dtype=np.float32)
    for tongue, mean in centres.items():
        squares = 1.0 - 2.0 * (vectors @ mean) + float(mean @ mean)
        lengths = np.where(tongues == tongue, np.sqrt(np.maximum(squares, 1e-6)), lengths)
    return lengths


def _told(vector: npt.NDArray[np.float32]) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def _vector(told: str) -> Vector:
    return np.frombuffer(base64.b64decode(told), dtype="<f4").astype(np.float32)
