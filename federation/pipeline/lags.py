"""How far each stage is behind what it reads."""

from __future__ import annotations

import msgspec

from federation.pipeline.stages import PATH
from federation.storage.engine import Store


class Lags(msgspec.Struct, frozen=True, kw_only=True):
    """How many changes each stage has still to take in."""

    #: held records over which a person decided
    settle: int = 0
    map: int = 0
    key: int = 0
    link: int = 0
    publish: int = 0
    export: int = 0
    records: int = 0
    enrich: int = 0
    host: int = 0
    #: dry runs of crosswalks that are asked for
    dry_run: int = 0

    @property
    def none(self) -> bool:
        """Whether every stage is at the end of what it reads."""
        return not any(msgspec.structs.astuple(self))


def lags(store: Store) -> Lags:
    """What every stage has still to do."""
    with store.reading() as connection:
        return Lags(**{stage.name: stage.waiting(connection) for stage in PATH.values()})
