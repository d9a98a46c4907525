"""What a list has passed, kept small however long it is: enough to know that it goes in a circle; pure.

A loop comes back to each of its steps for ever. The last steps find a short loop at the first step that comes again;
samples about each power of two find a long one, as in Brent's search for cycles: a loop of n steps, entered after
m others, is known after at most 2m + n + 4 steps, three in a row of it after at most 2m + n + 6.
"""

from __future__ import annotations

import hashlib

import msgspec

#: the last steps that are kept, and the steps in a row from each power of two on
RECENT, SAMPLE = 64, 3
#: enough for lists of four thousand million steps
_MOST_SAMPLES = 32 * SAMPLE


class Trail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Digests of the steps passed."""

    #: how many there were
    length: int = 0
    #: the last ones, and those about the powers of two, each in their order
    recent: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()

    def __contains__(self, step: object) -> bool:
        """Whether the step is known to have been passed."""
        return step in self.recent or step in self.samples

    def passed(self, step: str) -> Trail:
        """The trail with one step more."""
        length = self.length + 1
        return Trail(
            length=length,
            recent=(*self.recent, step)[-RECENT:],
            samples=(*self.samples, step)[-_MOST_SAMPLES:] if _is_sampled(length) else self.samples,
        )


def _is_sampled(position: int) -> bool:
    power = 1 << (position.bit_length() - 1)
    return position - power < SAMPLE


def digest_of(said: bytes) -> str:
    """What is kept of bytes that may come again."""
    return hashlib.sha256(said).hexdigest()[:16]


def token_digest(token: str | None) -> str:
    """What is kept of a token that was followed."""
    return digest_of((token or "").encode("utf-8", "surrogatepass"))
