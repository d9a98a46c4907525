"""Where the members of a record that is given on were harvested from, and which of them must not go round in a circle.

A member that came from this exchange, by whatever way, or through more harvests than `provenance.MOST_LEVELS`, is
found here and not given on again.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC
from urllib.parse import quote, urlsplit

import msgspec
import sqlalchemy as sa

from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.hosted_identifiers import identifier_of
from federation.storage import raw_origins
from federation.storage.feeds import StoredFeed
from federation.storage.raw_origins import RawOrigin
from mappings.engine.inputs import FORMATS, known_format
from mappings.schema.unified import Member
from mappings.serialisations import provenance
from mappings.serialisations.provenance import MOST_LEVELS, Chain, OriginDescription

#: `about` containers a record carries at most; its page names every member
MOST_ABOUTS = 20


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of where a member came from."""

    #: one each `about` that the member is to carry
    chains: tuple[Chain, ...]
    #: it came from here, or through too many hands
    is_refused: bool


def origins_of(
    connection: sa.Connection, members: Iterable[Member], feeds: Mapping[str, StoredFeed], settings: ExportSettings
) -> dict[str, Origin]:
    """Record id -> its origin; members whose raw record is not held are absent."""
    by_feed: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for member in members:
        by_feed[member.feed][member.native_id].append(member.record)
    found: dict[str, Origin] = {}
    for key, records in by_feed.items():
        if key not in feeds:
            continue
        for name, raw in raw_origins.find(connection, key, list(records), mark=provenance.MARK).items():
            found |= dict.fromkeys(records[name], origin_of(raw, feeds[key], settings))
    return found


def origin_of(raw: RawOrigin, feed: StoredFeed, settings: ExportSettings) -> Origin:
    """The origin of one raw record."""
    incoming = provenance.chains_of(raw.payload, raw.namespaces)
    is_ours = _is_ours(settings, raw.identifier, "") or any(
        _is_ours(settings, level.identifier, level.base_url) for chain in incoming for level in chain
    )
    is_deep = any(len(chain) >= MOST_LEVELS for chain in incoming)
    here = _described(raw, feed, settings)
    chains = tuple((here, *chain) for chain in incoming or [()]) if here is not None else ()
    return Origin(chains=chains, is_refused=is_ours or is_deep)


def _is_ours(settings: ExportSettings, identifier: str, base_url: str) -> bool:
    own = settings.public_url
    return identifier.startswith(f"oai:{settings.authority}:") or bool(own and base_url.startswith(f"{own}/"))


def _described(raw: RawOrigin, feed: StoredFeed, settings: ExportSettings) -> OriginDescription | None:
    """This exchange's own harvest; None where its source has no address that may be told."""
    known = known_format(raw.format) or FORMATS["oai_dc"]
    harvested = raw.harvested.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    described = OriginDescription(
        base_url=_address(feed, settings),
        identifier=_identifier(raw, feed, settings),
        datestamp=raw.datestamp if provenance.is_moment(raw.datestamp) else harvested,
        # rows and JSON are hosted in Dublin Core alone
        namespace=known.namespace or FORMATS["oai_dc"].namespace,
        harvest_date=harvested,
    )
    return described if provenance.is_valid(described) else None


def _address(feed: StoredFeed, settings: ExportSettings) -> str:
    """The repository's base URL; of files and of private networks our own one for the feed."""
    hosted = f"{settings.public_url}/oai/hosted/{feed.key}" if settings.public_url else ""
    return told_address(feed) or hosted


def told_address(feed: StoredFeed) -> str:
    """A repository's base URL without its secrets; empty for files and for what lies in a private network."""
    parts = urlsplit(feed.base_url)
    if feed.source != "oai" or feed.networks or not parts.hostname or _is_inside(parts.hostname):
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def friends_of(feeds: Iterable[StoredFeed]) -> tuple[str, ...]:
    """Base URLs by which others may find the repositories of `feeds` through this exchange; of private ones none."""
    found = (told_address(each) for each in feeds if each.state in ("active", "paused") and not is_private(each))
    return tuple(sorted({each for each in found if each}))


def is_private(feed: StoredFeed) -> bool:
    """Whether others cannot ask the feed's repository: it opens to credentials, or lies in a private network."""
    return bool(feed.credentials.names or feed.credentials.scheme or not told_address(feed))


def _is_inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host


def _identifier(raw: RawOrigin, feed: StoredFeed, settings: ExportSettings) -> str:
    if feed.source != "oai":
        return identifier_of(raw.identifier, settings.authority)
    return raw.identifier if provenance.is_uri(raw.identifier) else quote(raw.identifier, safe=":/?#[]@!$&'()*+,;=~")


def abouts(origins: Iterable[Origin]) -> str:
    """The `<about>` elements of a record whose members have these origins."""
    chains = [chain for origin in origins for chain in origin.chains][:MOST_ABOUTS]
    return "".join([f"<about>{provenance.write(chain)}</about>" for chain in chains])
