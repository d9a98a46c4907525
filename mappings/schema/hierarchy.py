"""Where a unit stands in its fonds."""

from __future__ import annotations

import msgspec

from mappings.schema.levels import Level


class Ancestor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A step of the path from the root; a hidden ancestor shows id and level only."""

    id: str
    level: Level
    title: str | None = None


class Hierarchy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Root, parent and path of a unit."""

    root: str
    parent: str | None = None
    path: tuple[Ancestor, ...] = ()
    depth: int = 0
    order: int = 0
    child_count: int = 0
