"""Sentences about rules, apart from what they speak of, so that every language can say them whole.

A sentence is written where its fault is found, in English; its translations stand in the catalogues of the pages, which
gather the first argument of every `said`. What it speaks of is a name, a path, a value or a number, which every
language says alike, or a sentence itself.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

#: the same sentence in another language
Translate = Callable[[str], str]


class Said(msgspec.Struct, frozen=True):
    """A sentence in English, with `%(name)s` for what it speaks of."""

    text: str
    values: dict[str, str | int | Said] = {}

    def told(self, translate: Translate) -> str:
        """The sentence in the language of `translate`, and those within it."""
        told = {name: one.told(translate) if isinstance(one, Said) else one for name, one in self.values.items()}
        return translate(self.text) % told

    def __str__(self) -> str:
        return self.told(str)


def said(text: str, /, **values: str | int | Said) -> Said:
    """The sentence `text`, which the catalogues gather, and what it speaks of."""
    return Said(text, values)


class Telling(Exception):
    """An error that says why in a sentence of every language."""

    def __init__(self, why: Said) -> None:
        super().__init__(why)
        self.why = why
