"""`show`: one thing with the origin of each of its values."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.pipeline.unifying import load_alone, load_unified
from federation.pipeline.withholding_things import name_in
from federation.storage.linkage.clusters import Gone
from mappings.schema.access import PUBLIC
from portal_api.catalogue import StoredCatalogue
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, print_json
from portal_api.errors import NotFound, Withdrawn
from portal_api.wiring import open_store


def show(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="Id of a thing, as in /r/ID, or of a record; or its address.")
    ],
    data: DataOption = DEFAULT_FOLDER,
    *,
    _as_json: JsonOption = True,
) -> None:
    """Print what the public sees of one thing or one record, as JSON."""
    name = name_in(identifier)
    with open_store(data) as store:
        with store.reading() as connection:
            found = load_unified(connection, [name], PUBLIC).get(name) or load_alone(connection, name, PUBLIC)
        if found is None:
            raise _absent(StoredCatalogue(store), name)
    print_json(found)


def _absent(catalogue: StoredCatalogue, name: str) -> NotFound | Withdrawn:
    """Why nothing is to be seen under a name: it was withdrawn, or was never public."""
    resolved = catalogue.resolve(name, PUBLIC)
    gone = resolved if isinstance(resolved, Gone) else catalogue.withdrawn(name, PUBLIC)
    return Withdrawn(gone.at, gone.institution) if gone else NotFound()
