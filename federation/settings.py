"""What an operator may set of storage and work; `portal_api.config` fills these records."""

from __future__ import annotations

import os
from typing import Literal

import msgspec

#: who signs a version of a crosswalk before it goes live: a second person where a gate stops it, or always; or always,
#: and its author too where no gate stops it
Approval = Literal["gates", "second", "self"]


class StorageSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the records live."""

    #: `postgresql://…`; empty: `exchange.db` in the data folder
    url: str = ""


class WorkSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who carries the jobs, and how many at once."""

    mode: Literal["inside"] = "inside"
    #: children for CPU-bound steps; 0: one a core
    processes: int = 0
    harvest_slots: int = 64
    interactive_slots: int = 2
    index_slots: int = 1
    housekeeping_slots: int = 1
    #: address space of a child in MiB; 0: unbounded
    child_memory_mib: int = 0

    @property
    def process_slots(self) -> int:
        """How many CPU-bound steps run at once."""
        return self.processes or os.cpu_count() or 1
