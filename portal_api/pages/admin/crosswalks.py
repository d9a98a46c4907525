"""`/admin/crosswalks`: the rules of each feed, from a draft to what is live and back; every act is a form."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal, get_args

from aiohttp import web

from federation.errors import RecordChanged, RequestRefused
from federation.pipeline import copied_rules, crosswalk_life, pin_record, rekeying
from federation.settings import Approval
from federation.storage import crosswalks
from federation.storage.clashes import repeats_clashes
from federation.storage.crosswalks import LONGEST_TEXT_BYTES
from federation.storage.feeds import StoredFeed
from federation.storage.repeated_requests import Note, unnoted
from federation.storage.transactions import Transaction
from mappings.errors import CrosswalkInvalid
from portal_api.auth.requests import Form, read_form, reader_of
from portal_api.auth.sessions import require_fresh
from portal_api.exchange import EXCHANGE
from portal_api.pages.admin.showing import moved, number_in, show
from portal_api.reader import Reader
from portal_api.views.crosswalks import (
    VersionView,
    crosswalks_view,
    feed_crosswalk,
    seen_feed,
    text_to_judge,
    version_view,
)
from portal_api.views.feeds import found_feed
from portal_api.views.passed import no_such_act

ADDRESS = "/admin/crosswalks"

Act = Literal["dry-run", "approve", "confirm", "activate", "canary", "rollback", "rekey"]
_ACTS: tuple[Act, ...] = get_args(Act)
#: done by name, after a fresh sign-in, by whoever decides for the institution too
_SIGNS: tuple[Act, ...] = ("approve", "confirm")


async def listed(request: web.Request) -> web.Response:
    """Every feed of the reader's with what is live and what is under way."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def read_view() -> object:
        with store.reading() as connection:
            return crosswalks_view(connection, reader)

    return await show(request, "admin/crosswalks.html", lines=await asyncio.to_thread(read_view), here=ADDRESS)


