"""The way from the address of a ResourceSync source to its lists and dumps, and their entries part by part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

import msgspec

from harvester.feeds import Feed
from harvester.fetching.answers import Answer
from harvester.fetching.asking import Asking
from harvester.fetching.resourcesync_packages import Packages
from harvester.ports import Clock
from harvester.resourcesync.documents import EARLIEST, Document, Entry, last_words, parts_since, read_document
from harvester.resourcesync.packages import Package
from harvester.resourcesync.place import CHANGES, DUMPS, Kind, Owed, SyncPlace
from harvester.retry import Failure
from harvester.settings import Limits
from mappings.errors import DocumentRefused

WELL_KNOWN = "/.well-known/resourcesync"
#: a description leads to a capability list, that to a list
_MOST_STEPS = 3
#: what changed in the last minute before a list was written may stand in neither
_MARGIN = timedelta(minutes=1)
#: how much older a list may be than its reading where it does not say when it held
_UNDATED = timedelta(days=1)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
#: packages of one dump
_MOST_PACKAGES = 10_000
#: the part that holds what earlier fetches could not have
OWED_PART = "owed"


class Walk:
    """Asks for documents and packages, one request at a time; holds the two documents that were read last."""

    def __init__(self, feed: Feed, asking: Asking, clock: Clock, limits: Limits) -> None:
        self._feed, self._asking, self._clock = feed, asking, clock
        self._held: dict[str, Document] = {}
        self._packages = Packages(asking, limits, self._is_ours)
        #: address of a dump -> its packages by their addresses
        self._dumps: dict[str, dict[str, Entry]] = {}
        #: entries of the part that was read last
        self._entries: tuple[object, tuple[Entry, ...]] = ((), ())

    @property
    def start(self) -> str:
        """Where the way begins."""
        return _first_address(self._feed.base_url)

    @property
    def holds_package(self) -> bool:
        """Whether a package is in hand that would have to be asked for again."""
        return self._packages.holds_one

    def package(self, place: SyncPlace) -> Package | None:
        """The package in hand, if one is."""
        return self._packages.held(place.part)

    def close(self) -> None:
        """Drops the package in hand."""
        self._packages.close()

    async def get(self, address: str) -> Answer | Failure:
        """The answer of an address of this source; nothing is asked of another host."""
        if not self._is_ours(address):
            return Failure(reason="other_origin")
        answer = await self._asking.whole(address)
        led_away = isinstance(answer, Answer) and not self._is_ours(answer.address)
        return Failure(reason="other_origin") if led_away else answer

    async def lists(self) -> dict[str, str] | Failure:
        """Capability -> address of its list."""
        address = self.start
        for _ in range(_MOST_STEPS):
            found = await self._document(address, "")
            if isinstance(found, Failure):
                return found
            match found.capability:
                case "capabilitylist":
                    return {entry.capability: urljoin(address, entry.address) for entry in found.entries}
                case "resourcelist" | "resourcedump":
                    return {found.capability: address}
                case "description" if len(found.entries) != 1:
                    return Failure(reason="several_sets" if found.entries else "not_a_source")
                case "description":
                    address = urljoin(address, found.entries[0].address)
                case _:
                    break
        return Failure(reason="not_a_source")

    async def opened(
        self, kind: Kind, lists: Mapping[str, str], synced: datetime | None, *, newer: bool = False
    ) -> SyncPlace | Failure | None:
        """The beginning of a list or dump; None where it does not join what is known up to `synced`.

        One of changes joins what it reaches back to, a dump of everything what is older than itself; one that does not
        say when it held may be of any age, so that a list of everything goes before it.

        newer   a list of everything, too, has to be newer than what is known
        """
        address = lists[kind]
        found = await self._document(address, kind)
        if isinstance(found, Failure):
            return found
        if kind in CHANGES:
            if synced is None or found.since is None or found.since > synced:
                return None
            return SyncPlace(kind=kind, address=address, since=_before(synced), reached=synced)
        if kind == "resourcedump" and found.at is None and "resourcelist" in lists:
            return None
        if (kind == "resourcedump" or newer) and synced and found.at and found.at <= synced:
            return None
        return SyncPlace(kind=kind, address=address, reached=found.at or self._clock.now() - _UNDATED)

    async def told_until(self, place: SyncPlace) -> datetime | None:
        """Up to when a dump says that it tells of every change."""
        found = await self._document(place.address, place.kind)
        return None if isinstance(found, Failure) else found.until

    async def parts(self, place: SyncPlace) -> tuple[str, ...] | Failure:
        """The addresses of the parts of the list in hand: its own, where it has none; of a dump its packages."""
        if not place.address:
            return ()
        if place.kind in DUMPS:
            packages = await self._packages_of(place)
            return packages if isinstance(packages, Failure) else tuple(packages)
        found = await self._document(place.address, place.kind)
        if isinstance(found, Failure):
            return found
        if not found.is_index:
            return (place.address,)
        wanted = parts_since(found.entries, place.since) if place.kind == "changelist" else found.entries
        return tuple(dict.fromkeys(urljoin(place.address, part.address) for part in wanted))

    async def entries(self, place: SyncPlace, owed: tuple[Owed, ...]) -> tuple[Entry, ...] | Failure:
        """The entries of the part in hand; `owed` are those of what earlier fetches could not have."""
        if place.part == OWED_PART:
            return tuple(each.entry for each in owed)
        key = (place.kind, place.part, place.since)
        if self._entries[0] != key:
            found = await self._all_entries(place)
            if isinstance(found, Failure):
                return found
            self._entries = (key, found)
        return self._entries[1]

    async def _all_entries(self, place: SyncPlace) -> tuple[Entry, ...] | Failure:
        listed = await (self._packed(place) if place.kind in DUMPS else self._listed(place))
        if isinstance(listed, Failure):
            return listed
        absolute = tuple(_absolute(entry, place.part) for entry in listed)
        return last_words(absolute, place.since) if place.kind in CHANGES else absolute

    async def _listed(self, place: SyncPlace) -> tuple[Entry, ...] | Failure:
        found = await self._document(place.part, place.kind)
        if isinstance(found, Failure):
            return found
        if found.is_index:
            return Failure(reason="index_nested")
        return found.entries

    async def _packed(self, place: SyncPlace) -> tuple[Entry, ...] | Failure:
        """What the manifest of the package in hand names."""
        package: Package | Failure | None = self._packages.held(place.part)
        if package is None:
            packages = await self._packages_of(place)
            if isinstance(packages, Failure):
                return packages
            package = await self._fetched(packages[place.part], place.kind)
        return package if isinstance(package, Failure) else package.entries

    async def _fetched(self, entry: Entry, kind: str) -> Package | Failure:
        if not self._is_ours(entry.address):
            return Failure(reason="other_origin")
        return await self._packages.package(entry, kind)  # type: ignore[arg-type]

    async def _packages_of(self, place: SyncPlace) -> dict[str, Entry] | Failure:
        """The packages of a dump, those of all its parts, by their addresses; of changes the oldest first."""
        if place.address not in self._dumps:
            found = await self._all_packages(place)
            if isinstance(found, Failure):
                return found
            self._dumps = {place.address: found}
        return self._dumps[place.address]

    async def _all_packages(self, place: SyncPlace) -> dict[str, Entry] | Failure:
        documents = await self._document(place.address, place.kind)
        if isinstance(documents, Failure):
            return documents
        parts = documents.entries if documents.is_index else (Entry(address=place.address),)
        packages: list[Entry] = []
        for part in parts_since(parts, place.since) if place.kind == "changedump" else parts:
            address = urljoin(place.address, part.address)
            found = await self._document(address, place.kind)
            if isinstance(found, Failure):
                return found
            if found.is_index:
                return Failure(reason="index_nested")
            packages += (_absolute(entry, address) for entry in found.entries)
            if len(packages) > _MOST_PACKAGES:
                return Failure(reason="oversize")
        wanted = parts_since(packages, place.since) if place.kind == "changedump" else packages
        return {entry.address: entry for entry in wanted}

    def _is_ours(self, address: str) -> bool:
        return _host(address) == _host(self._feed.base_url)

    async def _document(self, address: str, capability: str) -> Document | Failure:
        """A document, of the capability that is expected if one is."""
        if address not in self._held:
            answer = await self.get(address)
            if isinstance(answer, Failure):
                return answer
            try:
                found = read_document(answer.body)
            except DocumentRefused as refused:
                return Failure(reason=refused.code)
            if found is None:
                return Failure(reason="not_a_source")
            self._held = dict([*self._held.items()][-1:]) | {address: found}
        held = self._held.pop(address)
        self._held[address] = held
        return held if capability in ("", held.capability) else Failure(reason="not_a_source")


def _first_address(base_url: str) -> str:
    """The well-known address of a source that is named by its host alone (section 6.3)."""
    return urljoin(base_url, WELL_KNOWN) if urlsplit(base_url).path in ("", "/") else base_url


def _absolute(entry: Entry, base: str) -> Entry:
    return msgspec.structs.replace(entry, address=urljoin(base, entry.address))


def _before(moment: datetime) -> datetime:
    return max(moment, EARLIEST + _MARGIN) - _MARGIN


def _host(address: str) -> str:
    """Host and port, the same over http and https at their own ports."""
    parts = urlsplit(address)
    return parts.netloc.rpartition("@")[2].lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, ""))
