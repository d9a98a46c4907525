"""What a document keeps to be shown: the line of a hit, and every searchable text as written. Packed as msgpack."""

from __future__ import annotations

import msgspec

from index.results import HitInstitution


class Shown(msgspec.Struct, frozen=True, array_like=True):
    """A searchable text as written, and the column that it stands in."""

    column: str
    text: str


class Display(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of a hit that does not depend on the query."""

    id: str
    record: str | None = None
    level: str
    title: str
    title_lang: str | None = None
    dates: str = ""
    creators: tuple[str, ...] = ()
    institutions: tuple[HitInstitution, ...] = ()
    members: int = 1
    ancestors: tuple[str, ...] = ()
    type: str | None = None
    languages: tuple[str, ...] = ()
    status: str = "unknown"
    line: str = "full"
    online: bool = False
    texts: tuple[Shown, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Display)


def pack(display: Display) -> bytes:
    """The display as bytes."""
    return _ENCODER.encode(display)


def unpack(data: bytes) -> Display:
    """The display that `pack` made bytes of."""
    return _DECODER.decode(data)
