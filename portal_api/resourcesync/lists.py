"""The lists of one scope, which is everything or one institution: resources and changes, at one moment."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.storage import export_history
from federation.storage.export_history import Change, Span, Whole
from portal_api.resourcesync.documents import Entry, Metadata, index_of, listing

#: the scope of everything
EVERYTHING = "all"
#: entries of a document at most (sitemaps.org)
MOST_ENTRIES = 50_000
#: where a list of changes ends that is still being written, and where the first list begins
OPEN = "open"
BEGINNING = "0"
#: later than every datestamp
_EVER = "9999"

#: kinds of changes as ResourceSync calls them (12.2)
_KINDS = {"created": "created", "changed": "updated", "deleted": "deleted"}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the documents of a scope are."""

    #: address of the exchange
    base: str
    scope: str

    def document(self, name: str) -> str:
        """The address of one of the scope's documents."""
        return f"{self.base}/resourcesync/{self.scope}/{name}.xml"

    def resource(self, item: str) -> str:
        """The address of an item's resource."""
        return f"{self.base}/resourcesync/items/{item}.xml"


def description(base: str, scopes: list[str]) -> str:
    """The source description, which leads to everything else (6)."""
    entries = [_named(Place(base=base, scope=scope), "capabilitylist") for scope in scopes]
    return listing({"capability": "description"}, entries)


def capabilities(place: Place) -> str:
    """The capability list of a scope (7)."""
    entries = [_named(place, name) for name in ("resourcelist", "changelist")]
    return listing({"capability": "capabilitylist"}, entries, up=f"{place.base}/.well-known/resourcesync")


def _named(place: Place, capability: str) -> Entry:
    return Entry(address=place.document(capability), metadata={"capability": capability})


def resources(connection: sa.Connection, place: Place, whole: Whole) -> str:
    """The resource list, or an index of its parts (10)."""
    spans = export_history.standing_spans(connection, whole, size=MOST_ENTRIES)
    metadata = {"capability": "resourcelist", "at": whole.before}
    if len(spans) <= 1:
        return resource_part(connection, place, whole, "", _EVER)
    parts = [
        Entry(address=_part(place, "resourcelist", each.after, each.until), metadata={"at": whole.before})
        for each in spans
    ]
    return index_of(metadata, parts, up=place.document("capabilitylist"))


def resource_part(connection: sa.Connection, place: Place, whole: Whole, after: str, until: str) -> str:
    """One part of the resource list."""
    found = export_history.standing(connection, whole, after=after, until=until)
    entries = [
        Entry(address=place.resource(each.item), changed=each.datestamp, metadata=_bytes_of(each)) for each in found
    ]
    metadata = {"capability": "resourcelist", "at": whole.before}
    return listing(metadata, entries, up=place.document("capabilitylist"))


def changes(connection: sa.Connection, place: Place, whole: Whole) -> str:
    """The index of the change lists: one a day, the last of them open (12)."""
    since = export_history.kept_since(whole.before)
    spans = export_history.daily_spans(connection, whole, since=since, size=MOST_ENTRIES)
    parts = [_change_list(place, each, whole) for each in spans]
    if not spans or _is_closed(spans[-1], whole):
        after = spans[-1].until if spans else export_history.newest_before(connection, whole, since)
        parts.append(Entry(address=_part(place, "changelist", after, ""), metadata={"from": _begun(whole.before)}))
    metadata = {"capability": "changelist", "from": spans[0].since if spans else whole.before}
    return index_of(metadata, parts, up=place.document("capabilitylist"))


def _begun(datestamp: str) -> str:
    """When its day began: a list that is a day's stays at one address until it is listed no longer."""
    return f"{datestamp[:10]}T00:00:00Z"


def _change_list(place: Place, span: Span, whole: Whole) -> Entry:
    until = span.until if _is_closed(span, whole) else ""
    return Entry(address=_part(place, "changelist", span.after, until), metadata=_period(span, whole))


def _part(place: Place, name: str, after: str, until: str) -> str:
    """The address of a part, which its datestamps name; an empty `until` = it is open."""
    return place.document(f"{name}-{_compact(after) or BEGINNING}-{_compact(until) or OPEN}")


def _compact(datestamp: str) -> str:
    return datestamp.replace("-", "").replace(":", "")


def _is_closed(span: Span, whole: Whole) -> bool:
    """Whether its day is over."""
    return span.until[:10] < whole.before[:10]


def _period(span: Span, whole: Whole) -> Metadata:
    return {"from": span.since, "until": span.until if _is_closed(span, whole) else None}


def change_part(connection: sa.Connection, place: Place, whole: Whole, after: str, until: str) -> str:
    """One list of changes, oldest first; an open one where `until` is empty."""
    found = export_history.changes(connection, whole, after=after, until=until or _EVER)
    entries = [Entry(address=place.resource(each.item), changed=each.datestamp, metadata=_said(each)) for each in found]
    metadata = {
        "capability": "changelist",
        "from": found[0].datestamp if found else whole.before,
        "until": until or None,
    }
    links = {"up": place.document("capabilitylist"), "index": place.document("changelist")}
    return listing(metadata, entries, **links)


def _said(change: Change) -> Metadata:
    return {"change": _KINDS[change.kind], "datetime": change.datestamp, **_bytes_of(change)}


def _bytes_of(change: Change) -> Metadata:
    """Hash, length and type, where they are those of what stands."""
    if change.sha256 is None or change.size_bytes is None:
        return {}
    return {"hash": f"sha-256:{change.sha256}", "length": str(change.size_bytes), "type": "application/xml"}
