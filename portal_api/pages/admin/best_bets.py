"""`/admin/best-bets`: things pinned to queries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
from aiohttp import web

from federation.errors import RequestRefused
from federation.storage import best_bets
from federation.storage.best_bets import BestBet
from federation.storage.clashes import repeats_clashes
from federation.storage.transactions import Transaction
from mappings.schema.access import PUBLIC
from portal_api.auth.requests import Form, read_form, reader_of
from portal_api.best_bets import pin, unpin
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.marking import N_
from portal_api.pages.admin.showing import moved, show

ADDRESS = "/admin/best-bets"
#: why a pin is refused, by the reason's name
_REFUSALS = {
    "query_unfit": N_("The query has no words that things could be pinned to, or is too long."),
    "too_many_pins": N_("Give one to three things."),
    "cluster_unknown": N_("One of the things is none that everybody may see."),
    "day_invalid": N_("The last day is not read as a day: write it as 2026-01-31."),
    "day_past": N_("The last day is past."),
    "best_bet_unknown": N_("Nothing is pinned to this query."),
}


class BetLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is pinned to one query, with the titles of what everybody may see of it."""

    bet: BestBet
    #: (id, title); the id again where nothing is seen
    things: tuple[tuple[str, str], ...]
    #: its last day is over
    over: bool


async def listed(request: web.Request) -> web.Response:
    """What is pinned, and the form that pins."""
    return await _listed(request)


async def _listed(request: web.Request, refusal: str = "", typed: Form | None = None) -> web.Response:
    lines = await asyncio.to_thread(_lines, request.app[EXCHANGE])
    return await show(
        request,
        "admin/best_bets.html",
        status=422 if refusal else 200,
        lines=lines,
        refusal=refusal,
        typed=typed or {},
        here=ADDRESS,
    )


def _lines(exchange: Exchange) -> list[BetLine]:
    with exchange.store.reading() as connection:
        found = best_bets.everyone(connection)
    seen = exchange.catalogue.unified_many([name for bet in found for name in bet.clusters], PUBLIC)
    titles = {name: thing.title.value.value for name, thing in seen.items()}
    today = exchange.store.now().date()
    return [
        BetLine(
            bet=bet, things=tuple((name, titles.get(name, name)) for name in bet.clusters), over=not bet.holds(today)
        )
        for bet in found
    ]


async def pinned(request: web.Request) -> web.Response:
    """Pins up to three things to a query, in place of those that were."""
    form = await read_form(request)
    author = (await reader_of(request)).account
    names, until = form.get("things", "").split(), form.get("until", "")
    refusal = await _done(request, lambda tx: pin(tx, form.get("query", ""), names, until, author))
    return await _listed(request, refusal, form) if refusal else moved(ADDRESS)


async def unpinned(request: web.Request) -> web.Response:
    """Takes the pins off a query."""
    await read_form(request)
    refusal = await _done(request, lambda tx: unpin(tx, request.match_info["key"]))
    return await _listed(request, refusal) if refusal else moved(ADDRESS)


async def _done(request: web.Request, deed: Callable[[Transaction], object]) -> str:
    """Does it in the reader's name; why it was refused, or nothing."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    @repeats_clashes
    def do() -> None:
        with store.transaction(actor=reader.actor) as tx:
            deed(tx)

    try:
        await asyncio.to_thread(do)
    except RequestRefused as refused:
        return _REFUSALS.get(refused.reason, str(refused))
    return ""
