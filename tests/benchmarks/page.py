"""Reading pages of a list, without a network: this exchange beside two clients, on the same bytes in the same run.

The exchange's figure holds the repairs it looks for, the hashes and the namespaces of each record; the clients' what
their own iterators give, a record with its metadata as a mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import oaipmh_scythe.response
import sickle.response
from oaipmh_scythe import Scythe
from sickle import Sickle

from harvester.oaipmh.page import parse_page
from tests.benchmarks.result import Result, measured

PAGE = 500
ADDRESS = "http://127.0.0.1:9/oai"


def run(records: int) -> list[Result]:
    """Each reads every page once."""
    pages = _pages(records)
    subjects: dict[str, Callable[[Sequence[bytes]], int]] = {
        "exchange": _exchange,
        "sickle": _sickle,
        "oaipmh-scythe": _scythe,
    }
    return [_measured(subject, read, pages, records) for subject, read in subjects.items()]


def _measured(subject: str, read: Callable[[Sequence[bytes]], int], pages: Sequence[bytes], records: int) -> Result:
    read(pages[-1:])
    with measured() as taken:
        found = read(pages)
    if found != records:
        raise AssertionError(f"{subject}: expected {records} records, found {found}")
    return taken.per_cpu_second("page", subject, records)


def _exchange(pages: Sequence[bytes]) -> int:
    return sum(len(parse_page(page, feed="f", metadata_prefix="oai_dc").records) for page in pages)


@dataclass(frozen=True)
class _Answer:
    """As much of an HTTP answer as the clients read."""

    content: bytes


class _Pages:
    """The pages in turn, whatever is asked."""

    def __init__(self, pages: Sequence[bytes]) -> None:
        self._left = iter(pages)

    def next(self) -> Any:
        return _Answer(next(self._left))


def _sickle(pages: Sequence[bytes]) -> int:
    given, client = _Pages(pages), Sickle(ADDRESS)
    client.harvest = lambda **asked: sickle.response.OAIResponse(given.next(), asked)
    return sum(1 for record in client.ListRecords(metadataPrefix="oai_dc"))


def _scythe(pages: Sequence[bytes]) -> int:
    given, client = _Pages(pages), Scythe(ADDRESS)
    client.harvest = lambda query: oaipmh_scythe.response.OAIResponse(given.next(), query)  # type: ignore[method-assign]
    return sum(1 for record in client.list_records(metadata_prefix="oai_dc"))


def _pages(records: int) -> list[bytes]:
    starts = range(0, records, PAGE)
    return [_page(start, min(start + PAGE, records), records) for start in starts]


def _page(start: int, end: int, records: int) -> bytes:
    body = "".join(_record(number) for number in range(start, end))
    token = f"<resumptionToken>{end if end < records else ''}</resumptionToken>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2026-01-31T00:00:00Z</responseDate><request>http://127.0.0.1/</request>"
        f"<ListRecords>{body}{token}</ListRecords></OAI-PMH>"
    ).encode()


def _record(number: int) -> str:
    said = "".join(f"<dc:{name}>{text} {number}</dc:{name}>\n" for name, text in _FIELDS)
    return (
        f"<record><header><identifier>oai:peer.example:{number}</identifier><datestamp>2026-01-01</datestamp>"
        "<setSpec>books</setSpec></header><metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">\n{said}</oai_dc:dc></metadata></record>\n'
    )


_FIELDS = (
    ("title", "A description of the canals and rivers of the northern provinces, volume"),
    ("title", "北方各省河渠圖說"),
    ("creator", "Müller, Johanna, 1821-1897"),
    ("subject", "Canals -- History"),
    ("subject", "Inland navigation & water supply".replace("&", "&amp;")),
    ("description", "With a folded map, and an index of places; the plates are coloured by hand. Copy"),
    ("publisher", "Verlag der Akademie"),
    ("date", "1862"),
    ("type", "Text"),
    ("identifier", "https://peer.example/items/"),
    ("language", "de"),
    ("rights", "http://creativecommons.org/publicdomain/mark/1.0/"),
)
