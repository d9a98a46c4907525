"""Extents: the number and the unit that a statement of extent begins with."""

from __future__ import annotations

from mappings.engine.own_patterns import OwnPattern
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


def read_extent(text: str) -> Extent:
    """An extent with its leading number and unit, where it has them."""
    found = _EXTENT.search(text)
    unit = _unit(found[2]) if found else ""
    return Extent(text=text, number=_measured(found[1]), unit=unit) if unit else Extent(text=text)


def _measured(digits: str) -> float:
    """A number of an extent: a comma before each three digits parts thousands, any other decimals."""
    return float(digits.replace(",", "" if _THOUSANDS.search(digits) else "."))


def _unit(words: str) -> str:
    """The words of a unit; empty where a second measure follows the first ("4 x 6 in.")."""
    first, *more = words.split()
    if first.lower() in _BETWEEN_MEASURES:
        return ""
    abbreviated = first.endswith(".") and first.lower() not in _BEFORE_UNITS
    return first if abbreviated or (more and more[0].lower() in _AFTER_UNITS) else words
