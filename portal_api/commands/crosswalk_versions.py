"""`crosswalk` over a store: the versions of each feed's rules, from a draft to what is live and back.

Whoever writes or confirms is named by `--as` and gives their password, so that a second person is another one.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline import copied_rules, crosswalk_life, dry_run, finding_raw, pin_record, rekeying
from federation.pipeline.blame import blame
from federation.pipeline.crosswalks import live_text, text_of
from federation.pipeline.dry_run_report import DryRun
from federation.settings import Approval
from federation.storage import accounts, crosswalks, feeds
from federation.storage.crosswalks import Version, VersionLine
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import FeedArgument, feed_named, found_feed
from portal_api.commands.output import JsonOption, counted, print_headed, print_json, print_rows, say
from portal_api.commands.persons import AsOption, ConfirmerOption, ReasonOption, person_as, writing
from portal_api.config import load
from portal_api.pages.admin.words import GATES
from portal_api.views.crosswalks import unread_paths
from portal_api.wiring import open_store

NumberArgument = Annotated[int, typer.Argument(help="Number of the version.", min=1)]


def list_all(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List what each feed lives by, and the versions that are under way."""
    with open_store(data) as store, store.reading() as connection:
        found = [(feed, crosswalks.lines_of_feed(connection, feed.key)) for feed in feeds.everyone(connection)]
    if as_json:
        for feed, versions in found:
            print_json({"feed": feed.name, "live": feed.crosswalk, "versions": versions})
        return
    print_rows(("feed", "live", "under way"), [(feed.name, feed.crosswalk, _under_way(each)) for feed, each in found])