async def of_feed(request: web.Request) -> web.Response:
    """One feed's versions, and the paths that no rule reads."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def read_view() -> object:
        with store.reading() as connection:
            return feed_crosswalk(connection, reader, request.match_info["key"])

    return await show(request, "admin/crosswalk_feed.html", view=await asyncio.to_thread(read_view), here=ADDRESS)


async def begin(request: web.Request) -> web.Response:
    """A new draft, a copy of the rules of the feed `like`; with a `path`, one more rule in the latest draft."""
    form, key = await read_form(request), request.match_info["key"]
    path, like = form.get("path", ""), form.get("like", "")

    def made(tx: Transaction, reader: Reader, feed: StoredFeed) -> int:
        return begun(tx, reader, feed, path, like)

    return moved(f"{ADDRESS}/{key}/{await written(request, made)}")


def begun(tx: Transaction, reader: Reader, feed: StoredFeed, path: str, like: str = "") -> int:
    """The number of a new draft; with a path, of the draft that got a rule for it.

    like    key of a feed whose rules the draft begins with; empty = those that are live for `feed`
    raises  NotFound where those are not the reader's to read; RequestRefused
    """
    if like:
        copied = copied_rules.begin_as(tx, feed, seen_feed(tx.connection, reader, like), reader.account)
        if not path:
            return copied.number
    if path:
        return crosswalk_life.with_rule(tx, feed, path, reader.account).number
    return crosswalk_life.begin(tx, feed, reader.account).number


async def version(request: web.Request) -> web.Response:
    """One version: its text with findings, samples, what it changes, its dry run, and what can be done."""
    return await _version(request)


async def save(request: web.Request) -> web.Response:
    """Shows what a text would make of stored records, or keeps it; beside what somebody else saved meanwhile, if so."""
    form = await read_form(request, most_bytes=LONGEST_TEXT_BYTES * 4)
    if form.get("act") == "preview":
        return await _version(request, typed=form.get("text", ""), message=form.get("message", ""))
    number = number_in(request, "number")

    def made(tx: Transaction, reader: Reader, feed: StoredFeed) -> int:
        return crosswalk_life.save(
            tx,
            feed,
            number,
            form.get("text", ""),
            reader.account,
            seen=form.get("seen", ""),
            message=form.get("message", ""),
        ).number

    try:
        kept = await written(request, made)
    except RecordChanged:
        text, message = form.get("text", ""), form.get("message", "")
        return await _version(request, typed=text, message=message, refusal="record_changed", status=412)
    return moved(f"{ADDRESS}/{request.match_info['key']}/{kept}")


async def pin(request: web.Request) -> web.Response:
    """Keeps a stored record as a test of the version, or of a new draft like it."""
    form, number = await read_form(request), number_in(request, "number")

    def made(tx: Transaction, reader: Reader, feed: StoredFeed) -> int:
        return pin_record.pin(tx, feed, number, form.get("identifier", ""), reader.account).number

    try:
        drafted = await written(request, made)
    except RequestRefused as refused:
        return await _version(request, refusal=refused.reason, status=409)
    return moved(f"{ADDRESS}/{request.match_info['key']}/{drafted}#text-title")


async def acted(request: web.Request) -> web.Response:
    """Tries, confirms, puts to work or takes back a version; what the rules do not allow is told on its page."""
    form, number = await read_form(request), number_in(request, "number")
    here = f"{ADDRESS}/{request.match_info['key']}/{number}"
    try:
        await perform(request, number, request.match_info["act"], form)
    except RequestRefused as refused:
        return await _version(request, refusal=refused.reason, status=409)
    except CrosswalkInvalid:
        return await _version(request, refusal="crosswalk_invalid", status=422)
    return moved(here)


async def perform(request: web.Request, number: int, name: str, form: Form, note: Note = unnoted) -> None:
    """Does the act of this name to a version, whichever door it came through.

    note    is told the version's number, in the act's transaction
    raises  RequestRefused; CrosswalkInvalid; StatePassed; NotSignedIn where a confirmation needs a fresh sign-in
    """
    act, approval = _act(name), request.app[EXCHANGE].settings.approval
    if act in _SIGNS:
        require_fresh(await reader_of(request), f"{ADDRESS}/{request.match_info['key']}/{number}")
    if act == "rekey":
        await _rekeyed(request, number, note)
        return

    def made(tx: Transaction, reader: Reader, feed: StoredFeed) -> int:
        done = _done(tx, reader, feed, number, act, form, approval)
        note(tx, str(number))
        return done

    await written(request, made, act=act)


async def _rekeyed(request: web.Request, number: int, note: Note) -> None:
    """Pairs the old identifiers with the new ones, which takes a while, and writes them at once."""
    reader, exchange, key = await reader_of(request), request.app[EXCHANGE], request.match_info["key"]
    store, approval = exchange.store, exchange.settings.approval

    @repeats_clashes
    def run() -> None:
        with store.reading() as connection:
            feed = found_feed(connection, reader, key)
            wanted = crosswalks.found(connection, key, number)
        names = rekeying.renaming(store, feed, wanted)
        with store.transaction(actor=reader.actor) as tx:
            rekeying.rekey(tx, names, number, approval=approval)
            note(tx, str(number))

    await asyncio.to_thread(run)


def _act(text: str) -> Act:
    found = next((act for act in _ACTS if act == text), None)
    if found is None:
        raise no_such_act(text, _ACTS)
    return found


def _done(
    tx: Transaction, reader: Reader, feed: StoredFeed, number: int, act: Act, form: Form, approval: Approval
) -> int:
    match act:
        case "dry-run":
            crosswalk_life.ask_for_trial(tx, feed, number)
        case "confirm":
            crosswalk_life.confirm(tx, feed, number, reader.account, form.get("note", ""))
        case "approve":
            crosswalk_life.approve(tx, feed, number, reader.account, form.get("note", ""), approval=approval)
        case "activate":
            crosswalk_life.activate(tx, feed, number, approval=approval)
        case "canary":
            sets = tuple(form.get("sets", "").split())
            crosswalk_life.try_in_sets(tx, feed, number, sets, approval=approval)
        case "rollback":
            canary = crosswalks.found(tx.connection, feed.key, number).state == "canary"
            crosswalk_life.roll_back(tx, feed, None if canary else number)
        case "rekey":
            raise no_such_act(act, _ACTS)
    return number


async def written(
    request: web.Request, made: Callable[[Transaction, Reader, StoredFeed], int], *, act: str = ""
) -> int:
    """What `made` gives in one transaction; whoever decides for the institution need not run the feed to confirm."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store
    key = request.match_info["key"]

    @repeats_clashes
    def write() -> int:
        with store.transaction(actor=reader.actor) as tx:
            find = seen_feed if act in _SIGNS else found_feed
            return made(tx, reader, find(tx.connection, reader, key))

    return await asyncio.to_thread(write)


async def shown(request: web.Request, number: int, typed: str | None) -> VersionView:
    """A version, or what was typed in its place, judged where it can hold up nobody."""
    reader, exchange, key = await reader_of(request), request.app[EXCHANGE], request.match_info["key"]

    def read_text() -> tuple[str, str]:
        with exchange.store.reading() as connection:
            return text_to_judge(connection, reader, key, number, typed)

    text, name = await asyncio.to_thread(read_text)
    judged = await exchange.judges.judged(key, text, name)

    def read_view() -> VersionView:
        with exchange.store.reading() as connection:
            approval = exchange.settings.approval
            return version_view(connection, reader, key, number, judged, typed=typed, approval=approval)

    return await asyncio.to_thread(read_view)


async def _version(
    request: web.Request, *, typed: str | None = None, message: str = "", refusal: str = "", status: int = 200
) -> web.Response:
    view = await shown(request, number_in(request, "number"), typed)
    return await show(
        request,
        "admin/crosswalk_version.html",
        status=status,
        view=view,
        typed=typed is not None,
        message=message or view.version.message,
        refusal=refusal,
        here=ADDRESS,
    )
