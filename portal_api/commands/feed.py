"""`feed`: where catalogues are harvested from."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import sqlalchemy as sa
import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline.crosswalks import crosswalk_of
from federation.pipeline.feed_begin import begin as begin_feed
from federation.pipeline.feed_credentials import credentials_of
from federation.pipeline.feed_giving import licence_of, raw_of, reexpose_of
from federation.pipeline.feed_rules import Rules, set_rules
from federation.pipeline.feed_settings import settings_of
from federation.pipeline.origins import is_private
from federation.storage import cursors, feeds, institutions, outcomes, runs
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.feed_runs import ask_plain
from harvester.redirects import proposed
from portal_api.commands import feed_credentials, feed_giving, feed_profile, feed_replay, feed_settings, wanted_feed
from portal_api.commands.feed_credentials import (
    AuthorityOption,
    CertificateOption,
    HeaderOption,
    SchemeOption,
    SecretOption,
    UsernameOption,
    wanted_of,
)
from portal_api.commands.feed_giving import RawOption, ReexposeOption
from portal_api.commands.feed_settings import (
    EveryOption,
    ExcludeOption,
    IntervalOption,
    LookBackOption,
    PortOption,
    QuietHoursOption,
)
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import FeedArgument, begun_feed, feed_named, open_feed
from portal_api.commands.output import JsonOption, print_json, print_rows, say
from portal_api.config import load
from portal_api.views.profile import profile_lines
from portal_api.wiring import open_store

app = typer.Typer(help="The feeds: add, look, run, pause.", no_args_is_help=True)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Name of the feed.")],
    institution: Annotated[str, typer.Option(help="Slug of the institution.")],
    url: Annotated[
        str,
        typer.Option(
            help="Base URL of a repository or SRU server; address of a file or ResourceSync source; a folder."
        ),
    ] = "",
    source: Annotated[str, typer.Option(help="oai, upload, url, inbox, static, sru or resourcesync.")] = "oai",
    query: Annotated[str, typer.Option(help="CQL that the records of an SRU server answer.")] = "",
    split_by: Annotated[str, typer.Option(help="Index that splits what an SRU server does not give whole.")] = "",
    key_field: Annotated[str, typer.Option(help="Column or path that identifies a row of a file.")] = "",
    prefix: Annotated[str, typer.Option(help="metadataPrefix to ask for.")] = "oai_dc",
    set_spec: Annotated[list[str] | None, typer.Option("--set", help="setSpec; may be repeated.")] = None,
    crosswalk: Annotated[str, typer.Option(help="A base crosswalk, or a file.")] = "base/oai_dc",
    licence: Annotated[str | None, typer.Option(help="Licence URI of the metadata.")] = None,
    reexpose: ReexposeOption = None,
    raw: RawOption = None,
    friend: Annotated[bool, typer.Option("--friend", help="Name its repository in our own Identify.")] = False,
    allow_network: Annotated[list[str] | None, typer.Option(help="Private network it may be read from.")] = None,
    exclude: ExcludeOption = None,
    quiet_hours: QuietHoursOption = None,
    look_back: LookBackOption = None,
    port: PortOption = None,
    every: EveryOption = None,
    interval: IntervalOption = None,
    scheme: SchemeOption = "",
    username: UsernameOption = "",
    header: HeaderOption = "",
    secret: SecretOption = "",
    certificate: CertificateOption = "",
    authority: AuthorityOption = None,
    paused: Annotated[bool, typer.Option("--paused", help="Do not harvest yet.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Keep it as a draft until it is begun.")] = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Add a feed and queue its first harvest."""
    own = Path(crosswalk)
    kind = wanted_feed.sourced(source, url)
    shown = wanted_of(scheme, username, header, secret, certificate, authority)
    wanted = feeds.StoredFeed(
        key=secrets.token_hex(16),
        name=wanted_feed.named(name),
        institution=institution,
        source=kind,
        base_url=str(Path(url).resolve()) if source == "inbox" else url,
        query=query,
        split_by=split_by,
        key_field=key_field,
        metadata_prefix=wanted_feed.prefixed(prefix),
        set_specs=wanted_feed.set_specs(set_spec or ()),
        networks=wanted_feed.networks(allow_network or ()),
        credentials=credentials_of(shown, kind, url),
        crosswalk=own.name if own.is_file() else crosswalk,
        crosswalk_text=wanted_feed.crosswalk_text(own) if own.is_file() else "",
        metadata_licence=licence_of(licence or ""),
        reexpose=reexpose_of(reexpose) if reexpose else feeds.first_reexpose(kind, licence),
        raw_visible=raw_of(raw) if raw else "institution",
        is_friend=friend,
        every_seconds=feeds.EVERY_MINUTE if source == "inbox" else feeds.DAILY,
        min_interval_seconds=load(data).settings.egress.min_interval_seconds,
        state="draft" if draft else "paused" if paused else "active",
        due_at=None if draft or paused or source == "upload" else datetime.now(UTC),
    )
    asked = feed_settings.wanted_of(exclude, quiet_hours, look_back, port, every=every, interval=interval)
    wanted = settings_of(wanted, asked)
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        crosswalk_of(tx.connection, wanted)
        if wanted.is_friend:
            _refuse_private(wanted)
        if institutions.get(tx.connection, institution) is None:
            raise RequestRefused("no_such_institution", f"no institution is called {institution!r}; add it first")
        feeds.add(tx, wanted)
    say(f"{name}: {wanted.key}, {_begins(wanted)}")
    if wanted.crosswalk_text:
        say("what its rules open beyond the base of their format is held back until a version of them is confirmed")


