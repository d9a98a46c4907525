"""What a document keeps to be shown: the line of a hit, and every searchable text as written. Packed as msgpack."""

from __future__ import annotations

import msgspec

from index.results import HitInstitution, SearchHit


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
    #: records that it is made of, and those above them
    records: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    texts: tuple[Shown, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Display)


def pack(display: Display) -> bytes:
    """The display as bytes."""
    return _ENCODER.encode(display)


def unpack(data: bytes) -> Display:
    """The display that `pack` made bytes of."""
    return _DECODER.decode(data)


def hit_of(display: Display, prefer: str | None) -> SearchHit:
    """The hit without anything of the query; the institution of the slug `prefer` is the first of its holders."""
    return SearchHit(
        id=display.id,
        record=display.record,
        level=display.level,
        title=display.title,
        title_lang=display.title_lang,
        dates=display.dates,
        creators=display.creators,
        institutions=_preferred(display.institutions, prefer),
        members=display.members,
        ancestors=display.ancestors,
        type=display.type,
        languages=display.languages,
        status=display.status,
        line=display.line,
        online=display.online,
    )


def _preferred(holders: tuple[HitInstitution, ...], slug: str | None) -> tuple[HitInstitution, ...]:
    return tuple(sorted(holders, key=lambda holder: holder.slug != slug)) if slug else holders
