"""The composition root: settings become store, search, runner and exchange; nothing else chooses parts."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

from aiohttp import web

from federation.pipeline import children
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.fetch_trial import try_fetched
from federation.pipeline.gauges import read_gauges
from federation.pipeline.holder_names import stored_names
from federation.pipeline.lags import lags
from federation.pipeline.publish import STAGE as PUBLISH
from federation.pipeline.runner import Runner
from federation.pipeline.sandbox_workers import Sandbox
from federation.pipeline.trial import Trial, try_feed
from federation.pipeline.workers import Bounds
from federation.storage import catalogue_records, cursors, exports, feeds
from federation.storage.engine import Store, embedded_url
from federation.storage.feeds import StoredFeed
from federation.storage.institutions import StoredInstitution
from federation.storage.linkage import clusters
from federation.storage.private import make_folder
from federation.storage.room import told_of
from federation.storage.schema import open_schema
from harvester.oaipmh.page import Page
from harvester.refusals import Refusals
from index.errors import BackendUnavailable
from index.moments import MomentSearch
from index.places import IndexPlace, search_at
from mappings.schema.access import PUBLIC
from portal_api.auth.api_keys import ApiKeys
from portal_api.auth.gate import Gate
from portal_api.best_bets import stored_bets
from portal_api.catalogue import StoredCatalogue
from portal_api.clock import SystemClock
from portal_api.config import Settings, load
from portal_api.cursors import Cursors
from portal_api.errors import SettingsInvalid
from portal_api.exchange import Exchange, FeedSums, Health, PublicLags
from portal_api.giving_way import GivingWay
from portal_api.http.limits import Bucket, Places
from portal_api.http.slots import SearchSlots, SlotRules
from portal_api.http.work_monitoring import make_work_app
from portal_api.index_place import index_place
from portal_api.kept_secrets import KeptSecrets
from portal_api.metrics import Metrics
from portal_api.oai_provider.routes import Provider
from portal_api.semantic import nearness_of, semantic_settings, status_of, working_settings
from portal_api.settings import PortalSettings
from portal_api.signing_keys import API_KEYS, signing_key
from portal_api.views.judging import Judges

DISTRIBUTION = "archive-exchange"
#: of the data folder: the lists that people asked for
LISTS = "lists"
#: lists that people of one network without an account may have written in an hour
LISTS_AN_HOUR = 20
#: feeds that administrators have tried at once
MOST_TRIALS = 2
#: files and addresses that anybody has tried at once
MOST_SANDBOXED = 2


@contextmanager
def open_store(folder: Path, settings: Settings | None = None) -> Iterator[Store]:
    """The store of a data folder at this version's schema, closed when the block ends.

    raises  SchemaMismatch where that takes another version, or `archive-exchange migrate`; StorageFull where nothing
            can be written in the folder, in the block as well
    """
    wanted = settings or load(folder).settings
    with told_of(folder):
        make_folder(folder)
        store = Store(wanted.storage.url or embedded_url(folder))
        try:
            open_schema(store)
            yield store
        finally:
            store.close()


def new_runner(folder: Path, settings: Settings, store: Store, *, niceness: int = 0) -> Runner:
    """The runner that works for this store; `niceness` as its processes take it.

    raises  SettingsInvalid where identifiers were given out under another authority
    """
    _check_authority(settings, store)
    place = index_place(folder, settings)
    return Runner(
        store,
        SystemClock(),
        index=place,
        semantic=working_settings(semantic_settings(folder, settings, place)),
        export=ExportSettings(authority=settings.exchange.authority, public_url=settings.exchange.public_url),
        lists=str(folder / LISTS),
        processes=settings.work.processes,
        bounds=Bounds(cancel_seconds=settings.work.step_cancel_seconds, kill_seconds=settings.work.step_kill_seconds),
        niceness=niceness,
        user_agent=user_agent(settings),
        secrets=KeptSecrets(folder),
    )


def _check_authority(settings: Settings, store: Store) -> None:
    """Every identifier ever given out has to mean its item for good."""
    wanted = settings.exchange.authority
    with store.reading() as connection:
        frozen = exports.frozen_authority(connection)
    if frozen not in (None, wanted):
        raise SettingsInvalid(
            f"exchange.authority: expected {frozen}, under which identifiers were given out, found {wanted}; "
            f"put {frozen} back: identifiers that others hold cannot change"
        )


def compose(folder: Path, settings: Settings, store: Store, runner: Runner) -> Exchange:
    """The exchange that the doors are handed."""
    portal, place = _portal_settings(settings), index_place(folder, settings)
    meaning = semantic_settings(folder, settings, place)
    nearness = nearness_of(meaning)
    search = search_at(place, stored_bets(store), nearness, names=stored_names(store))
    slots = SearchSlots(SlotRules(places=portal.searches_at_once or _places(place)))
    gate, trying = Gate(store, portal), Bucket(portal.trials_per_hour, seconds=3_600.0)
    listing, lists = Bucket(LISTS_AN_HOUR, seconds=3_600.0), Places(portal.exports_at_once)
    rules: dict[str, Bucket | Places | SearchSlots] = {
        "searches": slots, "sign_in_by_network": gate.by_network, "sign_in_by_account": gate.by_account,
        "trials": trying, "lists": listing, "lists_at_once": lists,
    }  # fmt: skip
    metrics = Metrics(
        lambda: read_gauges(store),
        refusals=lambda: {name: rule.fired for name, rule in rules.items()},
        unasked=runner.refusals.counts,
        open_to=lambda: {"search": search.is_away},
        folder=folder,
    )
    judges = Judges(store)
    search.on_search, store.on_commit, runner.on_job = metrics.note_search, metrics.note_commit, metrics.note_job
    store.give_way = GivingWay(lambda: slots.are_taken)
    return Exchange(
        settings=portal,
        provider=Provider(store, portal, folder),
        catalogue=StoredCatalogue(store),
        search=search,
        search_slots=slots,
        semantic=lambda: status_of(nearness, meaning),
        cursors=Cursors(folder, SystemClock().now),
        health=lambda: health(store, runner, search),
        metrics=metrics,
        store=store,
        gate=gate,
        keys=ApiKeys(store, signing_key(folder, API_KEYS)),
        try_feed=_trial_of(settings, KeptSecrets(folder), runner.refusals, judges),
        trials=asyncio.Semaphore(MOST_TRIALS),
        sandbox=Sandbox(SystemClock(), user_agent(settings), processes=MOST_SANDBOXED, refusals=runner.refusals),
        judges=judges,
        sandbox_places=asyncio.Semaphore(MOST_SANDBOXED),
        sandbox_limit=trying,
        list_places=lists,
        list_folder=folder / LISTS,
        list_limit=listing,
        list_salt=secrets.token_bytes(16),
    )


def compose_work(folder: Path, settings: Settings, store: Store, runner: Runner) -> web.Application:
    """What a process that works without the doors answers: its numbers for a monitor."""
    metrics = Metrics(
        lambda: read_gauges(store),
        refusals=dict,
        unasked=runner.refusals.counts,
        open_to=dict,
        folder=folder,
    )
    store.on_commit, runner.on_job = metrics.note_commit, metrics.note_job
    return make_work_app(metrics, ApiKeys(store, signing_key(folder, API_KEYS)), _portal_settings(settings))


def _places(place: IndexPlace) -> int:
    """A search a core; a cluster has processors of its own, and half of each search here is waiting for them."""
    cores = os.cpu_count() or 1
    return cores if isinstance(place, Path) else 2 * cores


def _trial_of(
    settings: Settings, secrets: KeptSecrets, refusals: Refusals, judges: Judges
) -> Callable[[StoredFeed, StoredInstitution], Awaitable[Trial]]:
    async def parse(
        body: bytes, feed: str, metadata_prefix: str, http_charset: str | None, learned: str | None
    ) -> Page:
        return await asyncio.to_thread(children.parse, body, feed, metadata_prefix, http_charset, learned)

    def tried(feed: StoredFeed, holder: StoredInstitution) -> Awaitable[Trial]:
        clock, agent = SystemClock(), user_agent(settings)
        if feed.is_fetched:
            fetched = partial(
                try_fetched, feed, holder, clock=clock, user_agent=agent, secrets=secrets, refusals=refusals
            )
            return judges.tried(lambda apart: fetched(apart=apart))
        asked = partial(
            try_feed, feed, holder, parse=parse, clock=clock, user_agent=agent, secrets=secrets, refusals=refusals
        )
        return judges.tried(lambda apart: asked(apart=apart))

    return tried


def user_agent(settings: Settings) -> str:
    """What repositories are told of who asks."""
    return f"{DISTRIBUTION}/{version(DISTRIBUTION)} (+mailto:{settings.exchange.admin_email})"


def _portal_settings(settings: Settings) -> PortalSettings:
    return PortalSettings(
        public_url=settings.exchange.public_url.rstrip("/"),
        authority=settings.exchange.authority,
        admin_email=settings.exchange.admin_email,
        allow_networks=settings.egress.networks,
        min_interval_seconds=settings.egress.min_interval_seconds,
        trusted_proxies=settings.http.trusted_proxies,
        searches_at_once=settings.http.searches_at_once,
        harvester_per_second=settings.http.harvester_per_second,
        harvester_at_once=settings.http.harvester_at_once,
        harvester_networks=settings.http.harvester_networks,
        approval=settings.crosswalks.approval,
        trials_per_hour=settings.http.trials_per_hour,
        export_anonymous=settings.http.export_anonymous,
        export_account=settings.http.export_account,
        export_key=settings.http.export_key,
        exports_bytes_anonymous=settings.http.exports_bytes_anonymous,
        exports_bytes_account=settings.http.exports_bytes_account,
        exports_at_once=settings.http.exports_at_once,
    )


def health(store: Store, runner: Runner, search: MomentSearch) -> Health:
    """What the exchange holds and has still to do.

    Idle when no feed is due or running, no stage is behind, and the index holds what the stage that fills it says.
    """
    running = len(runner.running)
    behind = lags(store)
    with store.reading() as connection:
        due = len(feeds.due(connection, store.now()))
        records = catalogue_records.count_alive(connection, audience=PUBLIC)
        things = clusters.count_public(connection)
        published = cursors.get(connection, PUBLISH)
    is_done = not (due or running) and behind.none
    return Health(
        records=records,
        clusters=things,
        feeds=FeedSums(due=due, running=running),
        lag=PublicLags(**{name: getattr(behind, name) for name in PublicLags.__struct_fields__}),
        idle=is_done and _holds(search, published),
    )


def _holds(search: MomentSearch, seq: int) -> bool:
    """Whether the index that answers holds a change; one that was lost or restored is behind its stage's cursor."""
    if not seq:
        return True
    try:
        return search.standing()[1] >= seq
    except BackendUnavailable:
        return False
