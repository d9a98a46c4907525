"""Who a repository says it is, and how much it gives at once."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

#: the local part of an identifier, in the shape that each repository gives them: a merged record's, a single record's,
#: and an institution's own, which stands under its own name of the record
MERGED_SAMPLE = f"c-r{'0' * 26}"
RECORD_SAMPLE = f"r{'0' * 26}"
OWN_SAMPLE = quote("A/1", safe="")


class ProviderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one repository."""

    #: `repositoryName`
    name: str
    #: `baseURL`, exactly as Identify states it; never taken from a request
    base_url: str
    #: `adminEmail`; required by OAI-PMH 2.0, 4.2
    admin_email: str
    #: namespace of the identifiers (`oai:<authority>:<local>`)
    authority: str
    #: local part of the `sampleIdentifier` in Identify
    sample: str = MERGED_SAMPLE
    #: signs resumption tokens
    token_key: bytes
    #: base URLs of other repositories that Identify names
    friends: tuple[str, ...] = ()
    page_records: int = 500
    page_bytes: int = 4 * 1024 * 1024
