"""`crosswalk`: check a file's rules, try them on a record, and map whole files without a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from federation.pipeline.crosswalks import context_of, live_text, tables_for, text_of
from federation.pipeline.file_parents import above_in_file
from federation.pipeline.parent_sources import BroughtParents, StoredParents
from federation.pipeline.records_aside import RecordsAside
from federation.pipeline.tried_hierarchy import TriedHierarchy
from federation.storage import crosswalks, feeds, institutions
from federation.storage import raw_records as stored_records
from federation.storage.engine import Store
from harvester.files.mapping import base_for, describes_people, map_file, raw_records
from mappings.engine.apply import apply
from mappings.engine.check import WARNINGS
from mappings.engine.compiled import Compiled
from mappings.engine.explain import explain
from mappings.engine.library import base, check_text, compiled, names, pinned_tables
from mappings.engine.outcome import Context, Deleted, Mapped, Outcome, Rejected, Skipped
from mappings.engine.tables import Table
from mappings.errors import CrosswalkInvalid, DocumentRefused, Fault
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption, holds_one, standing
from portal_api.commands.output import JsonOption, errors, print_json, progress, say
from portal_api.errors import NotFound
from portal_api.views.faults import fault_view
from portal_api.wiring import open_store

app = typer.Typer(help="Mapping rules as files.", no_args_is_help=True)

RulesArgument = Annotated[
    str,
    typer.Argument(help="A file, a base, or a feed of --data, also as feed@version: what is live without a version."),
]

TablesOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of an exchange whose own tables the crosswalk may pin.")
]

_PREVIEW = Context(feed="preview", institution=Institution(name="Preview"))


def fault_line(fault: Fault) -> str:
    """A fault as one line: where, what, which code, what to write instead."""
    rule = f" in rule {fault.rule}" if fault.rule else ""
    hint = f" ({fault.hint})" if fault.hint else ""
    return f"{fault.file}:{fault.line}:{fault.column}: {fault.message}{rule} [{fault.code}]{hint}"


@app.command("check")
def check(file: RulesArgument, data: TablesOption = None, *, as_json: JsonOption = False) -> None:
    """Check a crosswalk and run its own tests; every fault is named at once, with its line and a hint."""
    text = _text(file, data)
    faults = check_text(text, file=file, tables=_tables(data, text))
    for fault in faults:
        if as_json:
            print_json(fault_view(fault))
        elif fault.code in WARNINGS:
            errors.print(f"warning: {fault_line(fault)}", markup=False)
    stopping = [fault for fault in faults if fault.code not in WARNINGS]
    if stopping:
        raise CrosswalkInvalid(stopping)
    if not as_json:
        say(f"{file}: no faults")


@app.command("preview")
def preview(
    file: RulesArgument,
    record: Annotated[str, typer.Argument(help="A file with records, or the OAI identifier of a stored record.")],
    number: Annotated[int, typer.Option(help="Which record of the file, from 1.", min=1)] = 1,
    data: AnyDataOption = DEFAULT_FOLDER,
) -> None:
    """Map one record and print what becomes of it, rule by rule, as JSON."""
    rules = _program(file, data if holds_one(data) else None)
    if Path(record).is_file():
        raw = _of_file(rules, Path(record), number)
        print_json(
            explain(rules, raw, _PREVIEW, find=_above_one(rules, Path(record), raw).finder(raw.feed, raw.identifier))
        )
        return
    with open_store(standing(data)) as store:
        raw, context = _stored(store, record)
        above = TriedHierarchy(StoredParents(store.reading), lambda parent, find: apply(rules, parent, context, find))
        print_json(explain(rules, raw, context, find=above.finder(raw.feed, raw.identifier)))


@app.command("apply")
def apply_to(
    file: Annotated[Path, typer.Argument(help="A file with records.", exists=True, dir_okay=False)],
    crosswalk: Annotated[
        str, typer.Option(help="A base, a file, or a feed of --data; without it the base of the file's format.")
    ] = "",
    data: TablesOption = None,
) -> None:
    """Map a file: a JSON line for each unit (the record with its rules, or the refusal), the sums last."""
    rules = _program(crosswalk or _base_for(file), data)
    sums: Counter[str] = Counter(raw=0, mapped=0, deleted=0, rejected=0, skipped=0, units_mapped=0, units_refused=0)
    issues: Counter[str] = Counter()
    with progress(str(file)) as bar, _aside(rules, file) as records:
        above = TriedHierarchy(records, lambda raw, find: apply(rules, raw, _PREVIEW, find))
        for raw, outcome in map_file(rules, file, _PREVIEW, above.finder):
            sums["raw"] += 1
            bar.reach(sums["raw"])
            _print_outcome(raw, outcome, sums, issues)
    print_json({"sums": sums, "issues": dict(issues.most_common())})


def _print_outcome(raw: RawRecord, outcome: Outcome, sums: Counter[str], issues: Counter[str]) -> None:
    head = {"identifier": raw.identifier, "outcome": type(outcome).__name__.lower()}
    sums[head["outcome"]] += 1
    match outcome:
        case Mapped(units=units, refused=refused):
            for unit in units:
                found = (*raw.repairs, *unit.issues)
                print_json({**head, "record": unit.record, "rules": unit.rules, "issues": found})
                issues.update(each.code for each in found)
            for each in refused:
                print_json({**head, "outcome": "refused", "issue": each})
            issues.update(each.code for each in refused)
            sums["units_mapped"] += len(units)
            sums["units_refused"] += len(refused)
        case Rejected(issue=found):
            print_json({**head, "issue": found})
            issues[found.code] += 1
        case Skipped(reason=reason):
            print_json({**head, "reason": reason})
            issues[reason] += 1
        case Deleted():
            print_json(head)


def _tables(data: Path | None, text: str) -> tuple[Table, ...]:
    """The tables that people keep in an exchange and a crosswalk's text pins; none without a folder."""
    if data is None or not pinned_tables(text):
        return ()
    with open_store(standing(data)) as store, store.reading() as connection:
        return tables_for(connection, text)


