"""All transforms: those that ship are registered by being imported, and so are those of installed packages."""

from __future__ import annotations

from importlib.metadata import entry_points

from mappings.engine import (
    access_statements,
    agent_transforms,
    closures,
    code_transforms,
    reference_transforms,
    text_transforms,
    typed_transforms,
)
from mappings.engine.transforms import REGISTRY

#: entry points of packages with more transforms; each names a module that registers its own (`transforms.transform`)
GROUP = "archive_exchange.transforms"


def register_installed() -> None:
    """Imports the modules of installed packages, by name, so that the order in which they were installed is none.

    raises  TransformTaken where one of them calls its transform as another is called
    """
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        point.load()


register_installed()

__all__ = [
    "GROUP",
    "REGISTRY",
    "access_statements",
    "agent_transforms",
    "closures",
    "code_transforms",
    "reference_transforms",
    "text_transforms",
    "typed_transforms",
]
