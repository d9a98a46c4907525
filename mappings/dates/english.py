"""What a text about dates says around them: what the date is of, what is undated, and the order of all rules.

English first, by far. Folded text in (see `read`), one part out. Single dates are read by `western` and `chinese`.
"""

from __future__ import annotations

import re

from mappings.dates.conversions import converted, meant, named_era, supplied_era
from mappings.dates.doubts import brackets, circa, doubt, supplied_digits
from mappings.dates.manner import Manner, Rule, behind
from mappings.dates.openings import from_unknown, opened
from mappings.dates.part import Part
from mappings.dates.ranges import alternatives, ranged
from mappings.schema.dates import DateKind

#: brackets in brackets, ranges of doubtful dates: deeper is no date
_DEPTH = 6
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright|copyrighted|copr\b\.?|cop\b\.?|℗|p(?=\d{4}))[ ,]*(?:date )?")
_KINDS: tuple[tuple[DateKind, str], ...] = (
    (
        "issued",
        r"published|publ?|issued|printed|printing|released|imprint|impr|exhibited|publie|imprime|erschienen|gedruckt|publicado|impreso|"
        r"pubblicato|stampato|publicat|tiparit|d\.? ?l|depot legal|dépôt légal",
    ),
    (
        "created",
        "created|made|written|taken|photographed|drawn|painted|executed|cast|composed|designed|built|dated|date|anno|"
        "carved|woven|manufactured|produced|modell?ed|compiled|copied|copy|constructed|patented|patent|begun|completed|"
        "signed|in the year|year|anul|annee|im jahre?|pusa in functiune in|pusa in serviciu in|construit in|fabricat in",
    ),
    ("copyright", "copyrighted|copyright"),
    ("digitised", "digiti[sz]ed|scanned"),
    ("covered", "covers|covering|coverage"),
)
_KIND_BEFORE = tuple((kind, re.compile(rf"(?:{words})\b\.?:?,? +(?:in |on |en |nel )?")) for kind, words in _KINDS)
_KIND_BEHIND = tuple((kind, re.compile(rf"[ ,]+[(\[]?(?:{words})[)\]]?")) for kind, words in _KINDS)
#: a later state of the work, behind its date
_LATER_STATE = re.compile(
    r"(?P<date>[^,(\[]*\d[^,(\[]*)[,;]? *\(?(?:re)?(?:printed|cast|published|made|issued|exhibited|enlarged|refabricated|"
    r"reconstructed|remade|reworked|revised|completed|signed|framed|editioned|assembled|restored|this)\b[^()]*\)?"
)
_BULK = re.compile(
    r"(?P<all>[^(\[]*?)[ ,;]*[(\[]? ?(?:with )?(?:the )?(?:bulk|mostly|chiefly|mainly|primarily|predominantly|largely)"
    r"(?: dates?)?:?[ ,]*(?:of |in |from )?(?P<bulk>[^()\[\]]+)[)\]]?"
)
_BULK_BEHIND = re.compile(r"(?P<bulk>[^()]+?),? \(?bulk\)?")
_PARTLY = re.compile(
    r"[ ,;&(]*(?:and |& ?|with )?(?:some )?\(?(?:undated|n\.d|nd|no date|(?:部分)?(?:年代|年月|日期)不详|无年月)\)?\.?(?: and)?[ ,;&]*"
)
_LETTER = re.compile(r"[^\W\d_]|[©℗]")


def phrase(text: str, manner: Manner, depth: int = 0) -> Part | None:
    """The reading of a folded text; None where every reading would be a guess."""
    text = text.strip(" .,;:").removesuffix("-") if text.endswith(" -") else text.strip(" .,;:")
    if not text or depth > _DEPTH or next(manner.steps, None) is None:
        return None
    if found := manner.single(text, manner.order):
        return found
    for rule in _RULES if _LETTER.search(text) else _RULES_OF_FIGURES:
        if found := rule(text, manner, depth + 1):
            return found
    return None


def _kind(text: str, manner: Manner, depth: int) -> Part | None:
    if found := _COPYRIGHT.match(text):
        inner = phrase(text[found.end() :], manner, depth)
        return inner._replace(kind="copyright") if inner else None
    for kind, pattern in _KIND_BEFORE:
        if (found := pattern.match(text)) and (inner := phrase(text[found.end() :], manner, depth)):
            return inner._replace(kind=inner.kind or kind)
    for kind, pattern in _KIND_BEHIND:
        if (found := behind(pattern, text)) and (inner := phrase(text[: found.start()], manner, depth)):
            return inner._replace(kind=inner.kind or kind)
    return None


def _later_state(text: str, manner: Manner, depth: int) -> Part | None:
    found = _LATER_STATE.fullmatch(text)
    inner = phrase(found["date"], manner, depth) if found else None
    return inner._replace(issues=(*inner.issues, "later_state")) if inner else None


def _bulk(text: str, manner: Manner, depth: int) -> Part | None:
    found = _BULK.fullmatch(text)
    if found and found["all"]:
        return phrase(found["all"], manner, depth)
    found = found or _BULK_BEHIND.fullmatch(text)
    inner = phrase(found["bulk"], manner, depth) if found else None
    return inner.flagged("bulk") if inner else None


def _partly_undated(text: str, manner: Manner, depth: int) -> Part | None:
    found = _PARTLY.match(text) or behind(_PARTLY, text)
    if not found or found.end() - found.start() < 2 or not any(letter.isalpha() for letter in found.group()):
        return None
    rest = text[found.end() :] if found.start() == 0 else text[: found.start()]
    inner = phrase(rest, manner, depth)
    return inner.flagged("partly_undated") if inner else None


#: rules that need no letter
_RULES_OF_FIGURES: tuple[Rule, ...] = (
    brackets,
    from_unknown,
    supplied_digits,
    circa,
    alternatives,
    ranged,
    doubt,
    converted,
    opened,
)
_RULES: tuple[Rule, ...] = (
    brackets,
    from_unknown,
    supplied_digits,
    _bulk,
    meant,
    circa,
    _later_state,
    alternatives,
    ranged,
    doubt,
    supplied_era,
    converted,
    named_era,
    _partly_undated,
    _kind,
    opened,
)
