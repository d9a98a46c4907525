"""`harvest`: one feed now; or a repository that is nobody's feed yet, into files. Its exit code says how it ended."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from federation.errors import RequestRefused
from federation.pipeline.feed_credentials import Wanted, credentials_of
from federation.pipeline.folder_lock import holding, is_held
from federation.pipeline.harvest import Held, Outcome
from federation.storage import feeds
from harvester.patience import Patience
from harvester.ports import Blocked, Complete, Incomplete
from harvester.slices import Ended, Postponed
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
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption, standing
from portal_api.commands.harvest_following import follow, held_line
from portal_api.commands.harvest_here import Bounds, harvested
from portal_api.commands.harvest_into_files import KEY, STORE, into_files
from portal_api.commands.named import feed_named, refuse_draft
from portal_api.commands.output import say
from portal_api.commands.stopping import until_signalled
from portal_api.commands.why import why
from portal_api.config import load
from portal_api.http.problems import BACKEND, FAULT, OK, RETRY
from portal_api.wiring import open_store


def harvest(
    target: Annotated[str, typer.Argument(metavar="FEED|URL", help="A feed's name; or a repository's address.")],
    to: Annotated[Path | None, typer.Option(help="Folder for records.jsonl and run.json; with an address.")] = None,
    prefix: Annotated[str, typer.Option(help="metadataPrefix to ask for.")] = "oai_dc",
    set_spec: Annotated[list[str] | None, typer.Option("--set", help="Only this set; may be repeated.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Only records changed since; YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Only records changed up to; YYYY-MM-DD.")] = None,
    allow_network: Annotated[list[str] | None, typer.Option(help="Private network that it may lie in.")] = None,
    patience: Annotated[float, typer.Option(min=0, help="Seconds of waiting in all, after which it is put off.")] = 60,
    scheme: SchemeOption = "",
    username: UsernameOption = "",
    header: HeaderOption = "",
    secret: SecretOption = "",
    certificate: CertificateOption = "",
    authority: AuthorityOption = None,
    data: AnyDataOption = DEFAULT_FOLDER,
) -> None:
    """Harvest now; exit 0 complete, 1 incomplete or held, 69 blocked, 75 put off beyond the patience or stopped."""
    shown = wanted_of(scheme, username, header, secret, certificate, authority)
    if to is None:
        if shown != Wanted():
            raise RequestRefused(
                "credentials_invalid", "expected an address and --to: a feed has credentials of its own"
            )
        raise typer.Exit(_feed(standing(data), target, patience))
    wanted_feed.addressed(target)
    feed = feeds.StoredFeed(
        key=KEY,
        name=target,
        institution=KEY,
        base_url=target,
        metadata_prefix=wanted_feed.prefixed(prefix),
        set_specs=wanted_feed.set_specs(set_spec or ()),
        networks=wanted_feed.networks(allow_network or ()),
        credentials=credentials_of(shown, "oai", target),
        min_interval_seconds=load(to / STORE).settings.egress.min_interval_seconds,
        state="paused",
    )
    raise typer.Exit(_told(into_files(feed, to, Bounds(since=since, until=until), Patience(patience))))


def _feed(folder: Path, name: str, patience: float) -> int:
    with open_store(folder) as store:
        feed = feed_named(store, name)
        if feed.state == "retired":
            raise RequestRefused("feed_retired", f"the feed {name!r} is retired; its records were withdrawn")
        refuse_draft(feed)
        if feed.source == "upload":
            raise RequestRefused("not_harvested", f"files are brought to it: archive-exchange upload {name} FILE")
        if is_held(folder):
            followed = follow(store, feed, patience)
            say(followed.line)
            return followed.exit_code
        with holding(folder):
            return _told(asyncio.run(until_signalled(harvested(store, feed, Bounds(), Patience(patience), folder))))


def _told(outcome: Outcome | None) -> int:
    match outcome:
        case None:
            say("stopped; what came is kept, and the same command goes on behind the last page")
        case Ended(verdict=Complete(evidence=evidence)):
            say(f"complete ({evidence})")
            return OK
        case Ended(verdict=Incomplete(missing=missing, reason=reason)):
            say(f"incomplete, {missing} known missing ({reason})")
            say(f"why  {why(reason)}")
            return FAULT
        case Ended(verdict=Blocked(reason=reason)):
            say(f"blocked ({reason})")
            say(f"why  {why(reason)}")
            return BACKEND
        case Held(hold=hold):
            say(held_line(hold))
            return FAULT
        case Postponed(until=at, reason=reason):
            say(f"put off until {_moment(at)} ({reason}); run it again then, it goes on from there")
    return RETRY


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
