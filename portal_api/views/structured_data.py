"""A thing as schema.org JSON-LD, ready to stand in a page: no `<` can end its element."""

from __future__ import annotations

from markupsafe import Markup

from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import schema_org
from mappings.serialisations.cover import EntryHidden


def structured_data(unified: UnifiedRecord, base: str) -> Markup:
    """The JSON text; safe inside `<script type="application/ld+json">`. Empty for what only its institution sees."""
    try:
        return Markup(schema_org.write(unified, base).replace("<", "\\u003c"))
    except EntryHidden:
        return Markup()
