"""Some of what there is, where not all of an index answered, or not in time: given, and told to be a part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

#: of what is read in several steps: then no further one is begun
SOFT_SECONDS = 0.8


class Found(tuple[T, ...]):
    """What was found, in order."""

    #: False where a part of the index, or the time for all of it, was missing
    is_whole: bool = True


def found(each: Iterable[T], *, is_whole: bool) -> Found[T]:
    """What was found; `is_whole`: nothing was missing."""
    made = Found(each)
    made.is_whole = is_whole
    return made
