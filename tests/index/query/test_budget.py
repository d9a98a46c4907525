"""A query of many words loses other forms and names of them before it grows beyond what an engine should be asked."""

from __future__ import annotations

import pytest

from index.fields import TEXT_COLUMNS, exact
from index.query import primitives as p
from index.query.budget import MOST_PRIMITIVES, afforded, count
from index.query.compile import matching
from index.query.model import QueryNode, Words
from index.query.recognising import recognised

#: words with stems, and words that name something
_WORDS = "letters diaries photographs maps registers Peking London Paris Shanghai parish running harbours"
FEW = recognised(Words(text=_WORDS))


def many(number: int) -> Words:
    """Words with several stems each."""
    return Words(text=" ".join(f"run{chr(97 + n % 26)}{chr(97 + n // 26)}ings" for n in range(number)))


def exact_words(primitive: p.Primitive) -> set[str]:
    """Words that are looked for as they are typed."""
    match primitive:
        case p.Bool(must=must, should=should):
            return set().union(*map(exact_words, (*must, *should)))
        case p.DisMax(of=parts):
            return set().union(*map(exact_words, parts))
        case p.Boost(of=part) | p.Constant(of=part):
            return exact_words(part)
        case p.Term(field=field, text=text) if field in map(exact, TEXT_COLUMNS):
            return {text}
    return set()


def test_what_can_be_afforded_is_asked_whole() -> None:
    assert afforded(FEW) == (matching(FEW), False)


@pytest.mark.parametrize("tree", [many(75), recognised(Words(text=f"{_WORDS} {many(40).text}"))])
def test_more_is_trimmed(tree: QueryNode) -> None:
    assert count(matching(tree)) > MOST_PRIMITIVES
    assert count(afforded(tree).primitive) <= MOST_PRIMITIVES
    assert afforded(tree).is_trimmed


def test_words_as_typed_are_all_kept() -> None:
    tree = many(75)
    assert afforded(tree).is_trimmed
    assert exact_words(afforded(tree).primitive) == exact_words(matching(tree))
