"""Feeds: where a repository is, what it taught us, which crosswalk reads it, and when it is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.ledger.entry import Act
from federation.storage import breakers, cursors, ledger, runs
from federation.storage.columns import Instant, Json
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction
from harvester.addresses import without_userinfo
from harvester.brake import BRAKE, Brake
from harvester.caps import Caps
from harvester.credentials import Credentials
from harvester.feeds import DeletionRule, Pins, Profile
from harvester.quiet_hours import QuietHours
from harvester.settings import Limits
from mappings.engine.library import pinned

#: a draft was not tested yet, a probed one was; neither is harvested before somebody begins it
State = Literal["draft", "probed", "active", "paused", "retired"]
BEFORE: tuple[State, ...] = ("draft", "probed")
#: what a feed's records come from: a repository that is asked, files that are brought, or files that are fetched: from
#: an address, a folder of this machine, a static repository (OAI), an SRU server, a ResourceSync source
Source = Literal["oai", "upload", "url", "inbox", "static", "sru", "resourcesync"]
#: what is given on of a feed's public descriptions: nothing, what they bring to merged ones, or each by itself too
Reexpose = Literal["none", "merged", "all"]
FETCHED: tuple[Source, ...] = ("url", "inbox", "static", "sru", "resourcesync")

#: stages that ask whether a feed's descriptions may be given on
GIVING_STAGES = ("export", "records", "enrich")
#: seconds between two harvests where nothing else is said
DAILY = 86_400
#: seconds between two looks into a folder
EVERY_MINUTE = 60

feed = sa.Table(
    "feed",
    metadata,
    #: random, outlives a change of name and address; record ids derive from it
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("institution", sa.Text, sa.ForeignKey("institution.slug"), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("base_url", sa.Text, nullable=False),
    #: CQL that the records of an SRU server answer, and the index that splits what it does not give whole
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("split_by", sa.Text, nullable=False),
    sa.Column("key_field", sa.Text, nullable=False),
    sa.Column("metadata_prefix", sa.Text, nullable=False),
    sa.Column("set_specs", Json(tuple[str, ...]), nullable=False),
    sa.Column("set_exclude", Json(tuple[str, ...]), nullable=False, server_default="[]"),
    sa.Column("quiet_hours", Json(QuietHours), nullable=True, server_default=sa.text("NULL")),
    sa.Column("look_back_days", sa.Integer, nullable=False, server_default="1"),
    sa.Column("ports", Json(tuple[int, ...]), nullable=False, server_default="[]"),
    sa.Column("caps", Json(Caps), nullable=False, server_default="{}"),
    sa.Column("networks", Json(tuple[str, ...]), nullable=False),
    #: how it makes itself known to its source; secrets by their names
    sa.Column("credentials", Json(Credentials), nullable=False, server_default="{}"),
    sa.Column("crosswalk", sa.Text, nullable=False),
    #: text of an own crosswalk; empty where `crosswalk` names a base
    sa.Column("crosswalk_text", sa.Text, nullable=False),
    sa.Column("is_guarded", sa.Boolean, nullable=False, server_default="0"),
    sa.Column("metadata_licence", sa.Text, nullable=True),
    sa.Column("reexpose", sa.Text, nullable=False, server_default="all"),
    sa.Column("is_friend", sa.Boolean, nullable=False),
    sa.Column("raw_visible", sa.Text, nullable=False),
    sa.Column("every_seconds", sa.Integer, nullable=False),
    sa.Column("min_interval_seconds", sa.Float, nullable=False),
    #: what counts as deleted without a tombstone, and how much may be deleted and changed unasked
    sa.Column("deletion_rule", sa.Text, nullable=False),
    sa.Column("brake", Json(Brake), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("profile", Json(Profile), nullable=False),
    sa.Column("due_at", Instant, nullable=True),
    sa.Column("created_at", Instant, nullable=False),
)


class StoredFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed, decoded."""

    key: str
    name: str
    institution: str
    source: Source = "oai"
    #: of a repository, a file or a local folder; empty where files are brought
    base_url: str = ""
    query: str = ""
    split_by: str = ""
    #: column or path that identifies a row of a file; empty = one of the usual names
    key_field: str = ""
    metadata_prefix: str = "oai_dc"
    set_specs: tuple[str, ...] = ()
    #: sets whose records, and those of the sets below them, are left out of the catalogue
    set_exclude: tuple[str, ...] = ()
    #: in which its source is not asked
    quiet_hours: QuietHours | None = None
    #: each harvest asks again for what changed in so many days before the last one
    look_back_days: int = 1
    #: that it may be fetched from, beside 80 and 443
    ports: tuple[int, ...] = ()
    caps: Caps = Caps()
    #: private networks that this feed may be fetched from
    networks: tuple[str, ...] = ()
    credentials: Credentials = Credentials()
    crosswalk: str = "base/oai_dc"
    crosswalk_text: str = ""
    #: nobody tried its own rules on its records yet: what they would open is held back
    is_guarded: bool = False
    #: licence URI of the metadata; without one the feed is searched here but not given on
    metadata_licence: str | None = None
    #: of what its licence allows
    reexpose: Reexpose = "all"
    #: its institution agrees that our own Identify names its repository
    is_friend: bool = False
    raw_visible: Literal["institution", "public"] = "institution"
    every_seconds: int = DAILY
    min_interval_seconds: float = 0.2
    deletion_rule: DeletionRule = "declared"
    brake: Brake = BRAKE
    state: State = "active"
    profile: Profile = Profile()
    #: None = nothing is due; a paused feed is due only where a harvest was asked for
    due_at: datetime | None = None

    @property
    def shown_url(self) -> str:
        """Its address as it may be repeated: one that was stored before passwords were refused may hold one."""
        return without_userinfo(self.base_url)

    @property
    def is_fetched(self) -> bool:
        """Whether its records come in files that the exchange fetches by itself."""
        return self.source in FETCHED

    @property
    def gives(self) -> Reexpose:
        """What of it is given on: nothing without a licence of its descriptions."""
        return self.reexpose if self.metadata_licence else "none"

    @property
    def wants_harvest(self) -> bool:
        """Whether a run may begin or go on: the feed is active, or paused and asked for once."""
        return self.state == "active" or (self.state == "paused" and self.due_at is not None)


