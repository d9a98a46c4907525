"""`feed profile`: what a feed's repository taught, and what a person says in its place."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.ledger.entry import OPERATOR
from federation.pipeline.feed_pins import pin_values
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import FeedArgument, open_feed
from portal_api.commands.output import JsonOption, print_json, print_rows
from portal_api.views.profile import ProfileLine, profile_lines
from portal_api.wiring import open_store

PinOption = Annotated[
    list[str] | None,
    typer.Option("--pin", help="NAME=VALUE goes before what was learned, NAME= no more; may be repeated."),
]


def profile(
    name: FeedArgument, pin: PinOption = None, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False
) -> None:
    """Show what a feed's repository taught, with the run and page; say a value yourself with --pin."""
    stated = dict(_parted(each) for each in pin or ())
    with open_store(data) as store:
        if stated:
            _pin(store, name, stated)
        with store.reading() as connection:
            lines = profile_lines(connection, open_feed(connection, name))
    if as_json:
        print_json(lines)
    else:
        print_rows(("what", "value", "from"), [(line.name, line.value or "not known", _where(line)) for line in lines])


@repeats_clashes
def _pin(store: Store, name: str, stated: dict[str, str]) -> None:
    with store.transaction(actor=OPERATOR) as tx:
        pin_values(tx, open_feed(tx.connection, name), stated)


def _parted(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise typer.BadParameter(f"expected NAME=VALUE, found {text[:40]!r}")
    return name.strip(), value.strip()


def _where(line: ProfileLine) -> str:
    taught = f"run {line.run_number}, page {line.page}" if line.run else "a probe" if line.by_probe else ""
    if line.is_pinned:
        return f"pinned; learned {line.learned or 'nothing'}" + (f", {taught}" if taught else "")
    return taught or "nothing yet"
