"""`table`: lookup tables in and out, who uses them, and what they did not know."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from federation.errors import RequestRefused
from federation.pipeline import lookup_tables as deeds
from federation.pipeline.table_files import TABLE_FORMATS, TableFormat, read_table, write_table
from federation.storage import lookup_tables
from federation.storage.engine import Store
from federation.storage.lookup_tables import LookupTable
from mappings.tables.rows import TableRow
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.named import FeedArgument, feed_named, found_feed
from portal_api.commands.output import JsonOption, counted, print_json, print_rows, say
from portal_api.commands.persons import AsOption, person_as, writing
from portal_api.config import load
from portal_api.wiring import open_store

app = typer.Typer(help="Lookup tables of crosswalks.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Name of the table.")]
VersionOption = Annotated[int, typer.Option(help="Which version; the newest without.", min=0)]


@app.command("list")
def list_all(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List the tables that people keep, and how many feeds live by each."""
    with open_store(data) as store, store.reading() as connection:
        found = [(table, deeds.uses(connection, table.name)) for table in lookup_tables.everyone(connection)]
    if as_json:
        for table, uses in found:
            print_json({"name": table.name, "version": table.version, "rows": len(table.rows), "uses": uses})
        return
    lines = [
        (table.label, table.institution, len(table.rows), sum(use.number == 0 for use in uses)) for table, uses in found
    ]
    print_rows(("table", "institution", "rows", "live in feeds"), lines)


@app.command("show")
def show(name: NameArgument, version: VersionOption = 0, data: DataOption = DEFAULT_FOLDER) -> None:
    """Print a table as JSON, with the crosswalks that pin it."""
    with open_store(data) as store, store.reading() as connection:
        table = _found(store, name, version)
        print_json({"table": table, "uses": deeds.uses(connection, name)})


@app.command("export")
def export(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help="Ends in .csv, .xlsx or .sssom.tsv.")],
    version: VersionOption = 0,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Write a table to a file."""
    with open_store(data) as store:
        table = _found(store, name, version)
    address = load(data).settings.exchange.public_url or "http://localhost"
    uri = f"{address}/admin/tables/{table.name}/{table.version}"
    file.write_bytes(write_table(table.rows, _format(file), uri=uri, version=table.version))
    say(f"{file}: {table.label}, {counted(len(table.rows), 'row')}")


@app.command("import")
def import_(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or SSSOM.", exists=True, dir_okay=False)],
    institution: Annotated[str, typer.Option(help="Slug of whose table it is; needed for a new one.")] = "",
    message: Annotated[str, typer.Option(help="What changes, and why.")] = "",
    author: AsOption = "",
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Write the next version of a table from a file; nothing lives by it before a crosswalk pins it."""
    rows = read_table(file.read_bytes())
    with open_store(data) as store:
        account = person_as(store, author)
        with writing(store, account) as tx:
            known = lookup_tables.latest(tx.connection, name)
            owner = institution or (known.institution if known else "")
            if not owner:
                raise RequestRefused("institution_missing", "say with --institution whose table it is")
            seen = known.version if known else 0
            made = deeds.save(tx, name, owner, rows, account, seen=seen, message=message)
    say(f"{made.label}: {counted(len(made.rows), 'row')}")


@app.command("misses")
def misses(feed: FeedArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List what tables did not know in a feed's stored records, the most frequent first."""
    with open_store(data) as store, store.reading() as connection:
        found = deeds.misses(connection, feed_named(store, feed))
    if as_json:
        for miss in found:
            print_json(miss)
        return
    rows = [(miss.records, miss.value, miss.rule, " ".join(miss.tables)) for miss in found]
    print_rows(("records", "value", "rule", "tables"), rows)


@app.command("add")
def add(
    feed: FeedArgument,
    table: Annotated[str, typer.Argument(help="The table, as the feed's crosswalk calls it.")],
    key: Annotated[str, typer.Argument(help="As sources write it.")],
    value: Annotated[str, typer.Argument(help="What it is worth.")],
    author: AsOption = "",
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Add a value to a table: its next version, and a draft that pins it."""
    with open_store(data) as store:
        account = person_as(store, author)
        with writing(store, account) as tx:
            found = found_feed(tx.connection, feed)
            made, draft = deeds.add_rows(tx, found, table, [TableRow(key=key, value=value)], account)
    say(f"{made.label}; version {draft.number}: {draft.state}")


def _found(store: Store, name: str, version: int) -> LookupTable:
    with store.reading() as connection:
        table = lookup_tables.get(connection, name, version) if version else lookup_tables.latest(connection, name)
    if table is None:
        raise RequestRefused("no_such_table", f"there is no table {name}" + (f"@{version}" if version else ""))
    return table


def _format(file: Path) -> TableFormat:
    found = next((form for form in TABLE_FORMATS if file.name.endswith(f".{form}")), None)
    if found is None:
        raise typer.BadParameter(f"expected a name that ends in {', '.join(TABLE_FORMATS)}, found {file.name}")
    return found
