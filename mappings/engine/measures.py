"""Extents: the number and the unit that a statement of extent begins with."""

from __future__ import annotations

from mappings.engine.own_patterns import OwnPattern
from mappings.engine.transforms import Made
from mappings.engine.values import Item
from mappings.schema.record import Extent

_EXTENT = OwnPattern(
    r"^[\[(]?\s*(?:ca?\. )?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)[\])]?\s*"
    r"([\pL]+(?:-[\pL]+)*\.?(?: [\pL]+)?)"
)
_THOUSANDS = OwnPattern(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_BETWEEN_MEASURES = frozenset({"x", "by"})
_AFTER_UNITS = frozenset({"and", "in", "of", "with", "on"})
#: abbreviations that are part of a unit ("5 cu. ft."); behind another one something else begins ("82 p. front.")
_BEFORE_UNITS = frozenset({"cu.", "lin.", "sq."})


def measured(item: Item) -> Made:
    """An extent with its leading number and unit, where it has them."""
    text = item.text
    found = _EXTENT.search(text)
    unit = _unit(found[2]) if found else ""
    return Made(values=(Extent(text=text, number=_number(found[1]), unit=unit) if unit else Extent(text=text),))


def _number(digits: str) -> float:
    """A number of an extent: a comma before each three digits parts thousands, any other decimals."""
    return float(digits.replace(",", "" if _THOUSANDS.search(digits) else "."))


def _unit(words: str) -> str:
    """The words of a unit; empty where a second measure follows the first ("4 x 6 in.")."""
    first, *more = words.split()
    if first.lower() in _BETWEEN_MEASURES:
        return ""
    abbreviated = first.endswith(".") and first.lower() not in _BEFORE_UNITS
    return first if abbreviated or (more and more[0].lower() in _AFTER_UNITS) else words
