"""What stands around a record and not in it: its header, and what its feed says of all its records."""

from __future__ import annotations

from mappings.engine.outcome import Context
from mappings.engine.selectors import ConstantSelector
from mappings.engine.values import Item
from mappings.schema.raw import RawRecord


def said_around(selector: ConstantSelector, raw: RawRecord, context: Context) -> list[Item]:
    """What the feed or the header says, as values."""
    path = f"{selector.source}:{selector.name}"
    match selector.source, selector.name:
        case "header", "identifier":
            values: tuple[str | None, ...] = (raw.identifier,)
        case "header", "datestamp":
            values = (raw.datestamp,)
        case "header", _:
            values = raw.set_specs
        case _, name if name in context.constants:
            values = (context.constants[name],)
        case _, "institution":
            values = (context.institution.name,)
        case _, "isil":
            values = (context.institution.isil,)
        case _, "language":
            values = (context.language,)
        case _, "metadata_licence":
            values = (context.metadata_licence,)
        case _:
            values = ()
    return [Item(text=value, path=path) for value in values if value]
