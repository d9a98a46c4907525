"""`crosswalk coverage`: how a feed's live rules do on its stored records."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from federation.pipeline.feed_coverage import LOOKED_AT, FeedCoverage, coverage_of
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import FeedArgument, feed_named
from portal_api.commands.output import JsonOption, counted, print_headed, print_json, say
from portal_api.views.listings import coverage_csv
from portal_api.wiring import open_store


def coverage(
    feed: FeedArgument,
    most: Annotated[int, typer.Option(help="Stored records that are looked at, spread over the feed.", min=1)] = (
        LOOKED_AT
    ),
    csv: Annotated[Path | None, typer.Option(help="Write a table to this file.", dir_okay=False)] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Say how a feed's live rules do: quality, filled fields, what each rule set, and what no rule reads."""
    with open_store(data) as store, store.reading() as connection:
        found = coverage_of(connection, feed_named(store, feed), most, units=None, seconds=math.inf)
    if csv is not None:
        csv.write_bytes(coverage_csv(found))
        say(f"{csv}: {counted(found.records, 'record')}")
    elif as_json:
        print_json(found)
    else:
        _tell(found)


def _tell(found: FeedCoverage) -> None:
    sums = " + ".join(f"{number} {standing}" for standing, number in found.sums.items())
    say(f"{found.crosswalk}: {counted(found.records, 'record')} = {sums}; {counted(found.units, 'description')}")
    if found.score is not None:
        say(f"quality {found.score:g} of 100")
    print_headed(("check", "points", "holds"), [(each.name, each.weight, each.holding) for each in found.checks])
    print_headed(("field", "descriptions"), list(found.filled.items()))
    print_headed(("rule", "set something", "issues"), [(each.rule, each.fired, each.issues) for each in found.rules])
    unread = [(each.path, each.records, each.units, f"{each.example} {each.unit}".rstrip()) for each in found.unread]
    print_headed(("not read", "records", "units", "for example"), unread)


def register(app: typer.Typer) -> None:
    """Adds this verb to the group `crosswalk`."""
    app.command("coverage")(coverage)
