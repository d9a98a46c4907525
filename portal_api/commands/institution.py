"""`institution`: the partners."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline.enriching import key_made
from federation.storage import institutions
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption, DataOption
from portal_api.commands.output import JsonOption, print_json, print_rows, say
from portal_api.pages.admin.institutions import InstitutionForm, faults_of
from portal_api.pages.admin.words import FAULTS
from portal_api.wiring import open_store

app = typer.Typer(help="The partner institutions.", no_args_is_help=True)


@app.command("add")
def add(
    slug: Annotated[str, typer.Argument(help="Short name in addresses: a-z, 0-9, hyphens.")],
    name: Annotated[str, typer.Option(help="Name as readers see it.")],
    isil: Annotated[
        str | None, typer.Option(help='ISIL code, such as DE-1; without it as it was, "" for none.')
    ] = None,
    url: Annotated[str | None, typer.Option(help='Its own page; without it as it was, "" for none.')] = None,
    other_name: Annotated[
        list[str] | None,
        typer.Option(help='What people call it besides; may be repeated; without it as it was, "" for none.'),
    ] = None,
    data: AnyDataOption = DEFAULT_FOLDER,
) -> None:
    """Add an institution, or change the names, ISIL and page of one; what is not said stays."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        known = institutions.get(tx.connection, slug)
        as_it_was = InstitutionForm.of(known) if known is not None else InstitutionForm()
        said = {"isil": isil, "url": url, "other_names": None if other_name is None else "; ".join(other_name)}
        stated = {field: text for field, text in said.items() if text is not None}
        wanted = msgspec.structs.replace(as_it_was, slug=slug, name=name.strip(), **stated)
        _refuse_faults(wanted)
        institutions.put(tx, wanted.stored())
    say(f"{slug}: {wanted.name}")


def _refuse_faults(wanted: InstitutionForm) -> None:
    for found in faults_of(wanted):
        given = getattr(wanted, found.parameter)
        raise RequestRefused(found.code.replace("-", "_"), f"{found.parameter}: {FAULTS[found.code]} Found {given!r}")


@app.command("key")
def key(
    slug: Annotated[str, typer.Argument(help="The institution's short name.")], data: DataOption = DEFAULT_FOLDER
) -> None:
    """Make the key by which an institution harvests its records, enriched and as it sent them; an older key ends."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        say(key_made(tx, slug))


@app.command("list")
def list_all(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List the institutions."""
    with open_store(data) as store, store.reading() as connection:
        found = institutions.everyone(connection)
    if as_json:
        for line in found:
            print_json(line)
    else:
        print_rows(("slug", "name", "ISIL"), [(line.slug, line.name, line.isil or "") for line in found])