def first_reexpose(source: Source, licence: str | None) -> Reexpose:
    """What a person who adds a feed has given on of it unless they say otherwise (ADR 0044)."""
    if not licence:
        return "none"
    return "all" if source == "upload" else "merged"


def add(tx: Transaction, wanted: StoredFeed, *, rules_ship: bool = False) -> None:
    """Adds a feed, which stays with the version of its base that is newest now.

    Adding it with a base confirms what the base shows. What rules of its own would show beyond that is held back.

    A retired feed of the same institution leaves it its name, and is called by name and key from then on: ids derive
    from keys alone.

    rules_ship  its own rules come with the exchange, as those of a base do
    raises      RequestRefused where its name is taken
    """
    is_guarded = bool(wanted.crosswalk_text) and not rules_ship
    wanted = msgspec.structs.replace(wanted, crosswalk=pinned(wanted.crosswalk), is_guarded=is_guarded)
    held = get(tx.connection, wanted.name)
    if held is not None:
        if held.state != "retired" or (held.name, held.institution) != (wanted.name, wanted.institution):
            raise RequestRefused("name_taken", f"a feed is already called {wanted.name!r}")
        change(tx, msgspec.structs.replace(held, name=f"{held.name} [{held.key}]"))
    tx.connection.execute(feed.insert().values(**_values(wanted), created_at=tx.now))
    ledger.append_row(tx, "feed.added", "feed", wanted.key, institution=wanted.institution)


def change(tx: Transaction, wanted: StoredFeed) -> None:
    """Writes the feed as it is wanted now; its key and what its repository taught stay.

    Where something else is to be given on of it, all that is is looked at anew; what stays as it was keeps its
    datestamp.
    """
    known = get(tx.connection, wanted.key)
    values = {name: value for name, value in _values(wanted).items() if name != "profile"}
    tx.connection.execute(feed.update().where(feed.c.key == wanted.key).values(**values))
    if known is None or _decided(known) != _decided(wanted):
        ends = wanted.state == "retired" and (known is None or known.state != "retired")
        act: Act = "feed.retired" if ends else "feed.changed"
        ledger.append_row(tx, act, "feed", wanted.key, institution=wanted.institution)
    given = (wanted.metadata_licence, wanted.gives)
    if known is not None and (known.metadata_licence, known.gives) != given:
        for stage in GIVING_STAGES:
            cursors.advance(tx, stage, 0)


def ask_for_run(tx: Transaction, key: str) -> None:
    """Makes the feed due now; a paused one is harvested this once and stays paused.

    A draft, and a retired one, are left alone.

    raises  RequestRefused `run_held` while a person has to say what becomes of its last run
    """
    refuse_held(tx.connection, key)
    for wanted in _read(tx.connection, feed.c.key == key):
        breakers.answered(tx, wanted.base_url)
    _when(tx, (feed.c.key == key) & feed.c.state.in_(("active", "paused")), tx.now)


def refuse_held(connection: sa.Connection, key: str) -> None:
    """Raises RequestRefused `run_held` where no run of the feed may begin before a person has decided."""
    held = connection.execute(_held().with_only_columns(runs.run.c.id).where(runs.run.c.feed == key)).scalar()
    if held is not None:
        message = f"run {held} is held: archive-exchange run release {held}, or run discard {held}, comes first"
        raise RequestRefused("run_held", message)


