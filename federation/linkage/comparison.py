"""Two records compared: named reasons, each with its bits; their sum says merge, review or apart.

Comparing is symmetrical. A value that one record lacks gives no reason. Archival material and objects are weighed by
identity alone: likeness never joins them (`kinds.UNIQUE`).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from rapidfuzz import fuzz

from federation.linkage.features import Features
from federation.linkage.gates import SAME_PUBLISHER, Gate, gate
from federation.linkage.kinds import UNIQUE
from federation.linkage.names import Name
from federation.linkage.rarity import ceiling
from federation.linkage.ruleset import Ruleset, base

_HELD_BACK = 0.1
_WITHIN_CHARACTERS, _WITHIN_PERCENT = 24, 94


class Reason(msgspec.Struct, frozen=True, array_like=True):
    """A named reason with its bits, and what was compared."""

    name: str
    bits: float
    detail: str = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks for and against two records being one."""

    reasons: tuple[Reason, ...] = ()
    #: a gate that closed; then there are no reasons
    gate: Gate | None = None

    @property
    def bits(self) -> float:
        """The sum of the reasons."""
        return round(sum(reason.bits for reason in self.reasons), 2)


def compare(
    a: Features, b: Features, rules: Ruleset | None = None, *, generic: frozenset[str] = frozenset()
) -> Comparison:
    """Weighs two records.

    generic   identifiers that name no one thing (`generic_values`), passed over
    """
    rules = rules or base()
    closed = gate(a, b, frozenset(rules.gates))
    if closed is not None:
        return Comparison(gate=closed)
    identity = tuple(_identity(a, b, rules))
    if a.kind in UNIQUE or identity:
        return Comparison(reasons=identity)
    return Comparison(reasons=_likeness(a, b, rules, generic))


def _identity(a: Features, b: Features, rules: Ruleset) -> Iterator[Reason]:
    """One identifier of origin, or one holder's code told by two feeds (linkage, 8)."""
    if shared := sorted(set(a.origins) & set(b.origins)):
        yield Reason("origin.equal", rules.bits.origin_equal, shared[0])
    one_place = a.kind in UNIQUE and a.feed != b.feed and (a.holder, a.fonds) == (b.holder, b.fonds)
    if one_place and (shared := sorted(set(a.codes) & set(b.codes))):
        yield Reason("code.equal", rules.bits.code_equal, shared[0])


def _likeness(a: Features, b: Features, rules: Ruleset, generic: frozenset[str]) -> tuple[Reason, ...]:
    shared = sorted((set(a.identifiers) & set(b.identifiers)) - generic)
    title = _title(a, b, rules)
    if title.name == "title.other":
        return (title, *(Reason("identifier.equal", 0.0, name) for name in shared[:1]))
    reasons = [title] if title.name != "title.none" else []
    if shared:
        reasons.append(Reason("identifier.equal", rules.bits.identifier_equal, shared[0]))
    reasons += _numbers(a, b, rules)
    reasons += _authors(a.names, b.names, rules)
    reasons += _years(a, b, rules)
    reasons += _pages(a, b, rules)
    reasons += _others(a, b, rules)
    return tuple(reasons)


# --- titles -------------------------------------------------------------------------------------------------------


def _title(a: Features, b: Features, rules: Ruleset) -> Reason:
    """The reason of the two forms that are most alike."""
    found = [_two_titles(one, other, rules) for one in a.titles for other in b.titles if _one_script(one, other)]
    if not found:
        return Reason("title.none", 0.0)
    return max(found, key=lambda reason: reason.bits)


def _one_script(one: str, other: str) -> bool:
    """Whether two titles can be compared letter by letter."""
    return _script(one) == _script(other)


def _script(title: str) -> str:
    letter = next((c for c in title if c.isalpha()), "")
    if letter < "\u0250":
        return "Latin"
    if "\u0370" <= letter < "\u0400":
        return "Greek"
    if "\u0400" <= letter < "\u0530":
        return "Cyrillic"
    return "Han" if letter >= "\u2e80" else "other"


def _two_titles(one: str, other: str, rules: Ruleset) -> Reason:
    if one == other:
        weight = rules.bits.title_equal
        size = sum(3 if character >= "\u2e80" else 1 for character in one if character != " ")
        return Reason("title.equal", round(min(weight.most, weight.base + weight.character * size, ceiling(one)), 2))
    percent = max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other)) - _han_handicap(one)
    near = _step(rules.bits.title_near, percent)
    start = _start(one, other, rules)
    if start is not None and (near is None or start.bits > near):
        return start
    if near is not None and near > 0:
        return Reason("title.near", min(near, ceiling(one), ceiling(other)), f"{percent:.0f} %")
    if _within(one, other):
        return Reason("title.within", rules.bits.title_within)
    if near is not None:
        return Reason("title.near", near, f"{percent:.0f} %")
    return Reason("title.other", rules.bits.title_other, f"{percent:.0f} %")


