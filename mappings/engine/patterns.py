"""Regular expressions that come from people: RE2 alone, so that no pattern can hang the system.

Where a value matches is linear in its length. The lookbehind and back-reference that RE2 lacks are refused at save.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

#: longest pattern
LENGTH = 200
_PROGRAM_BYTES = 8 << 20


class PatternRefused(ValueError):
    """A pattern that is too long, too large, or not RE2."""


@lru_cache(maxsize=4096)
def pattern(text: str, *, length: int = LENGTH) -> Any:
    """The compiled pattern; only the exchange's own may be longer than `LENGTH`.

    raises  PatternRefused
    """
    if len(text) > length:
        raise PatternRefused(f"a pattern of {len(text)} characters, at most {length} are taken")
    try:
        return re2.compile(text, options=_options())
    except re2.error as error:
        message = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise PatternRefused(f"not a pattern of RE2: {message}") from None


def finds(text: str) -> Callable[[str], bool]:
    """Whether the pattern is found in a text, and not where: half the work.

    raises  PatternRefused
    """
    pattern(text)
    alone = re2.Set.SearchSet(_options())
    alone.Add(text)
    alone.Compile()
    return lambda value: bool(alone.Match(value))


def _options() -> Any:
    options = re2.Options()
    options.max_mem = _PROGRAM_BYTES
    options.log_errors = False
    return options
