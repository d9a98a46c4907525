"""One free reference of a footnote, cut into author, title and year where its punctuation tells them."""

from __future__ import annotations

import re

from federation.linkage.features import Features, numbers_in
from federation.linkage.names import Name, name_of
from mappings.schema.folding import words

_YEAR = re.compile(r"\b(1[4-9]\d\d|20\d\d)\b")
#: a short first piece with a capital: `C. Lane,` `Lane, Frederic C.:` `F. C. LANE,`
_AUTHOR = re.compile(r"^((?:[^\W\d_][\w.'’\-]*\s*){1,4})[,:.]\s*(.*)$", re.DOTALL)
_GIVEN = re.compile(r"^((?:[^\W\d_]\.?[\s\-]*){1,3}|[^\W\d_]\w+(?:\s[^\W\d_]\w*\.?)?)[,:.]\s+(.*)$", re.DOTALL)
_QUOTED = re.compile(r"[“”\"«»„]")
#: where a title ends: a comma, a stop before a capital, ` in `, a bracket
_END = re.compile(r"[,;(\[]|\.\s|\s[–—-]\s|\s+in\s+(?=[A-Z«“\"])")
_MOST_NAME = 40


def features_of_reference(text: str) -> Features:
    """The features of a reference such as `C. Lane, Venise, une république maritime, Paris, 1985, p. 321`."""
    name, rest = _author(_QUOTED.sub(" ", text).strip())
    title = _END.split(rest.strip(), maxsplit=1)[0]
    years = [int(year) for year in _YEAR.findall(rest[len(title) :])]
    return Features(
        kind="book",
        titles=(" ".join(words(title)),) if words(title) else (),
        numbers=numbers_in(title),
        names=(name,) if name is not None else (),
        years=tuple(years[:1]),
    )


def _author(text: str) -> tuple[Name | None, str]:
    found = _AUTHOR.match(text)
    if found is None or len(found[1]) > _MOST_NAME:
        return None, text
    last, rest = found[1].strip(), found[2]
    given = _GIVEN.match(rest) if " " not in last else None
    if given is not None:
        return name_of(f"{last}, {given[1]}"), given[2]
    return name_of(last), rest
