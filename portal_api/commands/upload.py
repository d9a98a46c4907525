"""`upload`: a file becomes the records of a feed; checked first, then applied as a run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline import upload_run
from federation.pipeline import uploads as pipeline
from federation.pipeline.folder_lock import holding, is_held
from federation.storage import holds, runs, uploads
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.uploads import Report, Upload
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.harvest_following import held_line
from portal_api.commands.named import feed_named, refuse_draft
from portal_api.commands.output import JsonOption, print_json, progress, say
from portal_api.http.problems import FAULT, OK
from portal_api.wiring import open_store

#: seconds between two looks at a run that a server carries
_LOOK = 0.2


def upload(
    name: Annotated[str, typer.Argument(metavar="FEED", help="Name or key of a feed that files are brought to.")],
    file: Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False, readable=True)],
    replace: Annotated[
        bool, typer.Option("--replace/--add", help="Delete what the file does not hold, or keep it.")
    ] = False,
    release: Annotated[
        bool, typer.Option("--release", help="Deletions or changes of a large part of the feed are meant.")
    ] = False,
    check_only: Annotated[bool, typer.Option("--check", help="Say what the file would do, and stop.")] = False,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Bring a file to a feed: exit 0 complete, 1 refused, faulty or held."""
    with open_store(data) as store:
        feed = _file_feed(store, name)
        mode: uploads.Mode = "replace" if replace else "add"
        manner, sent = pipeline.manner_of(store, feed), _pieces(file)
        received = uploads.receive(
            store, feed.key, feed.institution, file.name, mode, sent, actor=OPERATOR, manner=manner
        )
        checked = pipeline.check(store, received.id)
        _tell(checked, as_json=as_json)
        if checked.state == "refused":
            raise typer.Exit(FAULT)
        if checked.state == "applied":
            say("the same file was applied last: nothing changes")
            return
        if check_only:
            return
        if checked.state == "checked":
            _approve(store, feed, checked, release=release)
        code = _applied(store, data, checked.id)
    raise typer.Exit(code)


def _file_feed(store: Store, name: str) -> StoredFeed:
    feed = feed_named(store, name)
    refuse_draft(feed)
    if feed.source == "oai" or feed.state == "retired":
        raise RequestRefused("no_file_feed", f"{name} takes no files; add a feed with --source upload")
    return feed


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(uploads.PART_BYTES):
            yield piece


def _approve(store: Store, feed: StoredFeed, checked: Upload, *, release: bool) -> None:
    with store.transaction(actor=OPERATOR) as tx:
        pipeline.approve(tx, checked.id, feed.institution, released=release)


def _applied(store: Store, folder: Path, number: int) -> int:
    """Waits for the server that holds the folder; without one, applies the file here."""
    if not is_held(folder):
        with holding(folder):
            upload_run.load(store, number)
    with progress("applying") as bar:
        while True:
            found = _found(store, number)
            if found.state == "applied":
                return _verdict(store, found)
            bar.reach(0)
            time.sleep(_LOOK)


def _found(store: Store, number: int) -> Upload:
    with store.reading() as connection:
        found = uploads.get(connection, number)
    if found is None:
        raise RequestRefused("no_such_upload", f"there is no upload {number}")
    return found


def _verdict(store: Store, found: Upload) -> int:
    with store.reading() as connection:
        run, hold = runs.latest(connection, found.feed), holds.held_feed(connection, found.feed)
    if hold is not None:
        say(held_line(hold))
    if run is None:
        return FAULT
    counts = run.counts
    say(
        f"{run.verdict} ({run.reason}); {counts.new} new, {counts.changed} changed, {counts.unchanged} unchanged, "
        f"{counts.deleted} deleted, {counts.quarantined} quarantined"
    )
    return OK if run.verdict == "complete" and hold is None else FAULT


def _tell(checked: Upload, *, as_json: bool) -> None:
    if as_json:
        print_json(checked)
    elif checked.state == "refused":
        say(f"refused: {checked.detail}")
    elif checked.report is not None:
        _tell_report(checked, checked.report)


def _tell_report(checked: Upload, report: Report) -> None:
    say(
        f"{report.units} units: {report.records} records, {report.repeated} repeated, {report.faulty} faulty; "
        f"{report.new} new, {report.changed} changed, {report.unchanged} unchanged, {report.deleted} deleted"
    )
    if checked.mode == "replace":
        when = "once another file, a day later or more, does not name them either" if checked.fetched else "at once"
        say(f"{report.gone} of {report.live} records held are not in the file: they are deleted {when}")
    for fault in report.faults:
        say(f"  {fault.reason} at {fault.where or fault.position} {fault.identifier}".rstrip())
