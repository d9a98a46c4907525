"""`run`: one harvest, and a person's word about one that the mass-change brake holds."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline import settling
from federation.storage import feeds, held_records, holds, run_reports, runs
from federation.storage.held_records import HeldCounts, HeldLine
from federation.storage.holds import Hold
from federation.storage.runs import Counts
from harvester.cost import Cost
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import FeedArgument, feed_named
from portal_api.commands.output import JsonOption, print_json, print_rows, say
from portal_api.views.profile import ProfileLine, taught_lines
from portal_api.views.progress import Progress, progress_of
from portal_api.views.runs import EXAMPLES, ListState, cost_of, list_state
from portal_api.wiring import open_store

app = typer.Typer(help="Harvests: look, release or discard what is held.", no_args_is_help=True)

RunArgument = Annotated[int, typer.Argument(metavar="RUN", help="Number of a run, as `run list` shows it.")]


class RunShown(msgspec.Struct, frozen=True, kw_only=True):
    """One run, as `run show` prints it."""

    id: int
    feed: str
    number: int
    state: str
    #: full, incremental or sweep; empty of files
    kind: str
    verdict: str
    reason: str
    missing: int
    missing_identifiers: tuple[str, ...]
    counts: Counts
    cost: Cost
    #: from its begin to its end, or until now; of its pages, as they are kept
    seconds: float
    size_bytes: int
    #: times that a list was asked for anew, and that the repository put the run off in a row
    restarts: int
    postponements: int
    progress: Progress
    lists: tuple[ListState, ...]
    #: what it taught of the repository, and what is known of its lag and clock
    taught: tuple[ProfileLine, ...]
    #: what the brake found and what was decided; None where it left the run alone
    hold: Hold | None
    #: what waits for a decision, and the first records of each kind
    held: HeldCounts
    held_examples: tuple[HeldLine, ...]


@app.command("list")
def list_some(name: FeedArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List a feed's latest runs, newest first."""
    with open_store(data) as store, store.reading() as connection:
        found = runs.of_feed(connection, feed_named(store, name).key)
    if as_json:
        for each in found:
            print_json(msgspec.structs.asdict(each) | {"checkpoint": None})
        return
    rows = [(run.id, run.number, run.state, run.verdict, run.why, f"{run.started_at:%Y-%m-%d %H:%M}") for run in found]
    print_rows(("run", "number", "state", "verdict", "reason", "started"), rows)


@app.command("show")
def show(run: RunArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Show a run, what it holds and what was decided over it, as JSON."""
    with open_store(data) as store, store.reading() as connection:
        found = run_reports.get(connection, run)
        if found is None:
            raise RequestRefused("no_such_run", f"there is no run {run}")
        feed, took = feeds.get(connection, found.feed), cost_of(connection, found, store.now())
        shown = RunShown(
            id=found.id,
            feed=found.feed,
            number=found.number,
            state=found.state,
            kind=found.checkpoint.kind,
            verdict=found.verdict,
            reason=found.why,
            missing=found.missing,
            missing_identifiers=found.missing_identifiers,
            counts=found.counts,
            cost=found.cost,
            seconds=took.seconds,
            size_bytes=took.size_bytes,
            restarts=took.restarts,
            postponements=took.postponements,
            progress=progress_of(found, store.now()),
            lists=tuple(map(list_state, found.checkpoint.lists)),
            taught=taught_lines(connection, feed, found) if feed is not None else (),
            hold=holds.of_run(connection, run),
            held=held_records.counts(connection, run),
            held_examples=tuple(held_records.examples(connection, run, EXAMPLES)),
        )
    print_json(shown)


@app.command("page")
def page(
    run: RunArgument,
    number: Annotated[int, typer.Argument(metavar="PAGE", help="Number of a page of it.")],
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Write a page of a run as it came to standard output; pages are kept for 30 days, repaired ones for ever."""
    with open_store(data) as store, store.reading() as connection:
        found = run_reports.page_as_it_came(connection, run, number)
    if found is None:
        raise RequestRefused("no_such_page", f"run {run} has no page {number}, or it is kept no longer")
    sys.stdout.buffer.write(found)


@app.command("release")
def release(
    run: RunArgument,
    without_deletions: Annotated[
        bool, typer.Option("--without-deletions", help="Leave out what would delete; the rest is meant.")
    ] = False,
    renamed: Annotated[
        bool,
        typer.Option("--renamed", help="Its new records are held already, under identifiers that begin otherwise."),
    ] = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Let a held run pass: its records become the present ones."""
    if renamed and without_deletions:
        raise typer.BadParameter("expected one of --renamed and --without-deletions, found both")
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        held = held_records.counts(tx.connection, run)
        if renamed:
            settling.confirm_renaming(tx, run)
        else:
            settling.release(tx, run, deletions=not without_deletions)
    kept = f"; {held.deleted} deletions are left out" if without_deletions else ""
    say(f"run {run}: released, {_told(held)}{kept}; the server works it in")


@app.command("discard")
def discard(run: RunArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Drop what a run holds and put back what it had replaced; the next run asks again from the same time."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        held = held_records.counts(tx.connection, run)
        settling.discard(tx, run)
    say(f"run {run}: discarded, {_told(held)}; what it had replaced is put back")


def _told(held: HeldCounts) -> str:
    return f"{held.new} new, {held.changed} changed, {held.deleted} deleted"
