"""A base crosswalk's newer version, for all the feeds that build on it in one step: tried, confirmed, live, taken back.

A base ships with the exchange or an installed package; each feed stays with the version that it pins until somebody
raises it. A rise is a version of every such feed's crosswalk that changes the pin alone. Each goes through the life of
any other version (`federation.pipeline.crosswalk_life`), gates and ledger included; all of them go live, or none.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.pipeline import crosswalk_life
from federation.pipeline.crosswalk_texts import base_of
from federation.settings import Approval
from federation.storage import crosswalks
from federation.storage.crosswalks import State, Version
from federation.storage.feeds import StoredFeed
from federation.storage.transactions import Transaction
from mappings.engine.library import names, pinned
from mappings.errors import CrosswalkInvalid

#: a version that is being tried, or is live, is left as it is
_LEFT: tuple[State, ...] = ("trying", "canary", "active")
_READY: tuple[State, ...] = ("tried", "confirmed", "active")


class Rising(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that builds on a base, and how far its rise has come."""

    feed: StoredFeed
    #: the version of the base that it lives by, such as `base/oai_dc@1`
    lives_by: str
    #: the version of its crosswalk that raises it; None while nobody asked
    version: Version | None

    @property
    def is_risen(self) -> bool:
        """The feed lives by the newest version of the base."""
        return self.lives_by == pinned(self.lives_by.partition("@")[0])


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A feed with which an act could not be done, and why."""

    feed: str
    #: of `RequestRefused`, or `crosswalk_invalid`
    reason: str
    detail: str


def newest(base: str) -> str:
    """A base with its newest version; raises RequestRefused `no_such_base`."""
    if base not in names():
        raise RequestRefused("no_such_base", f"no base {base} ships; there are {', '.join(names())}")
    return pinned(base)


def rising(connection: sa.Connection, base: str, feeds: Sequence[StoredFeed]) -> tuple[Rising, ...]:
    """Those of `feeds` that build on `base`, by name; raises RequestRefused `no_such_base`."""
    wanted = newest(base)
    return tuple(
        Rising(feed=feed, lives_by=label, version=_version(connection, feed, wanted))
        for feed in feeds
        for label in (base_of(feed.crosswalk, feed.crosswalk_text),)
        if label.partition("@")[0] == base and feed.state != "retired"
    )


def _version(connection: sa.Connection, feed: StoredFeed, wanted: str) -> Version | None:
    """The latest that raises the feed to `wanted`; one that was made from what is no longer live does not count."""
    versions = crosswalks.of_feed(connection, feed.key)
    live = max((each.number for each in versions if each.state == "active"), default=0)
    return next((each for each in versions if each.raised_to == wanted and each.number >= live), None)


def try_all(tx: Transaction, base: str, feeds: Sequence[StoredFeed], author: str) -> tuple[Left, ...]:
    """Has the newest version of `base` tried on every stored record of `feeds` that do not live by it yet.

    gives  the feeds whose own rules do not fit it: their drafts wait to be mended
    """
    left = []
    for each in rising(tx.connection, base, feeds):
        if each.is_risen or (each.version is not None and each.version.state in _LEFT):
            continue
        version = each.version or crosswalk_life.raised(tx, each.feed, newest(base), author)
        try:
            crosswalk_life.ask_for_trial(tx, each.feed, version.number)
        except CrosswalkInvalid as fault:
            left.append(Left(feed=each.feed.key, reason="crosswalk_invalid", detail=str(fault)))
    return tuple(left)


def confirm_all(
    tx: Transaction,
    base: str,
    feeds: Sequence[StoredFeed],
    account: str,
    note: str,
    *,
    approval: Approval = "gates",
) -> tuple[Left, ...]:
    """A second person passes the gates of every rise that waits and that they decide for, and signs the others.

    approval  who has to sign what no gate stops
    raises    RequestRefused where none could be confirmed, with the reason of the first
    """
    unsigned: tuple[State, ...] = ("awaiting",) if approval == "gates" else ("awaiting", "tried")
    waiting = [(each.feed, each.version) for each in rising(tx.connection, base, feeds)]
    numbers = [(feed, found.number) for feed, found in waiting if found is not None and found.state in unsigned]
    if not numbers:
        raise RequestRefused("state_passed", "no rise of this base waits to be confirmed")
    left = []
    for feed, number in numbers:
        try:
            crosswalk_life.approve(tx, feed, number, account, note, approval=approval)
        except RequestRefused as refused:
            left.append(Left(feed=feed.key, reason=refused.reason, detail=str(refused)))
    if len(left) == len(numbers):
        raise RequestRefused(left[0].reason, left[0].detail)
    return tuple(left)


def activate_all(tx: Transaction, base: str, feeds: Sequence[StoredFeed], *, approval: Approval = "gates") -> int:
    """Puts every rise to work at once; the number of feeds that rose.

    approval  who has to have signed each
    raises    RequestRefused: `rise_not_ready` names feeds that are not tried or wait for a second person
    """
    found = [each for each in rising(tx.connection, base, feeds) if not each.is_risen]
    if not any(each.version is not None for each in found):
        raise RequestRefused("rise_not_ready", "nothing was tried: make the dry run for all first")
    begun = [(each.feed, each.version) for each in found if each.version is not None]
    ready = [state for state in _READY if approval == "gates" or state != "tried"]
    missing = [f"{feed.name} ({version.state})" for feed, version in begun if version.state not in ready]
    if missing:
        raise RequestRefused("rise_not_ready", f"not ready to go live: {', '.join(missing)}")
    for feed, version in begun:
        crosswalk_life.activate(tx, feed, version.number, approval=approval)
    return len(begun)


def roll_back_all(tx: Transaction, base: str, feeds: Sequence[StoredFeed]) -> int:
    """Takes the rise back for every feed that lives by it; the number of feeds.

    raises  RequestRefused `nothing_to_roll_back`
    """
    found = [each for each in rising(tx.connection, base, feeds) if each.version and each.version.state == "active"]
    if not found:
        raise RequestRefused("nothing_to_roll_back", "no feed lives by a rise of this base")
    for each in found:
        crosswalk_life.roll_back(tx, each.feed)
    return len(found)
