"""Where the cluster is, and how an exchange's indices lie in it."""

from __future__ import annotations

import msgspec


class ElasticSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator says of the cluster."""

    #: addresses of its nodes, such as `http://127.0.0.1:9200`
    urls: tuple[str, ...]
    #: begins the name of every index; exchanges that share a cluster have one each
    prefix: str = "exchange"
    #: primaries of each index; with 5 or more, word frequencies are each shard's own
    shards: int = 1
    #: copies of each primary, once an index is whole
    replicas: int = 1
    username: str = ""
    password: str = ""
    #: in place of name and password
    api_key: str = ""
    #: file with the authority of the cluster's certificate; empty = the system's
    ca_certs: str = ""
