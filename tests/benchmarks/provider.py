"""What it costs to give records on: export rows to whole ListRecords answers, and clusters to export rows."""

from __future__ import annotations

import random
import re
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from federation.linkage.member_records import MemberRecord
from federation.linkage.survivorship import unify
from federation.pipeline.export import export_batch, offer
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.giving_on import Given
from federation.storage import exports, feeds, institutions
from federation.storage.engine import Store, embedded_url
from federation.storage.exports import Offered
from index.ports import Change
from mappings.schema.unified import UnifiedRecord
from portal_api.oai_provider.export_rows import ExportRepository
from portal_api.oai_provider.requests import packed
from portal_api.oai_provider.settings import ProviderSettings
from portal_api.oai_provider.verbs import answer
from tests.benchmarks.result import Result, measured, peak_mib
from tests.federation.linkage.records import catalogue_record

#: words of the descriptions that give records their usual 1.5 KB
_VOCABULARY = (
    "a the of and in by with from register parish letters account rolls court manor estate survey tithe map "
    "volume bound calf parchment kept hands several baptisms marriages burials rector vestry minutes poor "
    "relief apprentices surveyor boundaries drainage mill bridge turnpike harbour tolls 1742 1799 1813 1860"
)
_TOKEN = re.compile(r"<resumptionToken[^>]*>([^<]+)<")
_SETTINGS = ProviderSettings(
    name="Benchmark",
    base_url="http://127.0.0.1/oai",
    admin_email="admin@archive-exchange.example",
    authority="archive-exchange.example",
    token_key=b"k" * 32,
)


class _Clusters:
    """Clusters of one member (`index.ports.ChangeSource`)."""

    def __init__(self, unified: Sequence[UnifiedRecord]) -> None:
        self._unified = {each.id: each for each in unified}
        self._log = [Change(seq=number, cluster_id=each.id) for number, each in enumerate(unified, 1)]

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        return self._log[after : after + limit]

    def unified(self, cluster_ids: Sequence[str]) -> Sequence[UnifiedRecord]:
        return [self._unified[id_] for id_ in cluster_ids]

    def last_seq(self) -> int:
        return len(self._log)

    def all_clusters(self, after_id: str, limit: int) -> Sequence[str]:
        return sorted(id_ for id_ in self._unified if id_ > after_id)[:limit]