def _program(name: str, data: Path | None = None) -> Compiled:
    """The program of a base, of a crosswalk in a file, or of that which a feed of an exchange lives by."""
    text = _text(name, data)
    return compiled(text, file=name, tables=_tables(data, text))


def _text(name: str, data: Path | None) -> str:
    """The rules that are named: those of a file, of a base, of what a feed lives by, or of a version of a feed."""
    path = Path(name)
    if path.is_file():
        return path.read_text(encoding="utf-8", errors="replace")
    if name.partition("@")[0] in names():
        return base(name)
    if data is not None and (found := _stored_text(data, name)) is not None:
        return found
    raise typer.BadParameter(f"no file, no base and no feed is called {name}; there are {', '.join(names())}")


def _stored_text(data: Path, name: str) -> str | None:
    """What the feed that is called so, or whose crosswalk is, lives by, or one of its versions; None where none is."""
    with open_store(standing(data)) as store, store.reading() as connection:
        if (feed := _called(connection, name)) is not None:
            return live_text(feed)
        feed_name, _, number = name.rpartition("@")
        if not (number.isascii() and number.isdigit()) or (feed := _called(connection, feed_name)) is None:
            return None
        return text_of(crosswalks.found(connection, feed.key, int(number)))


def _called(connection: sa.Connection, name: str) -> feeds.StoredFeed | None:
    everyone = feeds.everyone(connection)
    found = (feed for each in ("key", "name", "crosswalk") for feed in everyone if getattr(feed, each) == name)
    return next(found, None)


def _base_for(file: Path) -> str:
    found = base_for(file)
    if not found and describes_people(file):
        said = f"{file} describes people and bodies (EAC-CPF), not records of what is held"
        raise DocumentRefused("not_a_record_format", said)
    if not found:
        raise DocumentRefused("not_the_format", f"{file} is in no format that a base reads; name a --crosswalk")
    return found


def _aside(rules: Compiled, path: Path) -> RecordsAside:
    """The records of a file, where others are found that stand below them; what is not in it has not come."""
    return RecordsAside(raw_records(rules, path, _PREVIEW.feed) if rules.parent is not None else ())


def _above_one(rules: Compiled, path: Path, raw: RawRecord) -> TriedHierarchy:
    """Finds the records above one in its file, without keeping the others."""

    def named(wanted: frozenset[str]) -> Iterator[RawRecord]:
        return (found for found in raw_records(rules, path, raw.feed) if found.identifier in wanted)

    above = above_in_file(rules, [raw], _PREVIEW, named)
    return TriedHierarchy(BroughtParents((*above, raw)), lambda found, find: apply(rules, found, _PREVIEW, find))


def _of_file(rules: Compiled, path: Path, number: int) -> RawRecord:
    found = list(islice(raw_records(rules, path, _PREVIEW.feed), number))
    if len(found) < number:
        raise typer.BadParameter(f"{path} holds {len(found)} records of {rules.format.name}")
    return found[-1]


def _stored(store: Store, identifier: str) -> tuple[RawRecord, Context]:
    """A stored raw record with the context of its feed."""
    with store.reading() as connection:
        for feed in feeds.everyone(connection):
            found = stored_records.get(connection, feed.key, identifier)
            holder = institutions.get(connection, feed.institution)
            if found is not None and holder is not None:
                return found.raw, context_of(feed, holder)
    raise NotFound
