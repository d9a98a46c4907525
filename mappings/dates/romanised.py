"""Chinese and Japanese reigns and dynasties as English catalogues name them: `Qianlong period`, `Ming dynasty`.

Folded text in. A word that says it is a time must stand beside the name: by itself it is a person, a place or a song.
"""

from __future__ import annotations

import re

from mappings.dates import part
from mappings.dates.part import Part
from mappings.dates.reigns import DYNASTIES, romanised
from mappings.dates.western import LAST_YEAR

#: names that stand for one dynasty alone -> its name; of Jin, Wei, Liang and Zhou there were several
_DYNASTIES = {
    "western jin": "西晋", "eastern jin": "东晋", "northern wei": "北魏", "eastern wei": "东魏", "western wei": "西魏",
    "northern qi": "北齐", "northern zhou": "北周", "southern qi": "南齐", "sui": "隋", "tang": "唐",
    "five dynasties": "五代", "later liang": "后梁", "southern tang": "南唐", "western xia": "西夏", "liao": "辽",
    "northern song": "北宋", "northern sung": "北宋", "southern song": "南宋", "southern sung": "南宋", "song": "宋",
    "sung": "宋", "yuan": "元", "ming": "明", "southern ming": "南明", "qing": "清", "ching": "清",
}  # fmt: skip
_REPUBLIC = (1912, 1949)
_REPUBLICS = ("republic of china", "minguo", "minkuo")

_NAMED = re.compile(r"(?:the )?(?P<name>[a-z' -]+?)(?: emperor)?(?:'s)? (?:period|era|reign|reign period|dynasty)")
_REIGN_OF = re.compile(r"(?:in |during )?(?:the )?reign of (?:the )?(?P<name>[a-z' -]+?)(?: emperor)?")


def period(text: str) -> Part | None:
    """The reading of a reign or dynasty that a text names as such; None where it names none, or several."""
    found = _REIGN_OF.fullmatch(text) or _NAMED.fullmatch(text)
    if found is None:
        return None
    name = found["name"].replace("'", "")
    if name in _REPUBLICS:
        return part.years(*_REPUBLIC)
    if name in _DYNASTIES:
        return part.years(*DYNASTIES[_DYNASTIES[name]])
    return _reign("".join(name.split()).replace("-", ""))


def _reign(key: str) -> Part | None:
    """The years of a reign title; of one that lasts, or that two dynasties had, none."""
    named = [reign for reign in romanised(key) if reign.last < LAST_YEAR]
    return part.years(named[0].first, named[0].last) if len(named) == 1 else None
