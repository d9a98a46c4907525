"""Points on the earth as catalogues write them: decimal degrees, or hemisphere with degrees, minutes and seconds.

`N0404500` and `W074.25` are MARC 034's, `40.75, -74.25` is what most others write.
"""

from __future__ import annotations

import re

from mappings.schema.record import Point

_DECIMAL = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*", re.ASCII)
_HEMISPHERE = re.compile(r"([NSEW])\s*(\d{1,7}(?:\.\d+)?)", re.ASCII | re.IGNORECASE)


def read_point(text: str, *, longitude_first: bool = False) -> Point | None:
    """The point that `text` states; None for anything else, and for what lies off the earth."""
    plain = _DECIMAL.fullmatch(text)
    if plain:
        one, other = float(plain[1]), float(plain[2])
        return _on_earth(other, one) if longitude_first else _on_earth(one, other)
    stated = {letter.upper(): _degrees(digits) for letter, digits in _HEMISPHERE.findall(text)}
    lat = stated.get("N", -stated["S"] if "S" in stated else None)
    lon = stated.get("E", -stated["W"] if "W" in stated else None)
    return None if lat is None or lon is None else _on_earth(lat, lon)


def _degrees(digits: str) -> float:
    """Degrees of `dddmmss`, `dddmm`, `ddd`, each with decimals of its last unit."""
    whole, dot, decimals = digits.partition(".")
    last = f"{dot}{decimals}"
    if len(whole) > 5:
        return int(whole[:3]) + int(whole[3:5]) / 60 + float(whole[5:] + last) / 3600
    if len(whole) > 3:
        return int(whole[:3]) + float(whole[3:] + last) / 60
    return float(whole + last)


def _on_earth(lat: float, lon: float) -> Point | None:
    return Point(lat=round(lat, 6), lon=round(lon, 6)) if abs(lat) <= 90 and abs(lon) <= 180 else None
