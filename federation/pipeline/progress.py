"""How far one batch of a stage came."""

from __future__ import annotations

import msgspec


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What one batch did."""

    #: changes taken in
    done: int
    #: more wait behind the batch
    behind: bool
