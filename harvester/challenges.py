"""The challenge for a digest among those that a source states, in whatever order (RFC 9110, 11.6.1); pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from aiohttp.client_middleware_digest_auth import DigestFunctions, parse_header_pairs

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
#: the name of a scheme: a word behind which no `=` stands
_SCHEME = re.compile(r"(?:^|,)[ \t]*([A-Za-z][\w-]*)(?=[ \t]+[^\s=,]|[ \t]*(?:,|$))")
#: a challenge for a digest, and its parameters
_DIGEST = re.compile(r"digest[ \t]+(.+)", re.IGNORECASE | re.DOTALL)
#: the hashes of digests, the weakest first, by their names without hyphens
_HASHES = ("MD5", "SHA", "SHA256", "SHA512")


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


def _strength(parameters: str) -> int:
    """The place of the challenge's hash among those known; below all of them where no answer to it can be made."""
    said = parse_header_pairs(parameters)
    algorithm = said.get("algorithm", "MD5").upper()
    kinds = {kind.strip() for kind in (said.get("qop") or "auth").split(",")}
    answerable = "realm" in said and said.get("nonce") and kinds & {"auth", "auth-int"}
    name = algorithm.removesuffix("-SESS").replace("-", "")
    return _HASHES.index(name) if answerable and algorithm in DigestFunctions and name in _HASHES else -1
