"""What a crosswalk tells units of a raw record apart by: where it changes, identifiers do."""

from __future__ import annotations

from mappings.engine.compile import Compiled


def same_identity(first: Compiled, second: Compiled) -> bool:
    """Whether two crosswalks tell units apart by the same keys."""
    return _identity(first) == _identity(second)


def _identity(program: Compiled) -> object:
    split = program.crosswalk.split
    return (split.root, split.each, split.key) if split is not None else None
