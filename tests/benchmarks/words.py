"""Titles and names that are as varied as a catalogue's, the same for a seed."""

from __future__ import annotations

import random

_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstv" for vowel in "aeio"]


class Words:
    """Words of an invented language, common ones more often than rare ones."""

    def __init__(self, seed: int = 1, size: int = 8_000) -> None:
        self._chance = random.Random(seed)
        self._words = [self._word() for _ in range(size)]
        self._weights = [1 / (place + 10) for place in range(size)]

    def _word(self) -> str:
        return "".join(self._chance.choices(_SYLLABLES, k=self._chance.randint(2, 4)))

    def title(self) -> str:
        """Three to eight words."""
        return " ".join(self._chance.choices(self._words, self._weights, k=self._chance.randint(3, 8))).capitalize()

    def name(self) -> str:
        """A family name and a given one."""
        family, given = self._chance.choice(self._words), self._chance.choice(self._words)
        return f"{family.capitalize()}, {given.capitalize()}"

    def year(self) -> str:
        """A year of the last centuries."""
        return str(self._chance.randint(1700, 2020))