def _begins(wanted: feeds.StoredFeed) -> str:
    if wanted.state == "draft":
        return f"a draft: archive-exchange feed begin {wanted.name} begins it"
    if wanted.source == "upload":
        return f"files are brought with: archive-exchange upload {wanted.name} FILE"
    return "paused" if wanted.state == "paused" else "its first harvest is due"


@app.command("list")
def list_all(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List the feeds with the verdict of their last run."""
    with open_store(data) as store, store.reading() as connection:
        found = [(feed, runs.latest(connection, feed.key)) for feed in feeds.everyone(connection)]
    if as_json:
        for feed, _ in found:
            print_json(shown(feed))
        return
    rows = [
        (f.name, f.institution, f.state, (r.verdict or r.state) if r else "never run", f.shown_url) for f, r in found
    ]
    print_rows(("feed", "institution", "state", "last run", "address"), rows)


@app.command("show")
def show(name: FeedArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Show a feed, its runs, what became of its records, and its issues, as JSON."""
    with open_store(data) as store, store.reading() as connection:
        feed = feed_named(store, name)
        print_json(
            {
                "feed": shown(feed),
                "profile": profile_lines(connection, feed),
                "runs": [
                    msgspec.structs.asdict(run) | {"checkpoint": None} for run in runs.of_feed(connection, feed.key)
                ],
                "accounts": outcomes.accounts(connection, cursors.get(connection, "map"), feed.key),
                "issues": outcomes.issue_counts(connection, feed.key),
            }
        )


def shown(feed: feeds.StoredFeed) -> feeds.StoredFeed:
    """The feed as it may be printed."""
    return msgspec.structs.replace(feed, base_url=feed.shown_url)


@app.command("run")
def run(name: FeedArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Make a feed due now; the server that holds the folder starts it within a second. A paused one stays paused."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        feed = begun_feed(tx.connection, name)
        feeds.ask_for_run(tx, feed.key)
    say(f"{name}: due now" + (", this once: it stays paused" if feed.state == "paused" else ""))


@app.command("begin")
def begin(name: FeedArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Begin a feed that was kept as a draft: it is due now, whichever host it is read from."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        feed = begin_feed(tx, open_feed(tx.connection, name), may_allow_hosts=True)
    say(f"{feed.name}: {_begins(feed)}")


@app.command("resume")
def resume(name: FeedArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Harvest a paused feed again, now and from then on."""
    _change(data, name, begun_feed, state="active", due_at=datetime.now(UTC))
    say(f"{name}: active, due now")


@app.command("pause")
def pause(name: FeedArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Stop harvesting a feed until it is resumed; what it gave stays."""
    _change(data, name, begun_feed, state="paused", due_at=None)
    say(f"{name}: paused")


@app.command("rules")
def rules(
    name: FeedArgument,
    deletions: Annotated[str | None, typer.Option(help="declared, sweep or never_inferred.")] = None,
    deleted: Annotated[float | None, typer.Option(help="Percent of the live records that may be deleted.")] = None,
    changed: Annotated[float | None, typer.Option(help="Percent of them that may be changed.")] = None,
    fallen: Annotated[
        float | None, typer.Option(help="Percent of its descriptions that changed records may no longer give.")
    ] = None,
    refused: Annotated[
        float | None, typer.Option(help="Percent of the live records that may be rejected once they are changed.")
    ] = None,
    records: Annotated[int | None, typer.Option(help="So many records always go through.")] = None,
    opens: Annotated[str | None, typer.Option(help="hold or pass: records that the source opens.")] = None,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show, or set, how much a feed may delete, change and spoil unasked, and what counts as deleted."""
    wanted = Rules(
        deletions=deletions,
        deleted_percent=deleted,
        changed_percent=changed,
        fallen_percent=fallen,
        refused_percent=refused,
        records=records,
        opens=opens,
    )
    with open_store(data) as store:
        if wanted != Rules():
            feed = _set_rules(store, name, wanted)
        else:
            with store.reading() as connection:
                feed = open_feed(connection, name)
    say(f"deletions  {feed.deletion_rule}")
    say(f"deleted    {100 * feed.brake.deleted:g} % of the live records")
    say(f"changed    {100 * feed.brake.changed:g} % of them")
    say(f"fallen     {100 * feed.brake.fallen:g} % of its descriptions")
    say(f"refused    {100 * feed.brake.refused:g} % of the live records")
    say(f"records    {feed.brake.records} always go through")
    say(f"opens      {'pass' if feed.brake.opens else 'hold'}")


@app.command("friend")
def friend(
    name: FeedArgument,
    no_more: Annotated[bool, typer.Option("--no-more", help="Name it no more.")] = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Name the feed's repository in the exchange's own Identify, as its institution agreed; no private one."""
    if not no_more:
        with open_store(data) as store, store.reading() as connection:
            _refuse_private(open_feed(connection, name))
    _change(data, name, is_friend=not no_more)
    say(f"{name}: " + ("named by Identify no more" if no_more else "named by Identify at /oai"))


def _refuse_private(feed: feeds.StoredFeed) -> None:
    if is_private(feed):
        said = "expected a repository that anybody may ask, found one that needs credentials, lies in a private network"
        raise RequestRefused("feed_private", f"{said}, or is no OAI-PMH: Identify does not name it")


@app.command("plain")
def plain(name: FeedArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Ask a feed at its http address again, where https, to which its repository once led for good, broke."""

    @repeats_clashes
    def forget(store: Store) -> str:
        with store.transaction(actor=OPERATOR) as tx:
            feed = open_feed(tx.connection, name)
            ask_plain(tx, feed)
        return feed.shown_url

    with open_store(data) as store:
        say(f"{name}: asked at {forget(store)} again; what goes over http can be read, and altered, on its way")


@app.command("move")
def move(
    name: FeedArgument,
    decline: Annotated[bool, typer.Option("--decline", help="Stay: do not propose that address again.")] = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Ask a feed from now on where its repository says that it has gone for good, or decline to."""

    @repeats_clashes
    def follow(store: Store) -> str:
        with store.transaction(actor=OPERATOR) as tx:
            feed = open_feed(tx.connection, name)
            led = proposed(feed.base_url, feed.profile)
            if not led:
                raise RequestRefused(
                    "not_moved", f"expected {name!r} to say that it has gone elsewhere, found that not"
                )
            if decline:
                feeds.decline_move(tx, feed)
            else:
                feeds.change(tx, msgspec.structs.replace(feed, base_url=led))
        return led

    with open_store(data) as store:
        led = follow(store)
    say(f"{name}: stays; {led} is not proposed again" if decline else f"{name}: asked at {led} from now on")


@app.command("retire")
def retire(
    name: FeedArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """End a feed for good: its records are withdrawn, their addresses answer 410."""
    if not yes:
        typer.confirm(f"Withdraw every record of {name}?", abort=True, err=True)
    _change(data, name, state="retired", due_at=None)
    say(f"{name}: retired; its records are withdrawn")


@repeats_clashes
def _set_rules(store: Store, name: str, wanted: Rules) -> feeds.StoredFeed:
    with store.transaction(actor=OPERATOR) as tx:
        return set_rules(tx, open_feed(tx.connection, name), wanted)


def _change(
    data: Path, name: str, found: Callable[[sa.Connection, str], feeds.StoredFeed] = open_feed, **changed: object
) -> None:
    """Changes the feed as it is `found` in the transaction that writes it."""

    @repeats_clashes
    def change(store: Store) -> None:
        with store.transaction(actor=OPERATOR) as tx:
            feeds.change(tx, msgspec.structs.replace(found(tx.connection, name), **changed))

    with open_store(data) as store:
        change(store)


app.command("replay")(feed_replay.replay)
app.command("giving")(feed_giving.giving)
app.command("settings")(feed_settings.settings)
app.command("profile")(feed_profile.profile)
app.command("credentials")(feed_credentials.credentials)
