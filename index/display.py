"""What a document keeps to be shown: the line of a hit, and every searchable text as written. Packed as msgpack."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from index.results import HitInstitution, SearchHit


class Shown(msgspec.Struct, frozen=True, array_like=True):
    """A searchable text as written, and the column that it stands in."""

    column: str
    text: str


class Line(msgspec.Struct, frozen=True, array_like=True):
    """How one holder's record describes what several hold."""

    institution: str
    title: str
    dates: str
    level: str


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
    #: the fonds that its first record stands in and the work that it is of, as their facets have them; empty = none
    fonds: str = ""
    work: str = ""
    #: of several records what each says by itself
    lines: tuple[Line, ...] = ()
    texts: tuple[Shown, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Display)


def pack(display: Display) -> bytes:
    """The display as bytes."""
    return _ENCODER.encode(display)


def unpack(data: bytes) -> Display:
    """The display that `pack` made bytes of."""
    return _DECODER.decode(data)


def preferred(display: Display, slug: str | None) -> Display:
    """The line as the holder of this slug has it, which is then the first of its holders; else as it is."""
    if not slug:
        return display
    holders = tuple(sorted(display.institutions, key=lambda holder: holder.slug != slug))
    own = next((line for line in display.lines if line.institution == slug), None)
    if own is None:
        return replace(display, institutions=holders)
    language = display.title_lang if own.title == display.title else None
    line = {"title": own.title, "title_lang": language, "dates": own.dates or display.dates, "level": own.level}
    return replace(display, institutions=holders, **line)


def hit_of(display: Display) -> SearchHit:
    """The hit without anything of the query."""
    return SearchHit(
        id=display.id,
        record=display.record,
        level=display.level,
        title=display.title,
        title_lang=display.title_lang,
        dates=display.dates,
        creators=display.creators,
        institutions=display.institutions,
        members=display.members,
        ancestors=display.ancestors,
        type=display.type,
        languages=display.languages,
        status=display.status,
        line=display.line,
        online=display.online,
    )
