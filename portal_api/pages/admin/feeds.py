"""`/admin/feeds`: the feeds that a person administers, one of them, and the records behind its numbers."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from federation.storage import breakers, feeds
from federation.storage.clashes import repeats_clashes
from federation.storage.feed_runs import ask_plain
from federation.storage.feeds import State, StoredFeed
from federation.storage.run_reports import Standing, Wanted
from harvester.redirects import proposed, secured
from portal_api.auth.requests import read_form, reader_of
from portal_api.auth.sessions import require_fresh
from portal_api.errors import StatePassed
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.marking import N_, Sentence
from portal_api.http.parameters import RowNumber, as_pairs
from portal_api.pages.admin.showing import moved, show
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views.feeds import feed_view, feeds_view, found_feed, records_view
from portal_api.views.passed import feed_passed, no_such_act

ADDRESS = "/admin/feeds"

Act = Literal["run", "pause", "resume", "retire", "move", "decline", "plain"]
#: in which states of a feed an act makes sense
_POSSIBLE: dict[Act, tuple[State, ...]] = {
    "run": ("active", "paused"),
    "pause": ("active",),
    "resume": ("paused",),
    "retire": ("draft", "probed", "active", "paused"),
    "move": ("active", "paused"),
    "decline": ("active", "paused"),
    "plain": ("active", "paused"),
}
_NOT_MOVED = N_("Its repository does not say any more that it has gone elsewhere.")
_AT_HOME = N_("It is asked at its own address already.")


class RecordsParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Which records of a feed are listed."""

    standing: Standing = "harvested"
    issue: str = ""
    field: str = ""
    rule: str = ""
    after: RowNumber = 0


async def listed(request: web.Request) -> web.Response:
    """Every feed of the reader's with its last verdict."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def read_view() -> object:
        with store.reading() as connection:
            return feeds_view(connection, reader)

    return await show(request, "admin/feeds.html", view=await asyncio.to_thread(read_view), here=ADDRESS)


async def one(request: web.Request) -> web.Response:
    """One feed with its latest runs."""
    return await _one(request, "admin/feed.html")


async def retire_page(request: web.Request) -> web.Response:
    """What retiring means, and the button that does it."""
    require_fresh(await reader_of(request), request.path)
    return await _one(request, "admin/feed_retire.html")


async def acted(request: web.Request) -> web.Response:
    """Runs, pauses, resumes or retires a feed, or has it harvested where its repository says, or at its own address.

    The address that the repository says can be declined, too.
    """
    await read_form(request)
    reader, act = await reader_of(request), _act(request.match_info["act"])
    if act == "retire":
        require_fresh(reader, request.path)
    key = request.match_info["key"]
    await asyncio.to_thread(_change, request.app[EXCHANGE], reader, key, act)
    return moved(f"{ADDRESS}/{key}")


async def records(request: web.Request) -> web.Response:
    """The records behind one number."""
    parameters = strict(request, RecordsParameters)
    reader, store = await reader_of(request), request.app[EXCHANGE].store
    wanted = Wanted(
        feed=request.match_info["key"],
        standing=parameters.standing,
        issue=parameters.issue,
        field=parameters.field,
        rule=parameters.rule,
    )

    def read_view() -> tuple[object, int | None]:
        with store.reading() as connection:
            view = records_view(connection, reader, wanted, parameters.after)
            return view, view.following

    view, following = await asyncio.to_thread(read_view)
    further = urlencode(as_pairs(msgspec.structs.replace(parameters, after=following or 0)))
    return await show(request, "admin/records.html", view=view, following=further, here=ADDRESS)


def _act(text: str) -> Act:
    found = next((act for act in _POSSIBLE if act == text), None)
    if found is None:
        raise no_such_act(text, _POSSIBLE)
    return found


@repeats_clashes
def _change(exchange: Exchange, reader: Reader, key: str, act: Act) -> None:
    with exchange.store.transaction(actor=reader.actor) as tx:
        feed = found_feed(tx.connection, reader, key)
        if feed.state not in _POSSIBLE[act]:
            raise feed_passed(feed)
        if act == "run":
            feeds.refuse_held(tx.connection, key)
        if act in ("move", "decline") and not proposed(feed.base_url, feed.profile):
            raise StatePassed("the repository does not say that it has gone elsewhere", Sentence(text=_NOT_MOVED))
        if act == "plain":
            if not secured(feed.base_url, feed.profile):
                raise StatePassed("the feed is asked at its own address already", Sentence(text=_AT_HOME))
            ask_plain(tx, feed)
            return
        if act == "decline":
            feeds.decline_move(tx, feed)
            return
        if act in ("run", "resume"):
            breakers.answered(tx, feed.base_url)
        feeds.change(tx, _changed(feed, act, tx.now))


def _changed(feed: StoredFeed, act: Literal["run", "pause", "resume", "retire", "move"], now: datetime) -> StoredFeed:
    match act:
        case "run":
            return msgspec.structs.replace(feed, due_at=now)
        case "resume":
            return msgspec.structs.replace(feed, state="active", due_at=now)
        case "pause":
            return msgspec.structs.replace(feed, state="paused", due_at=None)
        case "move":
            return msgspec.structs.replace(feed, base_url=proposed(feed.base_url, feed.profile))
        case "retire":
            return msgspec.structs.replace(feed, state="retired", due_at=None)


async def _one(request: web.Request, template: str) -> web.Response:
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def read_view() -> object:
        with store.reading() as connection:
            return feed_view(connection, reader, request.match_info["key"])

    return await show(request, template, view=await asyncio.to_thread(read_view), here=ADDRESS)
