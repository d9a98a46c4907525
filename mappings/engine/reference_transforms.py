"""The transform that reads a Chinese reference code 档号 into its parts."""

from __future__ import annotations

from mappings.engine.tables import Tables
from mappings.engine.transforms import Arguments, Function, Made, Parameter, transform
from mappings.engine.values import Item
from mappings.schema.reference_codes import PROFILES, reference_parts


@transform("reference_code", Parameter(name="profile", words=PROFILES), gives="ReferenceParts")
def reference_code(arguments: Arguments, tables: Tables) -> Function:
    """The parts of a 档号 by `profile`, else by the first that fits; another code has no parts."""
    profile = arguments.text("profile")

    def run(item: Item) -> Made:
        parts = reference_parts(item.text, profile)
        return Made(values=(parts,) if parts else ())

    return run
