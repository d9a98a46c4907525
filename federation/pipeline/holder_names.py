"""What institutions are called besides the name that their records bear, for queries that name them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from federation.storage import institutions
from federation.storage.engine import Store

#: read again after so long
_KNOWN_SECONDS = 5.0


class StoredNames:
    """Names of the store's institutions (`index.holders.OtherNames`), some seconds old at most."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._known: tuple[float, Mapping[str, tuple[str, ...]]] | None = None

    def __call__(self) -> Mapping[str, tuple[str, ...]]:
        """Short name -> present name, ISIL and other names."""
        now = self._clock()
        if self._known is None or now - self._known[0] >= _KNOWN_SECONDS:
            self._known = now, self._read()
        return self._known[1]

    def _read(self) -> Mapping[str, tuple[str, ...]]:
        with self._store.reading() as connection:
            known = institutions.everyone(connection)
        return {each.slug: tuple(filter(None, (each.name, each.isil, *each.other_names))) for each in known}
