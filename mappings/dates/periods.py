"""Periods that Chinese catalogues call by a name: their years, or the days before and after. Folded text in."""

from __future__ import annotations

from mappings.dates import part
from mappings.dates.part import Part
from mappings.schema.folding import fold

#: periods by name: first and last year, and whether they are approximate
PERIODS: dict[str, tuple[int, int, bool]] = {
    "抗战时期": (1937, 1945, False), "抗日战争时期": (1937, 1945, False), "抗战": (1937, 1945, False),
    "解放战争时期": (1945, 1949, False), "清末民初": (1895, 1919, True), "明末清初": (1620, 1670, True),
    "文革时期": (1966, 1976, False), "文革": (1966, 1976, False), "文化大革命时期": (1966, 1976, False),
    "民国": (1912, 1949, False), "民国时期": (1912, 1949, False), "民国间": (1912, 1949, False),
    "民国年间": (1912, 1949, False), "民国初年": (1912, 1919, True), "民国初期": (1912, 1919, True),
    "清末": (1840, 1911, True), "晚清": (1840, 1911, True), "清初": (1644, 1700, True), "明末": (1573, 1644, True),
    "明初": (1368, 1435, True), "北洋政府时期": (1912, 1928, False), "北洋军阀时期": (1912, 1928, False),
    "大革命时期": (1924, 1927, False), "第一次国内革命战争时期": (1924, 1927, False),
    "土地革命战争时期": (1927, 1937, False), "第二次国内革命战争时期": (1927, 1937, False),
    "第三次国内革命战争时期": (1945, 1949, False), "抗美援朝时期": (1950, 1953, False),
    "唐宋": (618, 1279, False), "宋元": (960, 1368, False), "明清": (1368, 1912, False),
}  # fmt: skip
#: two dynasties or reigns in one word, which are a time where a word behind them says so
_TOGETHER: dict[str, tuple[int, int]] = {
    "唐宋": (618, 1279), "宋元": (960, 1368), "元明": (1271, 1644), "明清": (1368, 1912), "康乾": (1662, 1795),
    "康雍乾": (1662, 1795), "雍乾": (1723, 1795), "乾嘉": (1736, 1820), "嘉道": (1796, 1850), "道咸": (1821, 1861),
    "咸同": (1851, 1874), "同光": (1862, 1908), "光宣": (1875, 1912),
}  # fmt: skip
_FOLDED = {fold(names): years for names, years in _TOGETHER.items()}
_WORDS = ("年间", "时期", "间", "之际", "两代", "两朝")
_FOUNDINGS = ("建国", "解放", "新中国成立", "中华人民共和国成立")
_LAST_DAY_BEFORE, _FOUNDED = "1949-09-30", "1949-10-01"
_BEFORE = frozenset(name + word for name in _FOUNDINGS for word in ("前", "以前", "之前"))
_AFTER = frozenset(name + word for name in _FOUNDINGS for word in ("后", "以后", "之后"))


def period(text: str) -> Part | None:
    """The reading of a period's name; None where it is none."""
    if text in _BEFORE:
        return _opened(part.point(_LAST_DAY_BEFORE), before=True)
    if text in _AFTER:
        return _opened(part.point(_FOUNDED), before=False)
    first, last, approximate = PERIODS.get(text) or _together(text)
    found = part.years(first, last) if last else None
    return part.qualified(found, "~") if found and approximate else found


def _opened(day: Part | None, *, before: bool) -> Part | None:
    if day is None:
        return None
    return part.open_before(day) if before else part.open_after(day)


def _together(text: str) -> tuple[int, int, bool]:
    named = next((text.removesuffix(word) for word in _WORDS if text.endswith(word)), "")
    return *_FOLDED.get(named, (0, 0)), False
