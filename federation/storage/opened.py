"""The stores that a process opened, each once, whatever it is asked for."""

from __future__ import annotations

from federation.storage.engine import Store

#: address -> the store that this process opened there
_stores: dict[str, Store] = {}


def store_of(url: str) -> Store:
    """The store at `url`, opened once a process."""
    if url not in _stores:
        _stores[url] = Store(url)
    return _stores[url]


def close_stores() -> None:
    """Closes what `store_of` opened here."""
    while _stores:
        _stores.popitem()[1].close()
