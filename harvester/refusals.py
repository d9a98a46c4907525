"""What harvests did not ask for because it may not be asked for, counted by reason over one process."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping


class Refusals:
    """How often each reason held a request back: `address`, `port`, `password_in_address`, `redirect_refused`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def note(self, reason: str) -> None:
        """Something was not asked for."""
        with self._lock:
            self._counts[reason] += 1

    def counts(self) -> Mapping[str, int]:
        """Reason -> how often, since the process began."""
        with self._lock:
            return dict(self._counts)
