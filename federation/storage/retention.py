"""What is kept for a time only: changes that were given on, pages of harvests, versions that others superseded."""

from __future__ import annotations

from federation.storage import export_history, page_bodies, raw_versions
from federation.storage.transactions import Transaction


def tidy(tx: Transaction) -> None:
    """Drops what is over, some of each kind at a time."""
    export_history.forget(tx)
    page_bodies.tidy(tx)
    raw_versions.tidy(tx)
