"""The sums of each language's vectors, kept beside the rows: the mean of a language is always at hand.

A mean is taken anew once a tenth of its language's records came or went, so that readers seldom measure every row.
"""

from __future__ import annotations

import sqlite3

import numpy as np

from index.semantic.centring import Neutral, Vector, centre, has_moved


class Means:
    """The languages of one store while a commit is made."""

    def __init__(self, rows: sqlite3.Connection, neutral: Neutral) -> None:
        self._rows, self._neutral = rows, neutral
        self._numbers: dict[str, int] = dict(rows.execute("SELECT name, number FROM tongue"))
        self._changed: dict[int, tuple[int, np.ndarray[tuple[int], np.dtype[np.float64]]]] = {}

    def number(self, tongue: str) -> int:
        """The number of a language; a new one is begun with the neutral texts' mean."""
        if tongue not in self._numbers:
            prior = self._neutral.passage(tongue)
            values = (tongue, np.zeros(len(prior)).tobytes(), prior.tobytes())
            added = self._rows.execute(
                "INSERT INTO tongue (name, count, total, centre, centred_at) VALUES (?, 0, ?, ?, 0)", values
            )
            self._rows.execute("UPDATE state SET centres = centres + 1")
            self._numbers[tongue] = int(added.lastrowid or 0)
        return self._numbers[tongue]

    def add(self, number: int, vector: Vector, times: int) -> None:
        """A record of a language came (1) or went (-1)."""
        if number not in self._changed:
            query = "SELECT count, total FROM tongue WHERE number = ?"
            count, total = self._rows.execute(query, (number,)).fetchone()
            self._changed[number] = (count, np.frombuffer(total, dtype=np.float64))
        count, total = self._changed[number]
        self._changed[number] = (count + times, total + times * vector.astype(np.float64))

    def keep(self) -> None:
        """Writes the sums, and the means that have moved."""
        for number, (count, total) in self._changed.items():
            values = (count, total.tobytes(), number)
            self._rows.execute("UPDATE tongue SET count = ?, total = ? WHERE number = ?", values)
            query = "SELECT name, centred_at FROM tongue WHERE number = ?"
            name, centred_at = self._rows.execute(query, (number,)).fetchone()
            if has_moved(count, centred_at):
                mean = centre(total, count, self._neutral.passage(name))
                moved = (mean.tobytes(), count, number)
                self._rows.execute("UPDATE tongue SET centre = ?, centred_at = ? WHERE number = ?", moved)
                self._rows.execute("UPDATE state SET centres = centres + 1")
