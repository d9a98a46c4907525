"""`show`: one thing with the origin of each of its values."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.pipeline.unifying import load_unified
from mappings.schema.access import PUBLIC
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import print_json
from portal_api.errors import NotFound
from portal_api.wiring import open_store


def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Id of a thing, as in /r/ID.")],
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Print what the public sees of one thing, as JSON."""
    with open_store(data) as store, store.reading() as connection:
        found = load_unified(connection, [identifier], PUBLIC).get(identifier)
    if found is None:
        raise NotFound
    print_json(found)
