"""An index that is read while others write it: what was committed is seen at the next search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import msgspec
import tantivy

from index.embedded.schema import opened
from index.errors import BackendUnavailable

P = ParamSpec("P")
T = TypeVar("T")


class Meta(msgspec.Struct):
    """What is read of tantivy's `meta.json`."""

    opstamp: int


def opstamp(folder: Path) -> int:
    """The operation that the last commit of a folder's index ended with."""
    return msgspec.json.decode((folder / "meta.json").read_bytes(), type=Meta).opstamp


def guarded(call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What an engine's call gives; its faults, panics among them, are one named error."""
    try:
        return call(*arguments, **named)
    except (ValueError, OSError) as error:
        raise BackendUnavailable(f"the search index cannot answer ({error})") from error
    except BaseException as error:
        # a panic of the engine is no Exception; everything else of that kind ends us, and may
        if type(error).__name__ != "PanicException":
            raise
        raise BackendUnavailable("the search engine stopped over this query") from error


class Reader:
    """Searchers of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = guarded(opened, folder)
        self._seen: tuple[int, int] | None = None
        self._searcher: tantivy.Searcher | None = None
        self.opstamp = 0

    def searcher(self) -> tantivy.Searcher:
        """A searcher over the last commit."""
        return guarded(self._current)

    def _current(self) -> tantivy.Searcher:
        status = (self._folder / "meta.json").stat()
        stamp = (status.st_mtime_ns, status.st_ino)
        if self._searcher is None or stamp != self._seen:
            self.opstamp = opstamp(self._folder)
            self._index.reload()
            self._searcher, self._seen = self._index.searcher(), stamp
        return self._searcher
