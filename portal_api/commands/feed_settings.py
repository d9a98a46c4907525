"""`feed settings`: how a feed is asked: how often, how fast, sets left out, quiet hours, look-back, ports, caps."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline.feed_settings import Wanted, set_settings
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from harvester.schedule import read_schedule, schedule_told
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import FeedArgument, open_feed
from portal_api.commands.output import counted, say
from portal_api.wiring import open_store

ExcludeOption = Annotated[
    list[str] | None, typer.Option(help="setSpec whose records are left out; may be repeated, '' for none.")
]
QuietHoursOption = Annotated[
    str | None, typer.Option(help="Hours in which it is not asked: '22:00-06:00 Europe/Rome'; '' for none.")
]
LookBackOption = Annotated[int | None, typer.Option(help="Days that each harvest looks back; at first 1.")]
PortOption = Annotated[
    list[int] | None, typer.Option(help="Port that it may be read from beside 80 and 443; may be repeated, 0 for none.")
]
PageMebibytesOption = Annotated[int | None, typer.Option(help="MiB of the largest page; at first 64.")]
PagesOption = Annotated[int | None, typer.Option(help="Pages of a run at most; 0 for no bound.")]
RecordsOption = Annotated[int | None, typer.Option(help="Records of a run at most; 0 for no bound.")]

EveryOption = Annotated[str | None, typer.Option(help="How often it is harvested: '6 hours', '1 day', 'weekly'.")]
IntervalOption = Annotated[float | None, typer.Option(help="Seconds between two requests at least; at first 0.2.")]
LagOption = Annotated[
    int | None, typer.Option(help="Seconds that changes appear late in its lists; -1: as they were learned.", min=-1)
]


def settings(
    name: FeedArgument,
    exclude: ExcludeOption = None,
    quiet_hours: QuietHoursOption = None,
    look_back: LookBackOption = None,
    port: PortOption = None,
    page_mebibytes: PageMebibytesOption = None,
    pages: PagesOption = None,
    records: RecordsOption = None,
    every: EveryOption = None,
    interval: IntervalOption = None,
    lag: LagOption = None,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show, or set, how a feed is asked: how often, how fast, what is left out, when, how far back, at which ports."""
    wanted = wanted_of(exclude, quiet_hours, look_back, port, page_mebibytes, pages, records, every, interval)
    wanted = msgspec.structs.replace(wanted, lag_seconds=lag)
    with open_store(data) as store:
        if wanted != Wanted():
            feed = _change(store, name, wanted)
        else:
            with store.reading() as connection:
                feed = open_feed(connection, name)
    _tell(feed)


@repeats_clashes
def _change(store: Store, name: str, wanted: Wanted) -> StoredFeed:
    with store.transaction(actor=OPERATOR) as tx:
        return set_settings(tx, open_feed(tx.connection, name), wanted)


def wanted_of(
    exclude: list[str] | None,
    quiet_hours: str | None,
    look_back: int | None,
    port: list[int] | None,
    page_mebibytes: int | None = None,
    pages: int | None = None,
    records: int | None = None,
    every: str | None = None,
    interval: float | None = None,
) -> Wanted:
    """The options together; one that was not given leaves its setting as it is."""
    return Wanted(
        exclude=None if exclude is None else tuple(filter(None, exclude)),
        quiet_hours=quiet_hours,
        look_back_days=look_back,
        ports=None if port is None else tuple(filter(None, port)),
        page_mebibytes=page_mebibytes,
        pages=pages,
        records=records,
        every_seconds=every_seconds(every),
        interval_seconds=interval,
    )


def every_seconds(every: str | None) -> int | None:
    """How often a feed is to be harvested; raises RequestRefused `every_invalid`."""
    if every is None:
        return None
    found = read_schedule(every)
    if found is None:
        expected = "expected a time between two harvests, such as '6 hours', '1 day' or 'weekly'"
        raise RequestRefused("every_invalid", f"{expected}; found {every[:40]!r}")
    return found


def _tell(feed: StoredFeed) -> None:
    say(f"every           {schedule_told(feed.every_seconds)}")
    say(f"interval        {feed.min_interval_seconds:g} seconds between two requests at least")
    say(f"exclude         {' '.join(feed.set_exclude) or 'none'}")
    say(f"quiet hours     {feed.quiet_hours or 'none'}")
    say(f"look back       {counted(feed.look_back_days, 'day')}")
    say(f"ports           {' '.join(map(str, (80, 443, *feed.ports)))}")
    say(f"page mebibytes  {feed.caps.page_mebibytes}")
    say(f"pages           {feed.caps.pages or 'no bound'}")
    say(f"records         {feed.caps.records or 'no bound'}")
    if feed.source == "oai":
        pinned = "pinned" if feed.profile.is_pinned("lag_seconds") else "learned"
        say(f"lag             {counted(feed.profile.by_pins().lag_seconds, 'second')} ({pinned})")