def put_off(tx: Transaction, key: str, until: datetime) -> None:
    """The rest of the feed's run is due at `until`, unless the feed was paused meanwhile."""
    _when(tx, (feed.c.key == key) & ((feed.c.state == "active") | feed.c.due_at.is_not(None)), until)


def is_tried_soon(connection: sa.Connection, now: datetime) -> bool:
    """Whether a run that was put off is due within a minute: a request of it failed, and is tried again."""
    put_off = sa.select(runs.run.c.feed).where(runs.run.c.state == "postponed")
    within = (feed.c.due_at > now) & (feed.c.due_at <= now + timedelta(seconds=Limits().wait_seconds))
    soon = feed.c.key.in_(put_off) & within
    return connection.execute(sa.select(feed.c.key).where(soon).limit(1)).first() is not None


def sooner(tx: Transaction, key: str, at: datetime) -> None:
    """An active feed that is due later than `at` is due then."""
    _when(tx, (feed.c.key == key) & (feed.c.state == "active") & (feed.c.due_at > at), at)


def harvested(tx: Transaction, key: str, following: datetime) -> None:
    """The feed's run has ended: an active feed is due again at `following`, a paused one when it is asked for."""
    _when(tx, (feed.c.key == key) & (feed.c.state == "active"), following)
    _when(tx, (feed.c.key == key) & (feed.c.state == "paused"), None)


def _when(tx: Transaction, which: sa.ColumnElement[bool], due_at: datetime | None) -> None:
    tx.connection.execute(feed.update().where(which).values(due_at=due_at))


def learn(tx: Transaction, key: str, profile: Profile) -> None:
    """Writes what the repository of a feed taught; what a person has said of it stays."""
    known = tx.connection.execute(sa.select(feed.c.profile).where(feed.c.key == key)).scalar()
    kept = profile
    if known is not None:
        kept = msgspec.structs.replace(profile, declined=known.declined, pins=known.pins)
    tx.connection.execute(feed.update().where(feed.c.key == key).values(profile=kept))


def pin(tx: Transaction, pinned: StoredFeed, pins: Pins) -> StoredFeed:
    """A person says these values of the feed's profile, and no other; what was learned stays beneath them."""
    if pins == pinned.profile.pins:
        return pinned
    profile = msgspec.structs.replace(pinned.profile, pins=pins)
    tx.connection.execute(feed.update().where(feed.c.key == pinned.key).values(profile=profile))
    ledger.append_row(tx, "feed.changed", "feed", pinned.key, institution=pinned.institution)
    return msgspec.structs.replace(pinned, profile=profile)


def decline_move(tx: Transaction, declined: StoredFeed) -> None:
    """The feed stays at its address: where its repository says that it has gone is not proposed again."""
    taught = msgspec.structs.replace(declined.profile, declined=declined.profile.moved_to)
    tx.connection.execute(feed.update().where(feed.c.key == declined.key).values(profile=taught))
    ledger.append_row(tx, "feed.changed", "feed", declined.key, institution=declined.institution)


def _decided(stored: StoredFeed) -> StoredFeed:
    """The feed without what the work itself moves."""
    return msgspec.structs.replace(stored, due_at=None, profile=Profile())


def get(connection: sa.Connection, name: str) -> StoredFeed | None:
    """A feed by its name or key."""
    return next(iter(_read(connection, (feed.c.name == name) | (feed.c.key == name))), None)


def friends(connection: sa.Connection) -> list[StoredFeed]:
    """The feeds whose institutions agree that our own Identify names their repositories."""
    return _read(connection, feed.c.is_friend)


def everyone(connection: sa.Connection) -> list[StoredFeed]:
    """All feeds by name."""
    return _read(connection, sa.true())


def due(connection: sa.Connection, now: datetime) -> list[StoredFeed]:
    """Feeds whose next harvest, or the rest of one, is due; paused ones where somebody asked for one.

    None begins while the feed's last run is held.
    """
    where = feed.c.state.in_(("active", "paused")) & (feed.c.due_at <= now) & (feed.c.source != "upload")
    return _read(connection, where & feed.c.key.not_in(_held()))


def is_held(connection: sa.Connection, key: str) -> bool:
    """Whether the feed's last run waits for a person's word, so that none begins."""
    return connection.execute(_held().where(runs.run.c.feed == key)).first() is not None


def _held() -> sa.Select[tuple[str]]:
    return sa.select(runs.run.c.feed).where(runs.run.c.state.in_(runs.HELD))


def _read(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[StoredFeed]:
    columns = [feed.c[name] for name in StoredFeed.__struct_fields__]
    rows = connection.execute(sa.select(*columns).where(where).order_by(feed.c.name)).mappings()
    return [StoredFeed(**row) for row in rows]


def _values(wanted: StoredFeed) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in StoredFeed.__struct_fields__}
