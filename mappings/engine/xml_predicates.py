"""The predicates of XML steps, tested on one element: what its children say is read once, for all that ask for it.

An attribute or a place costs nothing beside the look that the walk counts. Children are looked at themselves: each of
the name, what stands below it and its text are counted, before they are joined.
"""

from __future__ import annotations

from typing import Any

from mappings.engine.looking import Looking
from mappings.engine.selectors import Predicate
from mappings.engine.xml_branches import string_value

#: children of other names, of which 64 are passed by in the time of a look
_PASSED_SHIFT = 6
#: characters of a look, as of a value that is taken
_TEXT_SHIFT = 8


class Tested:
    """An element while predicates are tested on it."""

    __slots__ = ("_looking", "_texts", "element")

    def __init__(self, element: Any, looking: Looking) -> None:
        self.element, self._looking = element, looking
        #: name of a child -> the texts of all of that name
        self._texts: dict[str, set[str]] = {}

    def passes(self, predicates: tuple[Predicate, ...], matches: dict[int, int], key: int, slot: int = -1) -> bool:
        """Whether the element passes; a place counts what passed the predicates before it.

        slot    of the selector that is told where this looks at too much
        raises  LookedTooLong
        """
        for position, predicate in enumerate(predicates):
            if predicate.kind == "place":
                place = matches[key * 31 + position] = matches.get(key * 31 + position, 0) + 1
                if place != predicate.place:
                    return False
            elif predicate.kind == "attribute":
                value = self.element.get(predicate.name)
                if predicate.value is None:
                    if value is None:
                        return False
                elif (value == predicate.value) == predicate.negated:
                    return False
            elif (predicate.value in self._said(predicate.name, slot)) == predicate.negated:
                return False
        return True

    def _said(self, name: str, slot: int) -> set[str]:
        """The texts of the children of a name."""
        texts = self._texts.get(name)
        if texts is None:
            self._looking.at(len(self.element) >> _PASSED_SHIFT, slot)
            found = [self._text(child, slot) for child in self.element.iterchildren(name)]
            texts = self._texts[name] = set(found)
        return texts

    def _text(self, child: Any, slot: int) -> str:
        self._looking.at(1, slot)
        if len(child) == 0:
            text = child.text or ""
        else:
            for _ in child.iterdescendants():
                self._looking.at(1, slot)
            text = string_value(child)
        self._looking.at(len(text) >> _TEXT_SHIFT, slot)
        return text.strip()
