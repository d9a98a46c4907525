"""English words in the singular: what a table of names writes in the plural is asked for in either number."""

from __future__ import annotations

from functools import lru_cache

from mappings.schema.folding import words

_SHORTEST = 4
#: plurals that no rule makes
_OWN = {
    "atlas": "atlas", "atlases": "atlas", "children": "child", "cookies": "cookie", "coolies": "coolie",
    "criteria": "criterion",
    "curricula": "curriculum", "dissertations": "dissertation", "geese": "goose", "herbaria": "herbarium",
    "incunabula": "incunabulum", "lens": "lens", "lenses": "lens", "memoranda": "memorandum", "men": "man",
    "movies": "movie", "news": "news", "people": "people", "series": "series", "shoes": "shoe", "species": "species",
    "stelae": "stela", "theses": "thesis", "thesis": "thesis", "women": "woman",
}  # fmt: skip
_SAME, _HISSING = ("ss", "us", "is"), ("ches", "shes", "xes", "zzes", "sses")


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """A folded word in the singular, or as it is."""
    if word in _OWN or len(word) < _SHORTEST or not word.isascii() or not word.endswith("s") or word.endswith(_SAME):
        return _OWN.get(word, word)
    if word.endswith("ies") and len(word) > _SHORTEST:
        return f"{word[:-3]}y"
    drops_two = word.endswith((*_HISSING, "oes")) or (word.endswith("uses") and not word.endswith(("ouses", "auses")))
    return word[:-2] if drops_two else word[:-1]


def in_the_singular(name: str) -> str:
    """A name's folded words, each in the singular: what names are compared by whatever their number."""
    return " ".join(map(singular, words(name)))
