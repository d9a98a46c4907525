"""The challenge for a digest among those that a source states, in whatever order (RFC 9110, 11.6.1); pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from harvester.digests import HASHES, challenge_of

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
#: the name of a scheme: a word behind which no `=` stands
_SCHEME = re.compile(r"(?:^|,)[ \t]*([A-Za-z][\w-]*)(?=[ \t]+[^\s=,]|[ \t]*(?:,|$))")
#: a challenge for a digest, and its parameters
_DIGEST = re.compile(r"digest[ \t]+(.+)", re.IGNORECASE | re.DOTALL)
#: `name = value`, the value a word or in quotes
_PARAMETER = re.compile(r"""([\w!#$%&'*+.^`|~-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))""", re.DOTALL)
_STRENGTHS = tuple(HASHES)


def digest_challenge(stated: Sequence[str]) -> str:
    """The strongest for a digest that can be answered, with its parameters alone; empty where there is none.

    stated   the values of the headers `WWW-Authenticate`; several challenges may stand in one
    """
    text = ", ".join(stated)
    # commas and words inside of quotes part nothing
    bare = _QUOTED.sub(lambda quoted: '"' + "=" * (len(quoted[0]) - 2) + '"', text)
    begins = [found.start(1) for found in _SCHEME.finditer(bare)]
    parts = [text[start:end].rstrip(", \t") for start, end in pairwise([*begins, len(text)])]
    digests = [found[1] for part in parts if (found := _DIGEST.fullmatch(part))]
    # of those as strong as each other the first, which the source prefers
    strongest = max(digests, key=_strength, default="")
    return f"Digest {strongest}" if _strength(strongest) >= 0 else ""


def parameters(text: str) -> Mapping[str, str]:
    """The parameters of one challenge, or of a header like it, by their names in small letters."""
    found = _PARAMETER.finditer(text)
    return {each[1].lower(): each[3] if each[2] is None else re.sub(r"\\(.)", r"\1", each[2]) for each in found}


def _strength(stated: str) -> int:
    """The place of the challenge's hash among those known; below all of them where no answer to it can be made."""
    challenge = challenge_of(parameters(stated))
    return -1 if challenge is None else _STRENGTHS.index(challenge.hashed)
