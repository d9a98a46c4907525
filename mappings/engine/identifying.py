"""Identifiers of the record, of the scheme that a rule names or that their own shape shows."""

from __future__ import annotations

from collections.abc import Callable

from mappings.engine.transforms import Made
from mappings.engine.values import Item
from mappings.schema.normal_forms import normalise, recognise


def identified(scheme: str) -> Callable[[Item], Made]:
    """The function from a value to its identifier; without a scheme, of that which its shape shows, else `local`."""

    def run(item: Item) -> Made:
        text = item.text
        found = normalise(scheme, text) if scheme else recognise(text) or normalise("local", text)
        return Made(values=(found,)) if found.valid else Made(values=(found,), codes=("identifier_invalid",))

    return run
