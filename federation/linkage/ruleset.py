"""The rule set: every weight and limit by which records are held to be the same, as data with a closed schema."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from federation.errors import RulesetInvalid
from federation.linkage.gates import OPTIONAL
from federation.linkage.rarity import table_name

Bits = Annotated[float, msgspec.Meta(ge=-20, le=20)]
#: least likeness in percent -> bits
Steps = dict[int, Bits]


class Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the tables below: an unknown name is a fault."""


class Identity(Closed, frozen=True, kw_only=True):
    """Which rule set this is."""

    name: str
    version: int
    #: version of `features` that it was made for
    features: int
    #: table of rarity that it was made with, named by digest
    rarity: str


class Limits(Closed, frozen=True, kw_only=True):
    """Where weighing ends."""

    #: bits from which a pair merges, and from which a person should look
    merge: Bits = 6
    review: Bits = 2
    #: holders of a key from which it is hot
    key: int = 120
    #: records a cluster may hold, and a component before it is looked at on a higher rung
    cluster: int = 200
    component: int = 800
    #: rungs: bits below which edges do not bind the records of a component over its cap
    ladder: tuple[Bits, ...] = (6, 8, 10, 12)
    #: share of the pairs across two groups that must be edges, so that no chain joins them
    support: float = 0.34


class EqualTitle(Closed, frozen=True, kw_only=True):
    """Bits of equal titles: `base` and so much a character, a Han one counting thrice."""

    base: float
    character: float
    most: float


class Weights(Closed, frozen=True, kw_only=True):
    """Bits of each named reason."""

    identifier_equal: Bits = msgspec.field(name="identifier.equal")
    origin_equal: Bits = msgspec.field(name="origin.equal")
    code_equal: Bits = msgspec.field(name="code.equal")
    title_equal: EqualTitle = msgspec.field(name="title.equal")
    title_near: Steps = msgspec.field(name="title.near")
    title_other: Bits = msgspec.field(name="title.other")
    #: least characters -> bits
    title_start: Steps = msgspec.field(name="title.start")
    title_within: Bits = msgspec.field(name="title.within")
    authors_all: Bits = msgspec.field(name="authors.all")
    authors_same_count: Bits = msgspec.field(name="authors.same_count")
    authors_many: Bits = msgspec.field(name="authors.many")
    authors_half: Bits = msgspec.field(name="authors.half")
    authors_few: Bits = msgspec.field(name="authors.few")
    authors_none: Bits = msgspec.field(name="authors.none")
    authors_initials_clash: Bits = msgspec.field(name="authors.initials_clash")
    #: by years apart: 0, 1, 2, 3, more
    years: tuple[Bits, Bits, Bits, Bits, Bits]
    #: within 3 or 2 %, within 10 %, beyond
    pages: tuple[Bits, Bits, Bits]
    publisher_equal: Bits = msgspec.field(name="publisher.equal")
    publisher_other: Bits = msgspec.field(name="publisher.other")
    container_other: Bits = msgspec.field(name="container.other")
    language_other: Bits = msgspec.field(name="language.other")
    number_differs: Bits = msgspec.field(name="number.differs")
    number_one_side: Bits = msgspec.field(name="number.one_side")


class Ruleset(Closed, frozen=True, kw_only=True):
    """A rule set, checked."""

    ruleset: Identity
    limits: Limits = Limits()
    gates: tuple[str, ...]
    bits: Weights

    @property
    def label(self) -> str:
        """`name@version`."""
        return f"{self.ruleset.name}@{self.ruleset.version}"


def read_ruleset(text: str, *, file: str = "ruleset.yaml") -> Ruleset:
    """The rule set of a YAML text; raises RulesetInvalid naming file, line and reason."""
    try:
        document = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RulesetInvalid(f"{file}:{line}: expected YAML, found {error.problem}") from error
    try:
        rules = msgspec.convert(document, Ruleset)
    except msgspec.ValidationError as error:
        raise RulesetInvalid(f"{file}:{_line_of(text, str(error))}: {error}") from error
    _check(rules, text, file)
    return rules


def _check(rules: Ruleset, text: str, file: str) -> None:
    if rules.limits.review >= rules.limits.merge:
        raise RulesetInvalid(f"{file}:{_line(text, 'limits')}: expected review below merge")
    if list(rules.limits.ladder) != sorted({rules.limits.merge, *rules.limits.ladder}):
        raise RulesetInvalid(f"{file}:{_line(text, 'limits')}: expected a ladder that rises from merge")
    if rules.ruleset.rarity != table_name():
        line = _line(text, "ruleset")
        raise RulesetInvalid(f"{file}:{line}: expected rarity {table_name()}, found {rules.ruleset.rarity}")
    for name in rules.gates:
        if name not in OPTIONAL:
            line = _line(text, "gates")
            raise RulesetInvalid(f"{file}:{line}: expected gates among {', '.join(sorted(OPTIONAL))}, found {name}")


def _line_of(text: str, message: str) -> int:
    named = [part for part in message.replace("`", " ").replace("$.", " ").split() if part]
    return next((line for part in reversed(named) if (line := _line(text, part.rpartition(".")[2] or part))), 0)


def _line(text: str, key: str) -> int:
    return next((at for at, line in enumerate(text.splitlines(), 1) if f"{key}:" in line), 0)


@cache
def base() -> Ruleset:
    """The rule set that ships."""
    text = files("federation.linkage").joinpath("rulesets", "base.yaml").read_text(encoding="utf-8")
    return read_ruleset(text, file="base.yaml")