def history(feed: FeedArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List a feed's versions, newest first: state, authors, who confirmed, and why."""
    with open_store(data) as store, store.reading() as connection:
        versions = crosswalks.lines_of_feed(connection, feed_named(store, feed).key)
        names = {account.id: account.sign_in for account in accounts.everyone(connection)}
    if as_json:
        for each in versions:
            print_json(each)
        return
    rows = [
        (
            each.number,
            each.state,
            " ".join(names.get(author, author) for author in each.authors),
            names.get(each.confirmed_by, each.confirmed_by),
            each.message,
        )
        for each in versions
    ]
    print_rows(("version", "state", "authors", "confirmed by", "message"), rows)


def show(
    feed: FeedArgument,
    number: Annotated[int, typer.Argument(help="Number of the version; what is live without.", min=0)] = 0,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Print the text of a version."""
    with open_store(data) as store:
        typer.echo(_text(store, feed_named(store, feed), number), nl=False)


def diff(
    feed: FeedArgument,
    first: Annotated[int, typer.Argument(help="The earlier version.", min=1)],
    second: Annotated[int, typer.Argument(help="The later one; what is live without.", min=0)] = 0,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Print what two versions differ in, as a unified diff."""
    with open_store(data) as store:
        found = feed_named(store, feed)
        before, after = (_text(store, found, number).splitlines() for number in (first, second))
    name = f"version {second}" if second else "live"
    for line in difflib.unified_diff(before, after, f"version {first}", name, lineterm=""):
        say(line)


def unread(feed: FeedArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List the source paths that no live rule reads, the most frequent first."""
    with open_store(data) as store, store.reading() as connection:
        found, looked_at = unread_paths(connection, feed_named(store, feed))
    if as_json:
        print_json({"paths": found, "records": looked_at})
        return
    rows = [(each.path, each.records, each.units, f"{each.example} {each.unit}".rstrip()) for each in found]
    print_rows(("path", "records", "units", "for example"), rows)


def blame_of(
    feed: FeedArgument, number: NumberArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False
) -> None:
    """Say of each rule of a version which version made it what it is, by whom and why."""
    with open_store(data) as store, store.reading() as connection:
        version = crosswalks.found(connection, feed_named(store, feed).key, number)
        found = blame(connection, version)
        names = {account.id: account.sign_in for account in accounts.everyone(connection)}
    if as_json:
        for each in found:
            print_json(each)
        return
    rows = [(each.rule, each.number, " ".join(names.get(a, a) for a in each.authors), each.message) for each in found]
    print_rows(("rule", "version", "authors", "message"), rows)


def new(
    feed: FeedArgument,
    author: AsOption = "",
    path: Annotated[str, typer.Option(help="Add a rule that reads this path to the latest draft, if any.")] = "",
    like: Annotated[str, typer.Option(help="Begin with the rules of this other feed of the same format.")] = "",
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Begin a draft that says what is live now, or what another feed's rules are, and print its text.

    With --path, go on with the latest draft.
    """
    with open_store(data) as store:
        account, found = person_as(store, author), feed_named(store, feed)
        other = feed_named(store, like) if like else None
        with writing(store, account) as tx:
            copied = copied_rules.begin_as(tx, found, other, account) if other else None
            if path:
                made = crosswalk_life.with_rule(tx, found, path, account)
            else:
                made = copied or crosswalk_life.begin(tx, found, account)
        typer.echo(f"version {made.number}", err=True)
        typer.echo(made.text, nl=False)


def save(
    feed: FeedArgument,
    number: NumberArgument,
    file: Annotated[Path, typer.Argument(help="The rules.", exists=True, dir_okay=False)],
    message: Annotated[str, typer.Option(help="What changes, and why.")] = "",
    author: AsOption = "",
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Write the text of a draft; of a version that was tried, a new draft."""
    text = file.read_text(encoding="utf-8")
    with open_store(data) as store:
        account, found = person_as(store, author), feed_named(store, feed)
        with writing(store, account) as tx:
            seen = crosswalks.found(tx.connection, found.key, number).sha256
            made = crosswalk_life.save(tx, found, number, text, account, seen=seen, message=message)
    say(f"version {made.number}: {made.state}")


def dry_run_of(
    feed: FeedArgument, number: NumberArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False
) -> None:
    """Try a version on every stored record: sums, what changes in which field, and what would be opened."""
    with open_store(data) as store:
        found = feed_named(store, feed)
        with store.reading() as connection:
            if dry_run.behind(connection, found.key):
                raise RequestRefused("feed_behind", "records of this feed are still to be mapped: try again later")
        with store.transaction(actor=OPERATOR) as tx:
            asked = crosswalk_life.ask_for_trial(tx, found, number)
        tried = _made(store, asked)
        with store.transaction(actor=OPERATOR) as tx:
            dry_run.write(tx, tried)
            state = crosswalks.found(tx.connection, found.key, number).state
    if as_json:
        print_json({"version": number, "state": state, "report": tried.report})
        return
    _print_report(tried.report)
    say(f"version {number}: {state}")


def _made(store: Store, asked: Version) -> dry_run.Tried:
    """The dry run; where it fails, or somebody stops it, the version is what it was."""
    try:
        return dry_run.try_version(store, asked)
    except BaseException as error:
        with store.transaction(actor=OPERATOR) as tx:
            dry_run.end(tx, asked, f"{type(error).__name__}: {error}")
        raise


def confirm(
    feed: FeedArgument,
    number: NumberArgument,
    person: ConfirmerOption,
    note: ReasonOption,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Let a version pass what stopped it; for a second person, never for an author."""
    with open_store(data) as store:
        account = person_as(store, person)
        with writing(store, account) as tx:
            crosswalk_life.confirm(tx, found_feed(tx.connection, feed), number, account, note)
    say(f"version {number}: confirmed by {person}")


def approve(
    feed: FeedArgument,
    number: NumberArgument,
    person: ConfirmerOption,
    note: Annotated[str, typer.Option(help="Why this may be; needed where a gate stopped it.")] = "",
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Sign a version by name, so that it may go live: what a gate stopped, or what the setting asks to be signed."""
    with open_store(data) as store:
        account = person_as(store, person)
        with writing(store, account) as tx:
            found = found_feed(tx.connection, feed)
            crosswalk_life.approve(tx, found, number, account, note, approval=_approval(data))
    say(f"version {number}: approved by {person}")


def activate(feed: FeedArgument, number: NumberArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Put a version to work for the whole feed; its records are mapped again from now on."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        made = crosswalk_life.activate(tx, found_feed(tx.connection, feed), number, approval=_approval(data))
    say(f"version {number}: {made.state}; the records are mapped again")


def canary(
    feed: FeedArgument,
    number: NumberArgument,
    set_spec: Annotated[list[str], typer.Option("--set", help="A setSpec for which it is live; may be repeated.")],
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Put a version to work for some sets of the feed alone; `rollback` ends it, `activate` goes on with it."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        found = found_feed(tx.connection, feed)
        made = crosswalk_life.try_in_sets(tx, found, number, tuple(set_spec), approval=_approval(data))
    say(f"version {number}: {made.state}; the records are mapped again")


def _approval(data: Path) -> Approval:
    return load(data).settings.crosswalks.approval


def rollback(
    feed: FeedArgument,
    to: Annotated[int | None, typer.Option(help="The version to go back to; the one before without.", min=1)] = None,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Go back to a version that was live; records that this would open stay as they are until it is confirmed."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        made = crosswalk_life.roll_back(tx, found_feed(tx.connection, feed), to)
    say(f"version {made.number}: {made.state}; the records are mapped again")


def rekey(feed: FeedArgument, number: NumberArgument, data: DataOption = DEFAULT_FOLDER) -> None:
    """Put a version to work that calls units otherwise; every old identifier leads to its new one."""
    with open_store(data) as store:
        found = feed_named(store, feed)
        with store.reading() as connection:
            version = crosswalks.found(connection, found.key, number)
        names = rekeying.renaming(store, found, version)
        with store.transaction(actor=OPERATOR) as tx:
            rekeying.rekey(tx, names, number, approval=_approval(data))
    say(f"version {number}: active; {counted(len(names.renamed), 'identifier')} changed, each old one resolves")


def pin(
    feed: FeedArgument,
    number: NumberArgument,
    identifier: Annotated[str, typer.Argument(help="Of the stored record, as its source calls it.")],
    author: AsOption = "",
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Keep a stored record as a test: what a version makes of it has to come of it from then on."""
    with open_store(data) as store:
        account = person_as(store, author)
        with writing(store, account) as tx:
            made = pin_record.pin(tx, found_feed(tx.connection, feed), number, identifier, account)
    say(f"version {made.number}: {made.state}; {identifier} is a test of it")


def find(
    feed: FeedArgument,
    path: Annotated[str, typer.Argument(help="A path as rules write it, such as dc:rights or marc:506$a.")],
    value: Annotated[str, typer.Option(help="Part of a value; every record that has the path without.")] = "",
    most: Annotated[int, typer.Option(help="Records that are named.", min=1)] = 100,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the stored records of a feed that have a value at a path, as they were harvested."""
    looked_at, named, wanted = 0, 0, finding_raw.Wanted(path=path, value=value)
    with open_store(data) as store, store.reading() as connection:
        found = feed_named(store, feed)
        while True:
            part = finding_raw.find(connection, found, wanted)
            looked_at += part.looked_at
            for hit in part.hits[: most - named]:
                print_json(hit) if as_json else say(f"{hit.identifier}: {' | '.join(hit.values)}")
            named += len(part.hits)
            if part.following is None or named >= most:
                break
            wanted = msgspec.structs.replace(wanted, after=part.following)
    say(f"{counted(min(named, most), 'record')}, {looked_at} looked at") if not as_json else None


def register(app: typer.Typer) -> None:
    """Adds these verbs to the group `crosswalk`."""
    app.command("list")(list_all)
    app.command("history")(history)
    app.command("show")(show)
    app.command("diff")(diff)
    app.command("new")(new)
    app.command("unread")(unread)
    app.command("blame")(blame_of)
    app.command("save")(save)
    app.command("dry-run")(dry_run_of)
    app.command("confirm")(confirm)
    app.command("approve")(approve)
    app.command("canary")(canary)
    app.command("activate")(activate)
    app.command("find")(find)
    app.command("rollback")(rollback)
    app.command("rekey")(rekey)
    app.command("pin")(pin)


def _text(store: Store, feed: StoredFeed, number: int) -> str:
    if number == 0:
        return live_text(feed)
    with store.reading() as connection:
        version = crosswalks.found(connection, feed.key, number)
    return text_of(version)


def _under_way(versions: list[VersionLine]) -> str:
    return ", ".join(f"{each.number} {each.state}" for each in versions if each.state in crosswalks.UNDER_WAY)


def _print_report(report: DryRun) -> None:
    print_headed(("records", "number"), [("all", report.records), *report.sums.items()])
    rows = [(each.field, each.gained, each.lost, each.changed, each.same) for each in report.matrix]
    print_headed(("field", "gained", "lost", "changed", "same"), rows)
    if report.drift:
        moved = [(each.facet, each.value, each.gained, each.lost) for each in report.drift]
        print_headed(("facet", "value", "gained", "lost"), moved)
    moves = report.clusters
    say(f"{report.relinked} records would be linked anew; {moves.split} clusters split, {moves.joined} joined")
    for each in moves.examples:
        say(f"{each.kind}: " + " | ".join(", ".join(one.title or one.record for one in part) for part in each.parts))
    for opened in report.opened_examples:
        was, would = (" ".join(text.split()) for text in (opened.before, opened.after))
        say(f"would be opened: {opened.identifier} {opened.title} ({opened.move}): {was} -> {would}")
    for gate in report.gates:
        told = f"{GATES.get(gate.code, gate.code)}: {gate.number} [{gate.code}]"
        say(f"{'stops' if gate.stops else 'warns'}: {told}; passed by a second {gate.role}")
