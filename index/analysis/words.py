"""Values into the token strings of a text column, and the words of a query.

Both engines get ready tokens and split on white space only; folding is `mappings.schema.folding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from index.analysis.stems import spelt_out, stems_of_text
from index.fields import ANCHOR
from mappings.schema.folding import words
from mappings.schema.text import Text

#: descriptions are read to this many characters, all of a column together
COLUMN_LENGTH = 20_000
#: between two spellings of one value, with the anchor that parts any: more than words of a quote may stand apart
_APART = f"{ANCHOR} " * 5


def column_tokens(values: Iterable[Text]) -> tuple[str, str]:
    """The strings `exact` and `stem` of one column, values parted by the anchor."""
    exact: list[str] = []
    stems: list[str] = []
    room = COLUMN_LENGTH
    for value in values:
        text = value.value[:room]
        found = words(text)
        if not found:
            continue
        exact += _spellings(text, found)
        stems.append(" ".join(stems_of_text(text, value.lang, found)))
        room -= len(text)
        if room <= 0:
            break
    return _anchored(exact), _anchored(stems)


def _spellings(text: str, found: list[str]) -> Iterator[str]:
    """A value's words, and beside a value with umlauts itself as it is spelt without: quotes find it by either."""
    yield " ".join(found)
    if (spelt := spelt_out(text)) != text:
        yield _APART + " ".join(words(spelt))


def _anchored(parts: Sequence[str]) -> str:
    if not parts:
        return ANCHOR
    return f"{ANCHOR} " + f" {ANCHOR} ".join(parts) + f" {ANCHOR}"


def title_key(title: str) -> str:
    """A title as it is compared as a whole: its folded words."""
    return " ".join(words(title))
