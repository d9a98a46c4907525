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
from tests.benchmarks.pages import pages
from tests.benchmarks.result import Result, measured

PAGE = 500
ADDRESS = "http://127.0.0.1:9/oai"


def run(records: int) -> list[Result]:
    """Each reads every page once; the exchange reads them again with one record in a hundred to be cleaned."""
    sent = pages(records, PAGE)
    subjects: dict[str, Callable[[Sequence[bytes]], int]] = {
        "exchange": _exchange,
        "sickle": _sickle,
        "oaipmh-scythe": _scythe,
    }
    unclean = pages(records, PAGE, unclean_every=100)
    return [
        *(_measured("page", subject, read, sent, records) for subject, read in subjects.items()),
        _measured("page, 1 % to clean", "exchange", _exchange, unclean, records),
    ]


def _measured(
    name: str, subject: str, read: Callable[[Sequence[bytes]], int], sent: Sequence[bytes], records: int
) -> Result:
    read(sent[-1:])
    with measured() as taken:
        found = read(sent)
    if found != records:
        raise AssertionError(f"{subject}: expected {records} records, found {found}")
    return taken.per_cpu_second(name, subject, records)


def _exchange(sent: Sequence[bytes]) -> int:
    return sum(len(parse_page(page, feed="f", metadata_prefix="oai_dc").records) for page in sent)


@dataclass(frozen=True)
class _Answer:
    """As much of an HTTP answer as the clients read."""

    content: bytes


class _Pages:
    """The pages in turn, whatever is asked."""

    def __init__(self, sent: Sequence[bytes]) -> None:
        self._left = iter(sent)

    def next(self) -> Any:
        return _Answer(next(self._left))


def _sickle(sent: Sequence[bytes]) -> int:
    given, client = _Pages(sent), Sickle(ADDRESS)
    client.harvest = lambda **asked: sickle.response.OAIResponse(given.next(), asked)
    return sum(1 for record in client.ListRecords(metadataPrefix="oai_dc"))


def _scythe(sent: Sequence[bytes]) -> int:
    given, client = _Pages(sent), Scythe(ADDRESS)
    client.harvest = lambda query: oaipmh_scythe.response.OAIResponse(given.next(), query)  # type: ignore[method-assign]
    return sum(1 for record in client.list_records(metadata_prefix="oai_dc"))
