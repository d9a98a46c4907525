"""Column selectors as one dispatch by name: each cell is looked at once, whatever the number of rules."""

from __future__ import annotations

import re
from unicodedata import normalize

from mappings.engine.column_selectors import REST, ColumnSelector
from mappings.engine.reading import Reading
from mappings.engine.tables import Table
from mappings.engine.values import Item
from mappings.formats.table import Row, column_key

#: columns whose names are kept with what is wanted of them; a feed of ever new names costs no memory
_KEPT_NAMES = 4_096
_NUMBER = re.compile(r"#\d+$")


class RowWalk:
    """The compiled selectors of one crosswalk over rows."""

    def __init__(self, synonyms: Table | None = None) -> None:
        self._synonyms = synonyms
        self._by_column: dict[str, list[int]] = {}
        self._sheet: list[int] = []
        self._rest: list[int] = []
        #: column as written -> slots that want it
        self._wanted_of: dict[str, list[int]] = {}

    def add(self, slot: int, selector: ColumnSelector, *, as_node: bool) -> None:
        """Makes the walk fill `slot` with what `selector` finds; a cell is its own node."""
        if selector.row:
            self._sheet.append(slot)
        elif selector.column == REST:
            self._rest.append(slot)
        else:
            self._by_column.setdefault(selector.column, []).append(slot)

    def close(self) -> None:
        """Nothing to build: the dispatch fills as columns are met."""
        self._wanted_of.clear()

    def _wanted(self, column: str) -> list[int]:
        found = self._wanted_of.get(column)
        if found is None:
            # the second column of one name is `name#2`, and says no less than the first
            names = dict.fromkeys((column, _NUMBER.sub("", column)))
            keys = dict.fromkeys(key for name in names for key in self._keys(name))
            found = [slot for each in keys for slot in self._by_column.get(each, ())]
            if len(self._wanted_of) < _KEPT_NAMES:
                self._wanted_of[column] = found
        return found

    def _keys(self, name: str) -> tuple[str, ...]:
        """The names under which a column may be wanted: its own, and the one that it is another name for."""
        key = column_key(name)
        known = self._synonyms.get(key) if self._synonyms else None
        return (key, column_key(known)) if known else (key,)

    def read(self, root: Row, size: int, language: str | None, *, languages: bool = True) -> Reading:
        """One walk over a row; cells state no language of their own."""
        reading = Reading(size)
        for column, text in root.cells.items():
            if (wanted := self._wanted(column) or self._rest) and (value := text.strip()):
                item = Item(text=_nfc(value), lang=language, path=f"col:{column}")
                for slot in wanted:
                    reading.put(slot, [item])
        for slot in self._sheet:
            if root.sheet:
                reading.put(slot, [Item(text=_nfc(root.sheet), path="row:sheet")])
        return reading

    def items(self, node: Item, selector: ColumnSelector) -> list[Item]:
        """Inside of a cell stands the name of its column."""
        return [Item(text=_nfc(node.path.removeprefix("col:")), path=node.path)] if selector.inside else []

    def unread(self, root: Row) -> list[str]:
        """Columns that no selector asks for by name."""
        return [f"col:{column}" for column in root.cells if not self._wanted(column)]


def _nfc(text: str) -> str:
    return text if text.isascii() else normalize("NFC", text)
