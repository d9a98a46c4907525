"""Values into the token strings of a text column, and the words of a query.

Both engines get ready tokens and split on white space only; folding is `mappings.schema.folding`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.analysis.stems import stems_of_text
from index.fields import ANCHOR
from mappings.schema.folding import words
from mappings.schema.text import Text

#: descriptions are read to this many characters, all of a column together
COLUMN_LENGTH = 20_000


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
        exact.append(" ".join(found))
        stems.append(" ".join(stems_of_text(text, value.lang, found)))
        room -= len(text)
        if room <= 0:
            break
    return _anchored(exact), _anchored(stems)


def _anchored(parts: Sequence[str]) -> str:
    if not parts:
        return ANCHOR
    return f"{ANCHOR} " + f" {ANCHOR} ".join(parts) + f" {ANCHOR}"


def title_key(title: str) -> str:
    """A title as it is compared as a whole: its folded words."""
    return " ".join(words(title))
