"""Where the settings put the search index, and with it the vectors of the search by meaning."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from index.elastic.settings import ElasticSettings
from index.places import IndexPlace
from portal_api.config import Settings
from portal_api.errors import SettingsInvalid


def index_place(folder: Path, settings: Settings) -> IndexPlace:
    """Where the search index lies: in the data folder, or in the cluster that the settings name.

    raises  SettingsInvalid where a cluster is wanted and its address or its client is missing
    """
    wanted = settings.search
    if wanted.backend == "embedded":
        return folder / "index"
    if not wanted.urls:
        raise SettingsInvalid("expected search.urls, the addresses of Elasticsearch, such as http://127.0.0.1:9200")
    if find_spec("elasticsearch") is None:
        raise SettingsInvalid("search.backend elasticsearch needs its client: install archive-exchange[elasticsearch]")
    return ElasticSettings(
        urls=wanted.urls,
        prefix=wanted.prefix,
        shards=wanted.shards,
        replicas=wanted.replicas,
        username=wanted.username,
        password=wanted.password,
        api_key=wanted.api_key,
        ca_certs=wanted.ca_certs,
    )
