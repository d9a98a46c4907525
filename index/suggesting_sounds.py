"""Chinese titles, names, subjects and places for Latin letters: syllables half typed, or their initials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from index.analysis.pinyin import INITIALS, initials, spoken_runs
from index.analysis.romanised import MOST_PHRASES, Reading, is_initials, phrases, unfinished_readings
from index.engine import Engine
from index.fields import ANCHOR, PINYIN, exact
from index.query import primitives as p
from index.query.compile import side_by_side
from mappings.schema.folding import fold


class Spelt(msgspec.Struct, frozen=True, kw_only=True):
    """What a text half typed may spell."""

    readings: tuple[Reading, ...]
    #: first letters of syllables; empty where none were typed
    initials: str = ""

    def goes_on(self, label: str) -> bool:
        """Whether a run of Han of a text is spoken so."""
        return any(self._is_spoken(run) for run in _runs(label))

    def _is_spoken(self, run: tuple[str, ...]) -> bool:
        if self.initials and initials(run).startswith(self.initials):
            return True
        return any(_stands(reading, run) for reading in self.readings)


def spelt(text: str) -> Spelt | None:
    """What a text may spell; None where it is not made of syllables and no initials."""
    typed = fold(text).strip()
    begun = unfinished_readings(text)
    letters = typed if is_initials(typed) and len(typed) <= INITIALS else ""
    return Spelt(readings=begun, initials=letters) if begun or letters else None


def spoken_so(engine: Engine, asked: Spelt, *, at_the_start: bool) -> Sequence[p.Primitive]:
    """What finds the runs that are spoken so, by syllables and by initials; a lone syllable must begin its run."""
    return tuple(_queries(engine, asked, at_the_start))


def _queries(engine: Engine, asked: Spelt, at_the_start: bool) -> Iterator[p.Primitive]:
    found = [_begun(each, at_the_start or len(reading) == 1) for reading in asked.readings for each in phrases(reading)]
    if kept := tuple(dict.fromkeys(found))[: 2 * MOST_PHRASES]:
        yield p.any_of(kept)
    if asked.initials:
        yield engine.begun("initials", asked.initials)


def _begun(syllables: tuple[str, ...], at_the_start: bool) -> p.Primitive:
    return side_by_side(exact(PINYIN), (ANCHOR, *syllables) if at_the_start else syllables)


@lru_cache(maxsize=20_000)
def _runs(label: str) -> tuple[tuple[str, ...], ...]:
    return tuple(spoken_runs(label))


def _stands(reading: Reading, run: tuple[str, ...]) -> bool:
    starts = range(len(run) - len(reading) + 1) if len(reading) > 1 else range(min(1, len(run)))
    return any(all(run[start + n] in may for n, may in enumerate(reading)) for start in starts)
