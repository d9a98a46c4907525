"""The challenge for a digest among those that a source states, in whatever order (RFC 9110, 11.6.1); pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
#: the name of a scheme: a word behind which no `=` stands
_SCHEME = re.compile(r"(?:^|,)[ \t]*([A-Za-z][\w-]*)(?=[ \t]+[^\s=,]|[ \t]*(?:,|$))")


def digest_challenge(stated: Sequence[str]) -> str:
    """The first that asks for a digest, with its parameters alone; empty where none does.

    stated   the values of the headers `WWW-Authenticate`; several challenges may stand in one
    """
    text = ", ".join(stated)
    # commas and words inside of quotes part nothing
    bare = _QUOTED.sub(lambda quoted: '"' + "=" * (len(quoted[0]) - 2) + '"', text)
    begins = [found.start(1) for found in _SCHEME.finditer(bare)]
    parts = [text[start:end] for start, end in pairwise([*begins, len(text)])]
    return next((part.rstrip(", \t") for part in parts if part.lower().startswith("digest ")), "")
