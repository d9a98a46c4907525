"""How texts are cleaned that most rules clean: white space, and the punctuation that stands between areas."""

from __future__ import annotations

from mappings.engine.own_patterns import OwnPattern

#: words that keep their full stop at the end of a name or title
_ABBREVIATED = frozenset(
    {"dept", "corp", "assoc", "univ", "comp", "prof", "capt", "messrs", "bros", "etc", "hrsg", "illus"}
)
#: an article as library systems mark it, which is read and not sorted by
_UNSORTED = OwnPattern(r"<<([^<>]{1,20})>>|\x98([^\x98\x9c]{1,20})\x9c")
_ISBD = " /:;,=．／"


def squeezed(text: str) -> str:
    """`text` with one blank for white space of any kind, and none at its ends."""
    return " ".join(text.split())


def without_isbd(text: str) -> str:
    """`text` without the punctuation that ISBD puts between areas, and without marks around what is not sorted."""
    if "<<" in text or "\x98" in text:
        text = _UNSORTED.sub(r"\1\2", text)
    text = text.strip().rstrip(_ISBD)
    if text.endswith(".") and not text.endswith(".."):
        word = text[:-1].rsplit(" ", 1)[-1].rsplit(".", 1)[-1].strip("([,")
        if not (word.isalpha() and (len(word) <= 3 or word.lower() in _ABBREVIATED)) or _is_wide(word):
            text = text[:-1].rstrip(_ISBD)
    return text


def _is_wide(word: str) -> bool:
    return bool(word) and word[-1] >= "\u2e80"
