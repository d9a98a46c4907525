"""`probe`: what a repository is, and what it does wrong, before anybody adds it as a feed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from federation.ledger.entry import OPERATOR
from federation.pipeline import children
from federation.pipeline.feed_begin import tested
from federation.pipeline.feed_credentials import credentials_of
from federation.pipeline.feed_settings import ports_of
from federation.storage import feeds
from harvester.egress import session
from harvester.feeds import Feed
from harvester.learning import merged
from harvester.oaipmh.page import Page
from harvester.probe import Probe
from harvester.probe import probe as look_over
from harvester.settings import Limits
from harvester.source import Source
from portal_api.clock import SystemClock
from portal_api.commands import wanted_feed
from portal_api.commands.feed_credentials import (
    AuthorityOption,
    CertificateOption,
    HeaderOption,
    SchemeOption,
    SecretOption,
    UsernameOption,
    wanted_of,
)
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption, holds_one
from portal_api.commands.output import JsonOption, counted, print_json, say
from portal_api.commands.why import why
from portal_api.config import load
from portal_api.http.problems import BACKEND, OK
from portal_api.kept_secrets import KeptSecrets
from portal_api.wiring import open_store, user_agent

#: a person waits for the answer
_LIMITS = Limits(page_bytes=16 << 20, connect_seconds=5, first_byte_seconds=20, silence_seconds=10, page_seconds=30)
#: sets that are named
_MOST_SETS = 10
_WORDS = {
    "ready": "ready to be harvested",
    "ready_with_warnings": "ready to be harvested, with warnings",
    "not_harvestable": "cannot be harvested",
}


def probe(
    url: Annotated[str, typer.Argument(help="Base URL of an OAI-PMH repository.")],
    prefix: Annotated[str, typer.Option(help="metadataPrefix to ask for.")] = "oai_dc",
    set_spec: Annotated[str | None, typer.Option("--set", help="Only this set.")] = None,
    allow_network: Annotated[list[str] | None, typer.Option(help="Private network that it may lie in.")] = None,
    port: Annotated[list[int] | None, typer.Option(help="Port that it may be read from beside 80 and 443.")] = None,
    scheme: SchemeOption = "",
    username: UsernameOption = "",
    header: HeaderOption = "",
    secret: SecretOption = "",
    certificate: CertificateOption = "",
    authority: AuthorityOption = None,
    data: AnyDataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Look a repository over in at most 14 requests; exit 0 where it can be harvested, 69 where it cannot.

    What it teaches is kept for the feeds that are harvested from this address.
    """
    wanted_feed.addressed(url)
    shown = wanted_of(scheme, username, header, secret, certificate, authority)
    feed = Feed(
        key="probe",
        base_url=url,
        metadata_prefix=prefix,
        set_specs=(set_spec,) if set_spec else (),
        networks=wanted_feed.networks(allow_network or ()),
        ports=ports_of(port or ()),
        credentials=credentials_of(shown, "oai", url),
    )
    found = asyncio.run(_probed(feed, user_agent(load(data).settings), KeptSecrets(data)))
    print_json(found) if as_json else _tell(found)
    if holds_one(data):
        kept = _keep(data, found, prefix)
        if kept and not as_json:
            say(f"kept for   {' '.join(kept)}")
    raise typer.Exit(BACKEND if found.readiness == "not_harvestable" else OK)


def _keep(data: Path, found: Probe, prefix: str) -> list[str]:
    """Has the feeds of this address and format go by what was found; gives their names."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        known = [each for each in feeds.everyone(tx.connection) if each.source == "oai" and each.state != "retired"]
        meant = [each for each in known if (each.base_url, each.metadata_prefix) == (found.url, prefix)]
        for feed in meant:
            feeds.learn(tx, feed.key, merged(feed.profile, found.profile))
            if found.readiness != "not_harvestable":
                tested(tx, feed)
    return [feed.name for feed in meant]


async def _probed(feed: Feed, agent: str, secrets: KeptSecrets) -> Probe:
    async def parse(body: bytes, key: str, metadata_prefix: str, charset: str | None, learned: str | None) -> Page:
        return await asyncio.to_thread(children.parse, body, key, metadata_prefix, charset, learned)

    clock = SystemClock()
    async with session(feed, user_agent=agent, limits=_LIMITS, secrets=secrets) as connections:
        return await look_over(feed, Source(connections, parse, clock, _LIMITS), clock)


def _tell(found: Probe) -> None:
    say(f"{found.url}: {_WORDS[found.readiness]}" + (f" ({found.reason})" if found.reason else ""))
    if found.reason:
        say(f"why          {why(found.reason)}")
    if found.detail:
        say(f"found        {found.detail}")
    if found.identity is not None:
        said = found.identity
        say(f"name         {said.name}")
        say(f"dates        {said.granularity or 'granularity not stated'}, earliest {said.earliest or 'not stated'}")
        say(f"deletions    {said.deletions or 'not stated'}")
    say(f"formats      {' '.join(found.prefixes) or 'none stated'}")
    say(f"sets         {_sets_told(found)}")
    size = "size not stated" if found.claim is None else counted(found.claim, "record")
    say(f"list         {size}, {found.page_size} on the first page")
    for finding in found.findings:
        say(f"warning      {finding.detail} [{finding.code}]")
    say(f"{counted(found.requests, 'request')}, {found.seconds:.1f} s")


def _sets_told(found: Probe) -> str:
    """The first of the sets, and how many more there are."""
    if not found.sets:
        return "none stated"
    left = len(found.sets) - _MOST_SETS
    more = ["and more"] if found.more_sets else [f"and {left} more"] if left > 0 else []
    return " ".join((*found.sets[:_MOST_SETS], *more))