def run(records: int) -> list[Result]:
    """Export, plain and compressed lists, last page against first, and the `oaipmh` peer's server."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(embedded_url(Path(folder)), now=lambda: datetime.now(UTC))
        store.create_schema()
        _add_feed(store)
        results = [_export(store, records)]
        time.sleep(1.1)  # the second of the last export must be over before it is shown
        repository = ExportRepository(store, ExportSettings(authority=_SETTINGS.authority))
        results += [
            _lists("provider.plain", repository, records, lambda text: text.encode()),
            _lists("provider.gzip", repository, records, lambda text: packed(text.encode())),
            _last_against_first(repository),
            _peer(store, records),
        ]
        store.close()
    return results


def _add_feed(store: Store) -> None:
    licence = "http://creativecommons.org/publicdomain/zero/1.0/"
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="a", name="Library A"))
        url = "https://a.example/oai"
        feeds.add(tx, feeds.StoredFeed(key="f", name="f", institution="a", base_url=url, metadata_licence=licence))


def _cluster(number: int) -> UnifiedRecord:
    record = catalogue_record(f"{number:07}", f"Register {number}", feed="f", authors=("Smith, Jane",), year="1813")
    member = MemberRecord(
        record=record,
        rules={},
        institution="a",
        institution_name="Library A",
        feed="f",
        first_seen="2026-01-01T00:00:00.000000Z",
        seq=number,
    )
    return unify([member], cluster_id=f"c-{record.id}", audience="public", version=number)


def _export(store: Store, records: int) -> Result:
    source = _Clusters([_cluster(number) for number in range(records)])
    settings = ExportSettings(authority=_SETTINGS.authority, public_url="https://exchange.example")
    with measured() as spent:
        while export_batch(store, source, settings).behind:
            pass
    _lengthen(store, source, settings, records)
    return spent.per_cpu_second("provider.export", "exchange", records)


def _lengthen(store: Store, source: _Clusters, settings: ExportSettings, records: int) -> None:
    """Gives every item a body of the usual 1.5 KB."""
    for start in range(0, records, 1_000):
        ids = [change.cluster_id for change in source.changes(start, 1_000)]
        made = [offer(each.id, Given(record=each), settings) for each in source.unified(ids)]
        with exports.sequencing(store) as tx:
            exports.put(tx, [_longer(each) for each in made])


def _longer(offered: Offered) -> Offered:
    text = " ".join(random.Random(offered.item).choices(_VOCABULARY.split(), k=170))
    words = f"<dc:description>{text}</dc:description></oai_dc:dc>"
    bodies = {prefix: body.replace("</oai_dc:dc>", words) for prefix, body in offered.bodies.items()}
    return Offered(item=offered.item, digest=f"{offered.digest}+", bodies=bodies)


def _pages(repository: ExportRepository) -> Iterator[str]:
    pairs = [("verb", "ListRecords"), ("metadataPrefix", "oai_dc")]
    while pairs:
        page = answer(pairs, repository, _SETTINGS)
        yield page
        token = _TOKEN.search(page[-500:])
        pairs = [("verb", "ListRecords"), ("resumptionToken", token[1])] if token else []


def _lists(name: str, repository: ExportRepository, records: int, send: Callable[[str], bytes]) -> Result:
    with measured() as spent:
        given = sum(page.count("<record>") for page in _pages(repository) if send(page))
    assert given == records, f"{given} records listed of {records}"
    return spent.per_cpu_second(name, "exchange", records)


def _last_against_first(repository: ExportRepository) -> Result:
    tokens = [match[1] for page in _pages(repository) if (match := _TOKEN.search(page[-500:]))]
    first = _fastest(repository, [("verb", "ListRecords"), ("metadataPrefix", "oai_dc")])
    last = _fastest(repository, [("verb", "ListRecords"), ("resumptionToken", tokens[-1])]) if tokens else first
    return Result(
        name="provider.last_page",
        subject="exchange",
        value=round(last / first, 3),
        unit="of the first page's time",
        n=len(tokens) + 1,
        cpu_seconds=round(last, 5),
        wall_seconds=round(last, 5),
        peak_mib=peak_mib(),
    )


def _fastest(repository: ExportRepository, pairs: list[tuple[str, str]]) -> float:
    times = []
    for _ in range(9):
        with measured() as spent:
            answer(pairs, repository, _SETTINGS)
        times.append(spent.wall_seconds)
    return min(times)


def _peer(store: Store, records: int) -> Result:
    """The `oaipmh` 4 server over the same number of records, metadata as it keeps it: fields in a mapping."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oaipmh.common
        import oaipmh.metadata
        import oaipmh.server
    fields = {
        "title": ["Register"],
        "creator": ["Smith, Jane"],
        "date": ["1813"],
        "description": [_VOCABULARY * 4],
    }
    stamp = datetime(2026, 1, 1)  # noqa: DTZ001 - the peer takes naive times
    held = [
        (oaipmh.common.Header(None, f"oai:peer:{n}", stamp, [], False), oaipmh.common.Metadata(None, fields), None)
        for n in range(records)
    ]

    class Held:
        def listRecords(self, metadataPrefix: str, cursor: int = 0, batch_size: int = 10, **_: object) -> object:
            return held[cursor : cursor + batch_size]

        def identify(self) -> object:
            return oaipmh.common.Identify(
                "Peer", "http://127.0.0.1/", "2.0", ["admin@archive-exchange.example"], stamp, "no",
                "YYYY-MM-DDThh:mm:ssZ", ["identity"],
            )  # fmt: skip

    registry = oaipmh.metadata.MetadataRegistry()
    registry.registerWriter("oai_dc", oaipmh.server.oai_dc_writer)
    server = oaipmh.server.BatchingServer(Held(), registry, resumption_batch_size=500)
    request: dict[str, str] = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    token = re.compile(rb"<(?:\w+:)?resumptionToken[^>]*>([^<]+)<")
    given = 0
    with measured() as spent:
        while request:
            page = server.handleRequest(request)
            page = page if isinstance(page, bytes) else page.encode()
            given += page.count(b"<metadata>") or page.count(b"metadata>") // 2
            found = token.search(page[-2000:])
            request = {"verb": "ListRecords", "resumptionToken": _unquoted(found[1])} if found else {}
    return spent.per_cpu_second("provider.plain", "oaipmh 4 BatchingServer", given)


def _unquoted(token: bytes) -> str:
    return token.decode().replace("&amp;", "&")
