"""Pages of a list as a repository sends them, 1.5 KB of plain Dublin Core a record."""

from __future__ import annotations

#: a record in so many is a tombstone
DELETED_EVERY = 33
#: a byte that no XML may hold (XML 1.0, 2.2)
UNCLEAN = "\x0b"


def pages(records: int, size: int, *, deleted_every: int = 0, unclean_every: int = 0) -> list[bytes]:
    """`records` records on pages of `size`; 0 = none is deleted, none to be cleaned."""
    return [
        _page(range(start, min(start + size, records)), records, deleted_every, unclean_every)
        for start in range(0, records, size)
    ]


def document(content: str) -> bytes:
    """An OAI-PMH document around `content`."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2026-01-31T00:00:00Z</responseDate><request>http://127.0.0.1/</request>"
        f"{content}</OAI-PMH>"
    ).encode()


def _page(numbers: range, records: int, deleted_every: int, unclean_every: int) -> bytes:
    body = "".join(
        _record(number, deleted=_falls(number, deleted_every), unclean=_falls(number, unclean_every))
        for number in numbers
    )
    following = numbers.stop if numbers.stop < records else ""
    token = f'<resumptionToken completeListSize="{records}">{following}</resumptionToken>'
    return document(f"<ListRecords>{body}{token}</ListRecords>")


def _falls(number: int, every: int) -> bool:
    return bool(every) and number % every == every - 1


def _record(number: int, *, deleted: bool, unclean: bool) -> str:
    status = ' status="deleted"' if deleted else ""
    header = (
        f"<header{status}><identifier>oai:peer.example:{number}</identifier><datestamp>2026-01-01</datestamp>"
        "<setSpec>books</setSpec></header>"
    )
    if deleted:
        return f"<record>{header}</record>\n"
    mark = UNCLEAN if unclean else ""
    said = "".join(f"<dc:{name}>{text} {number}{mark}</dc:{name}>\n" for name, text in _FIELDS)
    return (
        f"<record>{header}<metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">\n{said}</oai_dc:dc></metadata></record>\n'
    )


_FIELDS = (
    ("title", "A description of the canals and rivers of the northern provinces, volume"),
    ("title", "北方各省河渠圖說"),
    ("creator", "Müller, Johanna, 1821-1897"),
    ("subject", "Canals -- History"),
    ("subject", "Inland navigation &amp; water supply"),
    ("description", "With a folded map, and an index of places; the plates are coloured by hand. Copy"),
    ("publisher", "Verlag der Akademie"),
    ("date", "1862"),
    ("type", "Text"),
    ("identifier", "https://peer.example/items/"),
    ("language", "de"),
    ("rights", "http://creativecommons.org/publicdomain/mark/1.0/"),
)
