"""Bodies are decompressed by what they are, and cut off at their limits."""

from __future__ import annotations

import gzip

import pytest

from harvester.body import Body
from harvester.errors import PayloadRefused
from harvester.settings import Limits


def read(*chunks: bytes, limits: Limits | None = None) -> bytes:
    body = Body(limits or Limits())
    for chunk in chunks:
        body.feed(chunk)
    return body.whole()


def test_gzip_is_known_by_its_first_bytes_however_they_are_cut() -> None:
    packed = gzip.compress(b"<OAI-PMH/>")
    assert read(packed[:1], packed[1:]) == b"<OAI-PMH/>"
    assert read(packed, packed) == b"<OAI-PMH/>" * 2
    assert read(packed + b"\0" * 8) == b"<OAI-PMH/>"
    assert read(b"<OAI-PMH/>") == b"<OAI-PMH/>"


@pytest.mark.parametrize(
    "body", [gzip.compress(b"x" * 999, mtime=0)[:-9], b"\x1f\x8b" + b"junk" * 20], ids=["cut", "junk"]
)
def test_broken_gzip_is_named(body: bytes) -> None:
    with pytest.raises(PayloadRefused):
        read(body)


def test_a_bomb_is_cut_off_at_the_limit() -> None:
    with pytest.raises(PayloadRefused, match="oversize"):
        read(gzip.compress(b"\0" * 4_000_000), limits=Limits(page_bytes=1_000_000))
