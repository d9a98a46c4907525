"""All transforms that ship, registered by being imported."""

from __future__ import annotations

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

__all__ = [
    "REGISTRY",
    "access_statements",
    "agent_transforms",
    "closures",
    "code_transforms",
    "reference_transforms",
    "text_transforms",
    "typed_transforms",
]
