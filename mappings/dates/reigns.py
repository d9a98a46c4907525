"""Dynasties and reign titles, as data: which years a title can mean."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from mappings.schema.folding import fold

#: first and last years; the Republic by its own count goes on
DYNASTIES: dict[str, tuple[int, int]] = {
    "西周": (-1045, -770), "东周": (-769, -255), "战国": (-474, -220), "秦": (-220, -206), "汉": (-201, 220),
    "西汉": (-201, 8), "新莽": (9, 23), "三国": (220, 280), "晋": (266, 420), "十六国": (304, 439), "南北朝": (420, 589),
    "萧梁": (502, 557), "南陈": (557, 589), "武周": (690, 705), "五代十国": (907, 979), "后汉": (947, 951),
    "前蜀": (907, 925), "后蜀": (934, 965),
    "东汉": (25, 220), "曹魏": (220, 266), "蜀汉": (221, 263), "孙吴": (222, 280), "西晋": (266, 316), "东晋": (317, 420),
    "前秦": (351, 394), "苻秦": (351, 394), "符秦": (351, 394), "后秦": (384, 417), "姚秦": (384, 417),
    "西秦": (385, 431), "乞伏秦": (385, 431), "北凉": (397, 439), "北魏": (386, 534), "元魏": (386, 534),
    "后魏": (386, 534), "东魏": (534, 550), "西魏": (535, 557), "北齐": (550, 577), "高齐": (550, 577), "北周": (557, 581),
    "刘宋": (420, 479), "南齐": (479, 502), "萧齐": (479, 502), "隋": (581, 619),
    "唐": (618, 907), "五代": (907, 960), "后梁": (907, 923), "后唐": (923, 937), "后晋": (936, 947), "后周": (951, 960),
    "南唐": (937, 976), "南汉": (917, 971), "吴越": (907, 978), "高丽": (918, 1392), "西夏": (1038, 1227),
    "辽": (907, 1125), "北宋": (960, 1127), "南宋": (1127, 1279), "宋": (960, 1279), "金": (1115, 1234),
    "元": (1271, 1368), "明": (1368, 1644), "南明": (1644, 1683), "后金": (1616, 1636), "清": (1644, 1912),
}  # fmt: skip


#: dynasties beside greater ones: a title means them where they are named, or no greater one had such a year
BESIDE = frozenset(("西夏", "前蜀", "后蜀", "吴越", "南汉", "南唐"))


class Reign(NamedTuple):
    """A reign title and the years that carry it."""

    dynasty: str
    #: folded
    title: str
    first: int
    last: int
    #: whether its years are lunar years
    lunar: bool
    romanised: tuple[str, ...]

    def year(self, number: int) -> int | None:
        """The year in which the reign's year `number` begins; None past its last."""
        found = self.first + number - 1
        return found if number >= 1 and found <= self.last else None


def _row(line: str) -> Reign:
    dynasty, title, first, last, calendar, romanised = line.split("\t")
    names = tuple(filter(None, romanised.split("|")))
    return Reign(dynasty, fold(title), int(first), int(last), calendar == "lunar", names)


@cache
def reigns() -> tuple[Reign, ...]:
    """All reigns, oldest dynasty first."""
    text = (files("mappings.dates") / "reigns.tsv").read_text(encoding="utf-8")
    return tuple(_row(line) for line in text.splitlines() if not line.startswith("#"))


@cache
def titled(title: str) -> tuple[Reign, ...]:
    """The reigns of a title; several dynasties may have used it."""
    return tuple(reign for reign in reigns() if reign.title == title)


@cache
def romanised(name: str) -> tuple[Reign, ...]:
    """The reigns of a name in Latin letters, without blanks and marks."""
    return tuple(reign for reign in reigns() if name in reign.romanised)
