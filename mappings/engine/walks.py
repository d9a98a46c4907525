"""Which walk reads which format, and which selectors it takes: the one place where kinds of payload are told apart."""

from __future__ import annotations

from mappings.engine.column_selectors import ColumnSelector
from mappings.engine.inputs import Format
from mappings.engine.json_selectors import JsonSelector
from mappings.engine.json_walk import JsonWalk
from mappings.engine.marc_walk import MarcWalk
from mappings.engine.row_walk import RowWalk
from mappings.engine.selectors import MarcSelector, Selector, XmlSelector
from mappings.engine.tables import Table
from mappings.engine.xml_walk import XmlWalk

Walk = XmlWalk | MarcWalk | RowWalk | JsonWalk

#: selectors that begin so say the same inside of `each`
ABSOLUTE = ("feed:", "header:", "marc:", "col:", "row:sheet", "json:")


def walk_over(format_: Format, prefixes: dict[str, str], columns: Table | None) -> Walk:
    """An empty walk over payloads of the format; `columns` are other names of a table's columns."""
    match format_.walk:
        case "marc":
            return MarcWalk(format_.charset, format_.dialect)
        case "row":
            return RowWalk(columns)
        case "json":
            return JsonWalk()
    return XmlWalk(prefixes)


def takes(walk: Walk, slot: int, selector: Selector, *, as_node: bool) -> bool:
    """Adds a selector to the walk; False where it reads another kind of payload."""
    match walk, selector:
        case XmlWalk(), XmlSelector():
            walk.add(slot, selector, as_node=as_node)
        case MarcWalk(), MarcSelector() if selector.tag:
            walk.add(slot, selector, as_node=as_node)
        case RowWalk(), ColumnSelector() if not selector.inside:
            walk.add(slot, selector, as_node=as_node)
        case JsonWalk(), JsonSelector() if not selector.relative:
            walk.add(slot, selector, as_node=as_node)
        case _:
            return False
    return True


def takes_inside(walk: Walk, selector: Selector) -> bool:
    """Whether a selector reads at the node of an `each` of this walk."""
    match walk, selector:
        case (XmlWalk(), XmlSelector()) | (MarcWalk(), MarcSelector(tag="")):
            return True
        case JsonWalk(), JsonSelector(relative=True):
            return True
        case RowWalk(), ColumnSelector():
            return selector.inside
    return False
