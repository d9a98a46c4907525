"""Unified records of a library that does not exist: varied, of realistic sizes, the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

from mappings.schema.record import Description, Language, Place, Subject, Title
from mappings.schema.text import Text
from mappings.schema.unified import UnifiedRecord
from tests import factories

_COMMON_TEXT = """
parish register letters papers photograph album minutes report survey map plan deed court roll account book journal
diary records correspondence church school county estate family company railway harbour canal theatre hospital volume
index list notes sermon baptism marriage burial council committee charter seal manuscript drawing portrait
"""
_COMMON = _COMMON_TEXT.split()
_SYLLABLES_TEXT = (
    "ba be bi bo ca ce co da de di do fa fe ga ge ha he ka la le li lo ma me mi mo na ne no pa pe ra re ri ro"
)
_SYLLABLES = _SYLLABLES_TEXT.split()
_HAN = "中国历史北京上海图书馆档案目录手稿书信地图年鉴家谱县志报告会议记录照片诗集学校铁路政府教育委员"
_NAMES = ("Jane", "John", "Mary", "William", "Anna", "Paul", "Elizabeth", "Thomas", "Ruth", "George")
_TOWNS = ("Bath", "Wells", "Ely", "York", "Leeds", "Hull", "Oxford", "Lincoln", "Durham", "Exeter", "Ripon", "Truro")
_TYPES = ("Text", "Image", "Sound", "Collection")
_LEVELS = ("item", "item", "item", "file", "series", "fonds")


class Words:
    """A language of its own: thousands of words, the first of them far commoner than the last."""

    def __init__(self, chance: random.Random, size: int = 30_000) -> None:
        made = ("".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(size))
        self._words = list(dict.fromkeys([*_COMMON, *made]))
        self._weights = list(accumulate(1 / (rank + 10) for rank in range(len(self._words))))
        self._chance = chance

    def some(self, count: int) -> str:
        """`count` words in a row."""
        return " ".join(self._chance.choices(self._words, cum_weights=self._weights, k=count))


def records(count: int, seed: int = 3) -> Iterator[UnifiedRecord]:
    """`count` clusters of one record each; one in eight is titled in Chinese."""
    chance = random.Random(seed)
    words = Words(chance)
    for number in range(count):
        yield _record(number, chance, words)


def _record(number: int, chance: random.Random, words: Words) -> UnifiedRecord:
    year = int(chance.triangular(1500, 2000, 1900))
    institution = f"holder-{int(chance.triangular(0, 12, 2))}"
    title = "".join(chance.choices(_HAN, k=12)) if number % 8 == 0 else words.some(chance.randint(4, 9)).capitalize()
    subjects = (Subject(label=Text(value=words.some(1).capitalize())) for _ in range(chance.randint(1, 4)))
    towns = chance.sample(_TOWNS, k=chance.randint(0, 2))
    record = factories.catalogue_record(
        native_id=f"oai:{institution}:{number}",
        level=chance.choice(_LEVELS),
        type=chance.choice(_TYPES),
        title=Title(value=title),
        agents=(factories.agent(f"{words.some(1).capitalize()}, {chance.choice(_NAMES)}"),),
        dates=(factories.date(str(year)),),
        subjects=tuple(subjects),
        places=tuple(Place(label=Text(value=town)) for town in towns),
        languages=(Language(lang=chance.choice(("eng", "eng", "eng", "deu", "fra", "zho"))),),
        descriptions=(Description(value=words.some(chance.randint(30, 90)), kind="abstract"),),
        holding=(factories.holding(reference_code=f"{institution.upper()}/{number // 50}/{number % 50}"),),
    )
    member = factories.member(record, institution=institution, institution_name=institution.title())
    return factories.unified_record(record, members=(member,))


def queries(count: int, seed: int = 5) -> list[str]:
    """What readers type: two or three words, a phrase, a few Han characters, a year with a word."""
    chance = random.Random(seed)
    words = Words(random.Random(3))
    kinds = (
        lambda: words.some(2),
        lambda: words.some(3),
        lambda: f"{chance.choice(_COMMON)} {words.some(1)}",
        lambda: f'"{chance.choice(_COMMON)} {chance.choice(_COMMON)}"',
        lambda: "".join(chance.choices(_HAN, k=2)),
        lambda: f"{chance.choice(_COMMON)} date:{chance.randint(1600, 1950)}",
    )
    return [kinds[number % len(kinds)]() for number in range(count)]
