"""Selectors over rows of a table: `col:题名`, `col:备注#2` for the second column of that name, `row:sheet`.

`col:*` is every cell that no other selector asks for; inside of `each`, `row:column` is the name of the cell's column.
"""

from __future__ import annotations

import msgspec

from mappings.engine.kinds import shown
from mappings.engine.selector_invalid import SelectorInvalid
from mappings.formats.table import column_key
from mappings.said import said

#: what is known of a row besides its cells
ROW_NAMES = ("sheet", "column")
#: the columns that no other selector asks for
REST = "*"


class ColumnSelector(msgspec.Struct, frozen=True, kw_only=True, tag="column"):
    """A cell by the name of its column, or what is known of the whole row."""

    #: as columns are compared, or `*` for those that nobody else asks for; empty where the row is asked
    column: str = ""
    #: one of `ROW_NAMES`
    row: str = ""

    @property
    def inside(self) -> bool:
        """Whether it asks about the cell at hand."""
        return self.row == "column"


def column_selector(name: str) -> ColumnSelector:
    """What stands behind `col:`; raises SelectorInvalid."""
    found = REST if name == REST else column_key(name)
    if not found:
        raise SelectorInvalid(said("col: names a column"))
    return ColumnSelector(column=found)


def row_selector(name: str) -> ColumnSelector:
    """What stands behind `row:`; raises SelectorInvalid."""
    if name not in ROW_NAMES:
        raise SelectorInvalid(
            said("a row has no %(name)s; it has %(names)s", name=shown(name), names=", ".join(ROW_NAMES))
        )
    return ColumnSelector(row=name)
