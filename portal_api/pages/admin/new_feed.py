"""`/admin/feeds/new`: a feed is tried with ten records, and added."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline.feed_begin import is_new_host
from federation.pipeline.feed_credentials import Wanted
from federation.pipeline.trial import Trial
from federation.storage import feeds
from federation.storage.clashes import repeats_clashes
from federation.storage.institutions import StoredInstitution
from portal_api.auth.requests import read_form, reader_of
from portal_api.errors import ParameterFault
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.marking import N_
from portal_api.pages.admin.asking_forms import ASKED, may_set_ports, times_offered
from portal_api.pages.admin.feed_begin import tried
from portal_api.pages.admin.feed_credentials import CREDENTIALS, require_credentials
from portal_api.pages.admin.feed_forms import (
    FeedForm,
    Offered,
    fault,
    faults_of,
    feed_of,
    read_form_fields,
    shown_by,
)
from portal_api.pages.admin.showing import moved, show
from portal_api.reader import Reader
from portal_api.views.feeds import administered
from portal_api.views.trials import TrialView, trial_view

ADDRESS = "/admin/feeds"
LABELS = (
    {
        "name": N_("Name"),
        "source": N_("Where its records come from"),
        "address": N_("Address"),
        "prefix": N_("Metadata prefix"),
        "query": N_("Query"),
        "split_by": N_("Index that splits it"),
        "sets": N_("Sets"),
        "institution": N_("Institution"),
        "crosswalk": N_("Crosswalk"),
        "key_field": N_("Column or path of the number"),
        "licence": N_("Licence of the metadata"),
        "reexpose": N_("What is given on"),
        "network": N_("Private network"),
    }
    | ASKED
    | CREDENTIALS
)


async def new_page(request: web.Request) -> web.Response:
    """The form: empty, or with what its address says of a source."""
    return await _form(request, read_form_fields(request.query), ())


async def new(request: web.Request) -> web.Response:
    """Tries the feed that the form describes, or adds it and makes its first harvest due."""
    posted = await read_form(request)
    typed, reader, exchange = read_form_fields(posted), await reader_of(request), request.app[EXCHANGE]
    if shown_by(typed) != Wanted():
        require_credentials(reader, request.path)
    lines = await asyncio.to_thread(_administered, exchange, reader)
    faults = faults_of(typed, _offered(exchange, reader, lines))
    if faults:
        return await _form(request, typed, faults)
    if posted.get("act") == "test":
        if typed.source == "upload":
            return await _form(request, typed, (fault("source", "files-untested"),))
        return await _form(request, typed, (), trial_view(await _tried(exchange, typed, lines)))
    key, faults = await asyncio.to_thread(_add, exchange, reader, typed, posted.get("act") == "draft")
    if faults:
        return await _form(request, typed, faults)
    return moved(f"{ADDRESS}/{key}/files" if typed.source == "upload" else f"{ADDRESS}/{key}")


async def _tried(exchange: Exchange, typed: FeedForm, lines: list[StoredInstitution]) -> Trial:
    holder = next(line for line in lines if line.slug == typed.institution)
    return await tried(exchange, feed_of(typed, exchange.store.now(), exchange.settings.min_interval_seconds), holder)


@repeats_clashes
def _add(exchange: Exchange, reader: Reader, typed: FeedForm, draft: bool) -> tuple[str, tuple[ParameterFault, ...]]:
    """Adds the feed: as a draft where that is wanted, or where its host waits for an administrator of the exchange."""
    try:
        with exchange.store.transaction(actor=reader.actor) as tx:
            wanted = feed_of(typed, tx.now, exchange.settings.min_interval_seconds)
            if draft or (not reader.has("exchange_admin") and is_new_host(tx.connection, wanted)):
                wanted = msgspec.structs.replace(wanted, state="draft", due_at=None)
            feeds.add(tx, wanted)
    except RequestRefused as refused:
        if refused.reason != "name_taken":
            raise
        return "", (fault("name", "name-taken"),)
    return wanted.key, ()


def _administered(exchange: Exchange, reader: Reader) -> list[StoredInstitution]:
    with exchange.store.reading() as connection:
        return list(administered(connection, reader))


def _offered(exchange: Exchange, reader: Reader, lines: list[StoredInstitution]) -> Offered:
    networks = exchange.settings.allow_networks
    return Offered(
        institutions=tuple(line.slug for line in lines),
        networks=networks,
        ports_inside=may_set_ports(reader, networks),
    )


async def _form(
    request: web.Request, typed: FeedForm, faults: tuple[ParameterFault, ...], trial: TrialView | None = None
) -> web.Response:
    exchange, reader = request.app[EXCHANGE], await reader_of(request)
    lines = await asyncio.to_thread(_administered, exchange, reader)
    offered = _offered(exchange, reader, lines)
    return await show(
        request,
        "admin/feed_new.html",
        status=422 if faults else 200,
        faults=faults,
        labels=LABELS,
        asked_faulty=any(each.parameter in ASKED for each in faults),
        typed=typed,
        times=times_offered(None),
        trial=trial,
        institutions=[(line.slug, line.name) for line in lines],
        crosswalks=[(name, name) for name in offered.crosswalks],
        networks=[(network, network) for network in offered.networks],
        here=ADDRESS,
    )
