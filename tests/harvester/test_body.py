"""Bodies are decompressed by what they are, and cut off at their limits."""

from __future__ import annotations

import gzip
import random
import zlib

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


def test_deflate_is_known_by_its_first_bytes_and_words_are_not_taken_for_it() -> None:
    packed = zlib.compress(b"<OAI-PMH/>")
    assert read(packed[:1], packed[1:]) == b"<OAI-PMH/>"
    assert read(b"xml is text") == b"xml is text"


@pytest.mark.parametrize(
    "text",
    [
        b"x and y are the axes of the map",
        b"x^2 + y^2 = r^2, as Euler writes it",
        b"x^",
        b"x\x01 and what follows",
        b"x\xdaxxxxxxxxxxxxxxxxxxxxxx",
        b"x^" + bytes(range(256)) * 40,
    ],
)
def test_text_that_begins_as_a_zlib_stream_does_is_text(text: bytes) -> None:
    assert read(text) == text
    assert read(text[:1], text[1:]) == text
    assert read(*(text[at : at + 3] for at in range(0, len(text), 3))) == text


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_deflate_of_every_level_is_inflated_however_it_is_cut(level: int) -> None:
    page = b"<OAI-PMH>" + bytes(range(256)) * 400
    packed = zlib.compress(page, level)
    assert read(*(packed[at : at + 1_000] for at in range(0, len(packed), 1_000))) == page


def test_deflate_that_is_cut_short_is_named() -> None:
    with pytest.raises(PayloadRefused, match="truncated"):
        read(zlib.compress(bytes(range(256)) * 400, 0)[:-50])


@pytest.mark.parametrize(
    "body", [gzip.compress(b"x" * 999, mtime=0)[:-9], b"\x1f\x8b" + b"junk" * 20], ids=["cut", "junk"]
)
def test_broken_gzip_is_named(body: bytes) -> None:
    with pytest.raises(PayloadRefused):
        read(body)


def test_what_a_proxy_packed_once_more_is_unpacked_twice_and_no_further() -> None:
    once = gzip.compress(b"<OAI-PMH/>")
    packed = gzip.compress(once)
    assert read(packed) == read(packed[:1], packed[1:30], packed[30:]) == b"<OAI-PMH/>"
    assert read(gzip.compress(packed)) == once


def test_a_bomb_inside_of_a_packing_is_weighed_against_what_was_sent() -> None:
    noise = random.Random(1).randbytes(70_000)
    inside = gzip.compress(noise + bytes(490_000), 0) + gzip.compress(bytes(4_000_000))
    packed = gzip.compress(inside)
    assert len(read(inside, limits=Limits(ratio=10))) == 4_560_000
    with pytest.raises(PayloadRefused, match="oversize"):
        read(packed, limits=Limits(ratio=10))
    assert len(read(packed, limits=Limits(ratio=70))) == 4_560_000


def test_a_bomb_is_cut_off_at_the_limit() -> None:
    with pytest.raises(PayloadRefused, match="oversize"):
        read(gzip.compress(b"\0" * 4_000_000), limits=Limits(page_bytes=1_000_000))
