"""One connection to a cluster: requests with their time limits, and its faults as the house's errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec
from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, TransportError

from index.elastic.breaker import Breaker
from index.elastic.settings import ElasticSettings
from index.errors import BackendUnavailable

T = TypeVar("T")
#: a search that takes longer is given up; the engine's own limit is below it
SEARCH_SECONDS = 2.0
#: writing and upkeep have time
WORK_SECONDS = 60.0

_JSON = "application/vnd.elasticsearch+json; compatible-with=8"
_LINES = "application/vnd.elasticsearch+x-ndjson; compatible-with=8"
_BUSY = (429, 503)


class NotThere(BackendUnavailable):
    """What was asked for does not exist in the cluster."""


class Conflict(BackendUnavailable):
    """Somebody else wrote it meanwhile."""


class Busy(BackendUnavailable):
    """The cluster takes no more at present."""


class Acknowledged(msgspec.Struct, frozen=True):
    """An answer of which nothing is read."""


class Cluster:
    """A cluster as one purpose uses it."""

    def __init__(self, settings: ElasticSettings, *, timeout_seconds: float, breaker: Breaker | None = None) -> None:
        self.settings = settings
        self._breaker = breaker or Breaker(time.monotonic)
        self._client = _client(settings, timeout_seconds)

    def ask(
        self,
        method: str,
        path: str,
        type: type[T],
        *,
        body: Mapping[str, object] | None = None,
        lines: Iterable[bytes] = (),
        params: Mapping[str, str] | None = None,
    ) -> T:
        """The answer, read as `type`; `lines` in place of a body are sent one below the other.

        raises  BackendUnavailable; NotThere, Conflict, Busy are what their names say
        """
        sent = b"".join(line + b"\n" for line in lines) or (msgspec.json.encode(body) if body is not None else None)
        kind = _LINES if body is None and sent is not None else _JSON
        headers = {"accept": _JSON, **({"content-type": kind} if sent is not None else {})}
        answer = self._guarded(
            lambda: self._client.perform_request(method, path, params=params, headers=headers, body=sent).body
        )
        return msgspec.convert(answer, type)

    @property
    def is_away(self) -> bool:
        """Whether nobody asks the cluster for now."""
        return self._breaker.is_open

    def _guarded(self, call: Callable[[], object]) -> object:
        if wait := self._breaker.wait_seconds():
            raise BackendUnavailable("the search engine is away", max(1, round(wait)))
        try:
            answer = call()
        except ApiError as error:
            (self._breaker.failed if error.status_code >= 500 else self._breaker.succeeded)()
            raise _named(error) from error
        except TransportError as error:
            self._breaker.failed()
            raise BackendUnavailable("the search engine is away") from error
        self._breaker.succeeded()
        return answer

    def close(self) -> None:
        """Gives the connections up."""
        self._client.close()


def for_search(settings: ElasticSettings, clock: Callable[[], float] = time.monotonic) -> Cluster:
    """The cluster as readers ask it: briefly, and not at all while it is away."""
    return Cluster(settings, timeout_seconds=SEARCH_SECONDS, breaker=Breaker(clock))


def for_work(settings: ElasticSettings) -> Cluster:
    """The cluster as the publisher and upkeep use it."""
    return Cluster(settings, timeout_seconds=WORK_SECONDS)


def _client(settings: ElasticSettings, timeout_seconds: float) -> Elasticsearch:
    return Elasticsearch(
        list(settings.urls),
        api_key=settings.api_key or None,
        basic_auth=(settings.username, settings.password) if settings.username else None,
        ca_certs=settings.ca_certs or DEFAULT,
        request_timeout=timeout_seconds,
        retry_on_timeout=False,
        retry_on_status=(),
        max_retries=len(settings.urls) - 1,
    )


def _named(error: ApiError) -> BackendUnavailable:
    reason = f"the search engine cannot answer ({error.status_code} {error.error})"
    if error.status_code == 404:
        return NotThere(reason)
    if error.status_code == 409:
        return Conflict(reason)
    return Busy(reason) if error.status_code in _BUSY else BackendUnavailable(reason)
