"""A harvest in the process of the command itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from federation.pipeline import children
from federation.pipeline.fetching import fetch_here
from federation.pipeline.harvest import Outcome, harvest_within
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.origins import release_embedded
from harvester.oaipmh.page import Page
from harvester.patience import Patience
from portal_api.clock import SystemClock
from portal_api.config import load
from portal_api.kept_secrets import KeptSecrets
from portal_api.wiring import user_agent


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Between which datestamps is listed, as the repository's granularity writes them; None = open."""

    since: str | None = None
    until: str | None = None


async def harvested(
    store: Store,
    feed: StoredFeed,
    bounds: Bounds,
    patience: Patience,
    folder: Path,
    *,
    is_braked: bool = True,
) -> Outcome:
    """How the feed's run ended, until when it is put off, or why it is held; `folder` holds the settings.

    Whoever calls holds the folder.
    """
    await asyncio.to_thread(release_embedded, store)
    agent, secrets = user_agent(load(folder).settings), KeptSecrets(folder)
    if feed.is_fetched:
        return await fetch_here(store, feed, patience, clock=SystemClock(), user_agent=agent, secrets=secrets)

    async def parse(body: bytes, key: str, prefix: str, charset: str | None, learned: str | None) -> Page:
        return await asyncio.to_thread(children.parse, body, key, prefix, charset, learned)

    return await harvest_within(
        store,
        feed,
        patience,
        parse=parse,
        clock=SystemClock(),
        user_agent=agent,
        since=bounds.since,
        until=bounds.until,
        is_braked=is_braked,
        secrets=secrets,
    )
