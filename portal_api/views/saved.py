"""Searches that a person keeps, and what each found, as pages and API show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.pipeline import kept_searches
from federation.storage import saved_searches
from federation.storage.engine import Store
from federation.storage.repeated_requests import Note, unnoted
from federation.storage.saved_searches import Hit, SavedSearch
from index.errors import BackendUnavailable
from index.meanings.claims import NO_SOUNDS, Holders, Sounds
from index.query.canonical import printed
from index.query.model import All
from index.query.syntax import parse
from index.saved import kept, written
from mappings.schema.unified import UnifiedRecord
from portal_api.errors import NotFound, ParameterFault, ParametersInvalid
from portal_api.exchange import Exchange
from portal_api.http.parameters import as_pairs, read
from portal_api.reader import Reader
from portal_api.views.search import SearchParameters, plain, request_of


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A kept search."""

    id: str
    name: str
    #: the page that asks it
    address: str
    #: slug of the institution that its owner acted for; empty = none
    acting_for: str
    created_at: datetime
    #: it can no longer be read; keep it anew
    broken: bool
    #: things found since its owner last looked
    new: int


class FoundView(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that a kept search found, as its reader may see it now."""

    id: str
    title: str
    lang: str | None
    found_at: datetime
    new: bool


def searches_view(connection: sa.Connection, reader: Reader) -> list[SavedView]:
    """The reader's searches, newest first."""
    searches = saved_searches.of(connection, reader.account)
    found = kept_searches.found(connection, [each.id for each in searches], reader.visibility.audience)
    return [_view(each, found[each.id]) for each in searches]


def _view(search: SavedSearch, found: Sequence[Hit]) -> SavedView:
    """A search of which `found` is what its reader may see."""
    return SavedView(
        id=search.id,
        name=search.name,
        address=f"/search?{search.asked}",
        acting_for=search.acting_for,
        created_at=search.created_at,
        broken=search.broken,
        new=sum(hit.found_at > search.seen_at for hit in found),
    )


def found_search(connection: sa.Connection, reader: Reader, search_id: str) -> SavedSearch:
    """One of the reader's searches; raises NotFound."""
    search = saved_searches.get(connection, reader.account, search_id)
    if search is None:
        raise NotFound
    return search


def found_view(exchange: Exchange, reader: Reader, search_id: str) -> tuple[SavedView, list[FoundView]]:
    """A search and what it found; what the reader may no longer see is left out. Raises NotFound."""
    audience = reader.visibility.audience
    with exchange.store.reading() as connection:
        search = found_search(connection, reader, search_id)
        hits = kept_searches.found(connection, [search_id], audience)[search_id]
    things = exchange.catalogue.unified_many([hit.cluster for hit in hits], audience)
    shown = [hit for hit in hits if hit.cluster in things]
    return _view(search, shown), [_found(search, hit, things[hit.cluster]) for hit in shown]


def _found(search: SavedSearch, hit: Hit, thing: UnifiedRecord) -> FoundView:
    title, is_new = thing.title.value, hit.found_at > search.seen_at
    return FoundView(id=thing.id, title=title.value, lang=title.lang, found_at=hit.found_at, new=is_new)


def parameters_of(asked: str) -> SearchParameters:
    """The parameters of a search out of the query of its address; raises ParametersInvalid."""
    parameters, faults = read(parse_qsl(asked.removeprefix("?")), SearchParameters)
    if faults:
        raise ParametersInvalid(faults)
    return parameters


def keep(
    exchange: Exchange, reader: Reader, name: str, parameters: SearchParameters, note: Note = unnoted
) -> SavedSearch:
    """Keeps a search of the reader's, as it is understood now; raises RequestRefused, and QueryInvalid for faults.

    note   is told its id, in its transaction
    """
    query = kept(request_of(parameters, reader.visibility), *_named(exchange, reader, parameters))
    acting_for = reader.visibility.audience.partition(":")[2]
    with exchange.store.transaction(actor=reader.actor) as tx:
        made = saved_searches.add(
            tx, reader.account, name=name, asked=asked_of(parameters), query=written(query), acting_for=acting_for
        )
        note(tx, made.id)
        return made


def as_read(parameters: SearchParameters) -> SearchParameters:
    """The search with its words as they were read, for one whose words have faults."""
    tree = parse(parameters.q, "lenient").tree
    return msgspec.structs.replace(parameters, q="" if tree == All() else printed(tree))


def asked_of(parameters: SearchParameters) -> str:
    """The query of the address that asks a search; its page and language are no part of it."""
    return urlencode(as_pairs(msgspec.structs.replace(plain(parameters), page=1, group="none", ui="")))


def _named(exchange: Exchange, reader: Reader, parameters: SearchParameters) -> tuple[Holders, Sounds]:
    """What words of the search may name beyond what the tables say; nothing while the search is away."""
    search, tree = exchange.search, parse(parameters.q, "lenient").tree
    try:
        return search.holders(reader.visibility), search.sounds(tree, reader.visibility)
    except BackendUnavailable:
        return {}, NO_SOUNDS


def remove(store: Store, reader: Reader, search_id: str) -> None:
    """Keeps a search no longer; raises NotFound."""
    with store.transaction(actor=reader.actor) as tx:
        saved_searches.remove(tx, found_search(tx.connection, reader, search_id).id)


def note_seen(store: Store, reader: Reader, search_id: str) -> None:
    """The reader has looked; raises NotFound."""
    with store.transaction(actor=reader.actor) as tx:
        saved_searches.note_seen(tx, found_search(tx.connection, reader, search_id).id)


def too_many(error: RequestRefused) -> ParameterFault:
    """Why a search was not kept, beside the form."""
    return ParameterFault(parameter="name", code="searches-too-many", detail=str(error))
