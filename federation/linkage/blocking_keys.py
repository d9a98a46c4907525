"""Keys under which records meet: only those that share one are ever compared.

`id` a shared identifier · `or` an identifier of origin · `rc` a holder's reference code · `t4` the first four words of
the title · `l3` its three longest · `aw` an author and a long word · `h8`, `hb`, `h4` the same for Han. Each key is the
hash of its kind and value; its *fine* twin (year, else first family or publisher) parts the holders of a key that too
many share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from federation.linkage.features import Features
from mappings.schema.folding import fold_umlauts

#: words that open titles everywhere and tell nothing
_EMPTY_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "and",
        "in",
        "on",
        "to",
        "for",
        "with",
        "by",
        "from",
        "at",
        "der",
        "die",
        "das",
        "und",
        "von",
        "zur",
        "zum",
        "ein",
        "eine",
        "le",
        "la",
        "les",
        "de",
        "du",
        "des",
        "et",
        "el",
        "los",
        "las",
        "y",
        "il",
        "lo",
        "gli",
        "i",
        "o",
        "e",
        "en",
        "het",
        "een",
        "na",
        "v",
        "i",
    ]
)
_HAN_KEYS = 4


class Key(NamedTuple):
    """A blocking key: kind, value in words, and its number."""

    kind: str
    value: str
    number: int


def keys_of(features: Features) -> list[Key]:
    """Every key of a record, in a fixed order, each once."""
    found = dict.fromkeys(_all(features))
    return [Key(kind, value, _hash(f"{kind}\0{value}")) for kind, value in found]


def fine_of(features: Features) -> int:
    """The fine twin: the year, else the hash of the first family or the publisher, else 0."""
    if features.years:
        return features.years[0]
    name = features.names[0].family if features.names else features.publisher
    return _hash(f"fine\0{name}") if name else 0


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _all(features: Features) -> Iterable[tuple[str, str]]:
    for identifier in features.identifiers:
        yield "id", identifier
    for origin in features.origins:
        yield "or", origin
    for code in features.codes:
        yield "rc", f"{features.holder}\0{features.fonds}\0{code}"
    for title in features.titles:
        yield from _han_keys(title, features) if _is_han(title) else _word_keys(title, features)


def _is_han(title: str) -> bool:
    return any("\u3400" <= character <= "\u9fff" or character >= "\U00020000" for character in title)


def _word_keys(title: str, features: Features) -> Iterable[tuple[str, str]]:
    found = [plain for word in title.split() if (plain := _plain(word)) not in _EMPTY_WORDS]
    if not found:
        return
    yield "t4", " ".join(found[:4])
    longest = sorted(set(found), key=lambda word: (-len(word), word))
    if len(longest) >= 3:
        yield "l3", " ".join(longest[:3])
    families = sorted({name.family for name in features.names})[:4]
    for family in families:
        for word in longest[:2]:
            yield "aw", f"{family} {word[:6]}"


def _plain(word: str) -> str:
    """A word without umlauts' spellings and doubled letters."""
    folded = fold_umlauts(word)
    return "".join(letter for at, letter in enumerate(folded) if at == 0 or letter != folded[at - 1])


def _han_keys(title: str, features: Features) -> Iterable[tuple[str, str]]:
    run = title.replace(" ", "")
    if len(run) <= 4:
        author = features.names[0].family if features.names else ""
        yield "h4", f"{run}\0{author}"
    else:
        yield "h8", run[:8]
        pairs = sorted((run[at : at + 2] for at in range(len(run) - 1)), key=lambda pair: _hash(f"hb\0{pair}"))
        yield from (("hb", pair + run[:1]) for pair in pairs[:_HAN_KEYS])
    from pypinyin import lazy_pinyin  # its dictionaries take a while to load

    yield "t4", " ".join(lazy_pinyin(run[:4]))
