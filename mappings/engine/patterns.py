"""Regular expressions that come from people: RE2 alone, so that no pattern can hang the system.

Where a value matches is linear in its length. The lookbehind and back-reference that RE2 lacks are refused at save.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

from mappings.said import Said, Telling, said

#: longest pattern
LENGTH = 200
_PROGRAM_BYTES = 8 << 20

#: what RE2 says is wrong -> the same as a sentence
_WHY = {
    "invalid escape sequence": said("there is no such escape"),
    "invalid character class": said("there is no such class of characters"),
    "invalid character class range": said("there is no such range of characters"),
    "missing ]": said("a ] is missing"),
    "missing )": said("a ) is missing"),
    "unexpected )": said("a ) closes nothing"),
    "trailing \\": said("a backslash stands last"),
    "no argument for repetition operator": said("nothing stands before a sign that repeats it"),
    "invalid repetition size": said("it repeats more often than may be"),
    "bad repetition operator": said("two signs of repetition stand together"),
    "invalid perl operator": said("RE2 has no such group"),
    "invalid UTF-8": said("its characters cannot be read"),
    "invalid named capture group": said("a named group is written wrongly"),
    "pattern too large - compile failed": said("it is too large"),
}


class PatternRefused(Telling, ValueError):
    """A pattern that is too long, too large, or not RE2."""


@lru_cache(maxsize=4096)
def pattern(text: str, *, length: int = LENGTH) -> Any:
    """The compiled pattern; only the exchange's own may be longer than `LENGTH`.

    raises  PatternRefused
    """
    if len(text) > length:
        raise PatternRefused(
            said("a pattern of %(count)s characters, at most %(most)s are taken", count=len(text), most=length)
        )
    try:
        return re2.compile(text, options=_options())
    except re2.error as error:
        message = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise PatternRefused(_refused(message)) from None


def _refused(message: str) -> Said:
    """What RE2 says, `missing ): (a`, as a sentence with the part that it names."""
    kind, _, part = message.partition(": ")
    why = _WHY.get(kind, said("it cannot be read"))
    if not part:
        return said("not a pattern of RE2: %(why)s", why=why)
    return said("not a pattern of RE2: %(why)s: %(part)s", why=why, part=part)


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