def _han_handicap(title: str) -> float:
    """A character of Han is a word: one in eight that differs is another title, where it would be a slip in Latin."""
    return 12.0 if _script(title) == "Han" else 0.0


def _step(steps: dict[int, float], value: float) -> float | None:
    reached = [least for least in steps if value >= least]
    return steps[max(reached)] if reached else None


def _start(one: str, other: str, rules: Ruleset) -> Reason | None:
    short, long = sorted((one, other), key=lambda title: (len(title), title))
    if not long.startswith(short) or long[len(short) : len(short) + 1] not in ("", " "):
        return None
    size = sum(2 if character >= "\u2e80" else 1 for character in short)
    bits = _step(rules.bits.title_start, size)
    return Reason("title.start", bits, f"{len(short)} characters") if bits is not None else None


def _within(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=lambda title: (len(title), title))
    return len(short) >= _WITHIN_CHARACTERS and fuzz.partial_ratio(short, long) >= _WITHIN_PERCENT


# --- the other fields ---------------------------------------------------------------------------------------------


def _numbers(a: Features, b: Features, rules: Ruleset) -> Iterator[Reason]:
    one, other = set(a.numbers), set(b.numbers)
    if one == other:
        return
    if one and other and not (one <= other or other <= one):
        yield Reason("number.differs", rules.bits.number_differs, f"{', '.join(a.numbers)} / {', '.join(b.numbers)}")
    else:
        yield Reason("number.one_side", rules.bits.number_one_side)


def _authors(a: tuple[Name, ...], b: tuple[Name, ...], rules: Ruleset) -> Iterator[Reason]:
    a, b = _comparable(a, b), _comparable(b, a)
    if not a or not b:
        return
    weight = rules.bits
    few, many = sorted((a, b), key=lambda names: (len(names), names))
    met = sum(any(_same_name(name, other) for other in many) for name in few)
    clash = sum(any(_clashes(name, other) for other in many) for name in few)
    detail = f"{met} of {len(few)}"
    if met == len(few):
        extra = (weight.authors_same_count if len(few) == len(many) else 0) + (weight.authors_many if met > 2 else 0)
        yield Reason("authors.all", weight.authors_all + extra, detail)
    elif met * 2 >= len(few):
        yield Reason("authors.half", weight.authors_half, detail)
    elif met:
        yield Reason("authors.few", weight.authors_few, detail)
    elif clash:
        yield Reason("authors.initials_clash", weight.authors_initials_clash)
    else:
        yield Reason("authors.none", weight.authors_none)


def _comparable(names: tuple[Name, ...], others: tuple[Name, ...]) -> tuple[Name, ...]:
    """The names that are written in a script of the other record's names."""
    scripts = {_script(name.family) for name in others}
    return tuple(name for name in names if _script(name.family) in scripts)


def _same_name(one: Name, other: Name) -> bool:
    if one.family != other.family:
        return _near_family(one, other)
    return not one.initial or not other.initial or one.initial == other.initial


def _near_family(one: Name, other: Name) -> bool:
    """Long family names a letter apart, with the same initial: a typing slip."""
    if min(len(one.family), len(other.family)) < 6 or one.initial != other.initial or not one.initial:
        return False
    return fuzz.ratio(one.family, other.family) >= 88


def _clashes(one: Name, other: Name) -> bool:
    return one.family == other.family and bool(one.initial and other.initial) and one.initial != other.initial


def _years(a: Features, b: Features, rules: Ruleset) -> Iterator[Reason]:
    if a.years and b.years:
        apart = min(abs(one - other) for one in a.years for other in b.years)
        yield Reason("years", rules.bits.years[min(apart, 4)], f"{apart} apart")


def _pages(a: Features, b: Features, rules: Ruleset) -> Iterator[Reason]:
    if not a.pages or not b.pages:
        return
    apart, most = abs(a.pages - b.pages), max(a.pages, b.pages)
    place = 0 if apart <= max(3, 0.02 * most) else 1 if apart <= 0.1 * most else 2
    if rules.bits.pages[place]:
        yield Reason("pages", rules.bits.pages[place], f"{a.pages} / {b.pages}")


def _others(a: Features, b: Features, rules: Ruleset) -> Iterator[Reason]:
    weight = rules.bits
    if a.publisher and b.publisher:
        alike = fuzz.token_set_ratio(a.publisher, b.publisher) >= SAME_PUBLISHER
        yield Reason(
            *(("publisher.equal", weight.publisher_equal) if alike else ("publisher.other", weight.publisher_other))
        )
    if a.container and b.container and fuzz.token_set_ratio(a.container, b.container) < 60:
        yield Reason("container.other", weight.container_other)
    if a.languages and b.languages and not set(a.languages) & set(b.languages):
        yield Reason("language.other", weight.language_other)
