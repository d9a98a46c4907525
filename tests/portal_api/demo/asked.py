"""What readers ask a demonstration exchange: addresses of searches over words that its records have."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from mappings.schema.record import CatalogueRecord

FACETS = ("institution", "type", "level", "language", "creator", "subject", "place", "fonds", "rights", "century")
_SORTS = ("relevance", "title", "date", "date_desc", "creator", "code", "id", "added", "changed")
#: forms of a query; two words of a record are put into one of them
_FORMS = (
    "{0}", "{0} {1}", '"{0} {1}"', "{0} OR {1}", "{0} -{1}", "title:({0})", "title:^{0}", "{0}~", "{0}*",
    "{0} {1} {0}s",
    "creator:{0}", "subject:{0}", "{0} date:1800..1900", "({0} OR {1}) -letters", '"{0} {1}"~3', "{0} {1} nowhere",
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]{4,}")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_PAGE_SIZE = 10


def searches(records: Sequence[CatalogueRecord], count: int, seed: int = 11) -> Iterator[dict[str, object]]:
    """Parameters of `count` searches: every form, order, view and kind of filter, in the letters that records have."""
    chance = random.Random(seed)
    for number in range(count):
        asked: dict[str, object] = {"q": _text(chance, records, number), "page_size": _PAGE_SIZE}
        asked |= {"facets": FACETS, "histogram": 1, "sort": _SORTS[number // 3 % len(_SORTS)]}
        asked["page"] = 1 + number % 2
        if number % 5 == 0:
            asked["level"] = ("item", "file")
        if number % 7 == 0:
            asked["view"] = "members"
        elif number % 3 == 0:
            asked["group"] = ("fonds", "work")[number % 2]
        yield asked


def address(path: str, asked: dict[str, object]) -> str:
    """A door with its parameters."""
    return f"{path}?{urlencode(asked, doseq=True)}"


def _text(chance: random.Random, records: Sequence[CatalogueRecord], number: int) -> str:
    record = chance.choice(records)
    title = record.title.value
    if number % 10 == 9 and (codes := [held.reference_code for held in record.holding if held.reference_code]):
        return codes[0]
    if han := _HAN.findall(title):
        return chance.choice((han[0][:2], han[0][:4], f'"{han[0][:6]}"', f"title:{han[0][:2]}"))
    words = _WORD.findall(title) or ["letters"]
    return _FORMS[number % len(_FORMS)].format(chance.choice(words), chance.choice(words))
