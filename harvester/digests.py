"""The answer to a challenge for a digest: that the password is known, without sending it (RFC 7616, 3); pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

Qop = Literal["", "auth", "auth-int"]

#: the hashes that answers can be made with, the weakest first, by their names without hyphens
HASHES: Mapping[str, Callable[[bytes], hashlib._Hash]] = {
    "MD5": hashlib.md5,
    "SHA": hashlib.sha1,
    "SHA256": hashlib.sha256,
    "SHA512": hashlib.sha512,
}
_SESSION = "-SESS"
_SPELT = ("MD5", "SHA", "SHA256", "SHA-256", "SHA512", "SHA-512")


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """What a source wants to be answered."""

    realm: str
    nonce: str
    #: as it is stated; empty = it is not, which means MD5
    algorithm: str = ""
    #: what the digest is to cover: the request, its body too, or as before there was a choice
    qop: Qop = ""
    opaque: str | None = None

    @property
    def hashed(self) -> str:
        """The hash that it wants, by its name among `HASHES`; empty where that is none of them."""
        name = self.algorithm.upper().removesuffix(_SESSION) or "MD5"
        return name.replace("-", "") if name in _SPELT else ""

    @property
    def is_session(self) -> bool:
        """Whether the password is hashed once, with the first nonce."""
        return self.algorithm.upper().endswith(_SESSION)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers."""

    username: str
    password: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The request that an answer goes with."""

    method: str
    #: path and query, as they are sent
    target: str
    body: bytes = b""


class Nonces(msgspec.Struct, frozen=True, kw_only=True):
    """The source's nonce and ours, with how often they were sent; a session keeps those of its begin."""

    first: str
    current: str
    own: str
    count: int


def challenge_of(parameters: Mapping[str, str]) -> Challenge | None:
    """The challenge with these parameters; None where no answer to it can be made."""
    qop = _chosen(parameters.get("qop", ""))
    if "realm" not in parameters or not parameters.get("nonce") or qop is None:
        return None
    challenge = Challenge(
        realm=parameters["realm"],
        nonce=parameters["nonce"],
        algorithm=parameters.get("algorithm", ""),
        qop=qop,
        opaque=parameters.get("opaque"),
    )
    return challenge if challenge.hashed else None


def _chosen(stated: str) -> Qop | None:
    """What the digest covers, of what is offered the most; None where nothing that is known is."""
    if not stated:
        return ""
    kinds = {kind.strip().lower() for kind in stated.split(",")}
    if "auth-int" in kinds:
        return "auth-int"
    return "auth" if "auth" in kinds else None


def authorization(challenge: Challenge, person: Person, asked: Asked, nonces: Nonces) -> str:
    """The value of the header `Authorization`."""
    said = {
        "username": _quoted(person.username),
        "realm": _quoted(challenge.realm),
        "nonce": _quoted(nonces.current),
        "uri": _quoted(asked.target),
        "response": _quoted(response(challenge, person, asked, nonces)),
    }
    if challenge.algorithm:
        said["algorithm"] = challenge.algorithm
    if challenge.opaque is not None:
        said["opaque"] = _quoted(challenge.opaque)
    if challenge.qop:
        said |= {"qop": challenge.qop, "nc": _count(nonces)}
    if challenge.qop or challenge.is_session:
        said["cnonce"] = _quoted(nonces.own)
    return "Digest " + ", ".join(f"{name}={value}" for name, value in said.items())


def response(challenge: Challenge, person: Person, asked: Asked, nonces: Nonces) -> str:
    """The digest itself (RFC 7616, 3.4.1 to 3.4.3)."""

    def hashed(*parts: str) -> str:
        return HASHES[challenge.hashed](":".join(parts).encode()).hexdigest()

    secret = hashed(person.username, challenge.realm, person.password)
    if challenge.is_session:
        secret = hashed(secret, nonces.first, nonces.own)
    covered = [asked.method.upper(), asked.target]
    if challenge.qop == "auth-int":
        covered.append(HASHES[challenge.hashed](asked.body).hexdigest())
    between = [nonces.current]
    if challenge.qop:
        between += [_count(nonces), nonces.own, challenge.qop]
    return hashed(secret, *between, hashed(*covered))


def _count(nonces: Nonces) -> str:
    return f"{nonces.count:08x}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
