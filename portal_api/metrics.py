"""What a monitor reads of this process, in Prometheus's text form: how long things take, how often they are refused.

Each process counts for itself, in a registry of its own. What stands in the store is read when somebody asks.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from federation.pipeline.gauges import Gauges

#: of the text form
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_QUICK = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_LONG = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
#: addresses that are no door's share one name, so that nobody can make as many as they like
UNKNOWN = "unknown"
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

#: rule -> how often it refused, since start
Refusals = Callable[[], Mapping[str, int]]
#: labels with their value
Values = Iterable[tuple[tuple[str, ...], float]]


class Metrics:
    """The counters of one process, and what reads the rest.

    read       the numbers of the store
    refusals   how often the doors' rules refused
    unasked    reason -> how often a harvest did not ask for an address, since start
    open_to    target -> whether nobody asks it for now
    folder     whose volume is looked at
    """

    def __init__(
        self,
        read: Callable[[], Gauges],
        *,
        refusals: Refusals,
        unasked: Callable[[], Mapping[str, int]],
        open_to: Callable[[], Mapping[str, bool]],
        folder: Path,
    ) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = self._histogram(
            "http_request_seconds", "Requests, by door.", ("route", "method", "status"), _QUICK
        )
        self._searches = self._histogram("search_seconds", "Searches.", ("backend",), _QUICK)
        self._commits = self._histogram("commit_seconds", "Commits to the store.", (), _QUICK)
        self._jobs = self._histogram("job_seconds", "Steps of jobs.", ("kind", "outcome"), _LONG)
        self._inputs = Counter(
            "exchange_input_refused", "Requests refused for what they brought.", ("reason",), registry=self._registry
        )
        self._registry.register(_Standing(read, refusals, unasked, open_to, folder))

    def _histogram(self, name: str, said: str, labels: tuple[str, ...], buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"exchange_{name}", said, labels, buckets=buckets, registry=self._registry)

    def note_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered; `route` is the door's pattern."""
        known = method if method in _METHODS else UNKNOWN
        self._requests.labels(route or UNKNOWN, known, str(status)).observe(seconds)

    def note_refused_input(self, reason: str) -> None:
        """What a request brought was refused; `reason` is the problem's code."""
        self._inputs.labels(reason).inc()

    def note_search(self, backend: str, seconds: float) -> None:
        """A search was answered, or failed."""
        self._searches.labels(backend).observe(seconds)

    def note_commit(self, seconds: float) -> None:
        """A transaction was committed."""
        self._commits.observe(seconds)

    def note_job(self, kind: str, outcome: str, seconds: float) -> None:
        """A step of a job ended."""
        self._jobs.labels(kind, outcome).observe(seconds)

    def text(self) -> bytes:
        """Everything, as it is read."""
        return generate_latest(self._registry)


class _Standing(Collector):
    """What is read when somebody asks."""

    def __init__(
        self,
        read: Callable[[], Gauges],
        refusals: Refusals,
        unasked: Callable[[], Mapping[str, int]],
        open_to: Callable[[], Mapping[str, bool]],
        folder: Path,
    ) -> None:
        self._read, self._refusals, self._unasked = read, refusals, unasked
        self._open_to, self._folder = open_to, folder

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the store is read only where somebody asks."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The numbers of this moment."""
        found = self._read()
        yield _gauge("jobs", "Jobs by lane and state.", ("lane", "state"), found.jobs.items())
        due = {(lane,): seconds for lane, seconds in found.oldest_due_seconds.items()}
        yield _gauge("job_oldest_due_seconds", "How long the oldest due job of a lane waits.", ("lane",), due.items())
        yield _gauge("stage_lag_records", "Changes that a stage has to take in.", ("stage",), _single(found.lags))
        said = "How long the first change that a stage has to take in waits."
        yield _gauge(
            "stage_lag_seconds", said, ("stage",), [((name,), wait) for name, wait in found.lag_seconds.items()]
        )
        yield _gauge("records_total", "Records by what became of them.", ("outcome",), _single(found.records))
        yield _counter("harvest_runs", "Harvests that ended, by verdict.", ("verdict",), _single(found.runs))
        yield _gauge("feeds", "Feeds by the verdict of their last run.", ("verdict",), _single(found.feeds))
        last = {(feed,): at.timestamp() for feed, at in found.last_complete.items()}
        said = "When a feed was last harvested to its end."
        yield _gauge("feed_last_complete_timestamp_seconds", said, ("feed",), last.items())
        said = "1 where the last daily check of the search index found it to differ from the store."
        differed = [] if found.index_differed is None else [((), float(found.index_differed))]
        yield _gauge("index_drift", said, (), differed)
        yield _gauge("ledger_size", "Entries of the ledger.", (), [((), found.ledger_size)])
        said = "How far this machine's clock is behind the newest entry of the ledger."
        yield _gauge("clock_behind_seconds", said, (), [((), found.clock_behind_seconds)])
        if found.backs_up:
            made = found.last_backup.timestamp() if found.last_backup else 0.0
            yield _gauge(
                "backup_last_timestamp_seconds", "When the newest backup was made; 0: never.", (), [((), made)]
            )
        away = {(target,): float(is_open) for target, is_open in self._open_to().items()}
        yield _gauge("breaker_open", "Whether nobody asks a target for now.", ("target",), away.items())
        refused = {(rule, "refused"): count for rule, count in self._refusals().items()}
        yield _counter("defence_rule", "How often a rule of the doors refused.", ("rule", "action"), refused.items())
        said = "How often a harvest did not ask for an address that it may not reach."
        yield _counter("egress_refused", said, ("reason",), _single(self._unasked()))
        free = {("data",): float(shutil.disk_usage(self._folder).free)}
        yield _gauge("disk_free_bytes", "Room on a volume.", ("volume",), free.items())


def _single(counts: Mapping[str, float]) -> Values:
    return [((name,), float(count)) for name, count in counts.items()]


def _gauge(name: str, said: str, labels: tuple[str, ...], values: Values) -> Metric:
    family = GaugeMetricFamily(f"exchange_{name}", said, labels=labels)
    for where, value in sorted(values):
        family.add_metric(where, value)
    return family


def _counter(name: str, said: str, labels: tuple[str, ...], values: Values) -> Metric:
    family = CounterMetricFamily(f"exchange_{name}", said, labels=labels)
    for where, value in sorted(values):
        family.add_metric(where, value)
    return family
