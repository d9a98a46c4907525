"""`show`: one thing with the origin of each of its values."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.pipeline.unifying import load_alone, load_unified
from federation.pipeline.withholding_things import name_in
from mappings.schema.access import PUBLIC
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, print_json
from portal_api.errors import NotFound
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
    with open_store(data) as store, store.reading() as connection:
        name = name_in(identifier)
        found = load_unified(connection, [name], PUBLIC).get(name) or load_alone(connection, name, PUBLIC)
    if found is None:
        raise NotFound
    print_json(found)
