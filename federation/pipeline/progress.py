"""How far one batch of a stage came, and what belongs into its commit besides."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from federation.storage.transactions import Transaction

#: changes that a batch takes in, where nothing else is asked for
BATCH = 1_000


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What one batch did."""

    #: changes taken in
    done: int
    #: more wait behind the batch
    behind: bool


#: called last in the transaction that writes a batch: its job ends in the same commit
Close = Callable[[Transaction, Progress], None]


def without_job(_tx: Transaction, _progress: Progress) -> None:
    """Nothing else belongs into the commit: the batch was asked for by no job."""
