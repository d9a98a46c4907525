"""Names of persons and bodies as sources write them: order, life dates, role words."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import msgspec

from mappings.engine.patterns import pattern
from mappings.engine.tables import Tables, shipped
from mappings.engine.targets import text_of, variant
from mappings.engine.text_transforms import without_isbd
from mappings.engine.transforms import Arguments, Function, Made, Parameter, transform
from mappings.engine.values import Item
from mappings.schema.agents import Agent

_YEARS = pattern(
    r"[\s,]*[(\[（]?\s*(ca\. ?|approximately |b\. ?|born |d\. ?|died |active |fl\. ?)?"
    r"(\d{3,4})(\?)?(?:\s*(-|–|—)\s*(ca\. ?|approximately )?(\d{3,4})?(\?)?)?\s*[)\]）]?\s*[.,]?$"
)
_ROLE = pattern(r"\s*[\(\[（]([^()\[\]（）\d]{2,40})[\)\]）]\s*$")
_AROUND = " ,;:"
#: endings of names that have a vowel and are short for something; what has none is short for something too
_ABBREVIATIONS = frozenset(
    ("al", "alf", "bro", "cap", "col", "ed", "edw", "esq", "gen", "geo", "hon", "jas", "jos", "maj", "rev")
)
_VOWEL = pattern(r"(?i)[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýāēīōūăĭŏŭ]|[^\x00-\x7f]")


@transform("personal_name", Parameter(name="order", default="family_first", words=("family_first", "given_first")))
def personal_name(arguments: Arguments, tables: Tables) -> Function:
    """A name as `Family, Given`, without life dates and closing punctuation; `order` says how the source writes it."""
    turn = arguments.text("order") == "given_first"

    def run(text: str) -> str:
        name = _without_stop(without_isbd(_without_years(text)))
        family = name.rpartition(" ")
        return f"{family[2]}, {family[0]}" if turn and "," not in name and family[0] and name.isascii() else name

    return run


@transform(
    "agent",
    Parameter(name="role"),
    Parameter(name="kind", words=("person", "corporate", "family")),
    gives="Agent",
)
def agent(arguments: Arguments, tables: Tables) -> Function:
    """A name with its life dates and a role word in brackets; `role` is the relator code where none is stated."""
    role, kind = arguments.text("role"), arguments.text("kind") or None

    def run(item: Item) -> Made:
        return Made(values=(read_agent(item, role, kind),))  # type: ignore[arg-type]

    return run


def read_agent(item: Item, role: str, kind: Literal["person", "corporate", "family"] | None) -> Agent:
    """The agent that `item` names."""
    name, stated = _role_of(item.text)
    years = life_dates(name)
    name = without_isbd(_without_years(name)) or name.strip(_AROUND)
    twin = without_isbd(_without_years(item.twin)) if item.twin else ""
    if kind == "person":
        name, twin = _without_stop(name), _without_stop(twin)
    variants = (variant(twin, item),) if twin else ()
    return Agent(
        name=msgspec.structs.replace(text_of(item), value=name),
        kind=kind or ("person" if years and ", " in name else None),
        roles=tuple(code for code in (stated or role,) if code),
        dates=years,
        variants=variants,
    )


def _without_stop(name: str) -> str:
    """A person's name without the full stop behind a short word that is none of the abbreviations of names."""
    word = name[:-1].replace("-", " ").rpartition(" ")[2] if name.endswith(".") else ""
    is_short_for = len(word) < 2 or "." in word or word.lower() in _ABBREVIATIONS or _VOWEL.search(word) is None
    return name if not word or is_short_for else name[:-1]


def _role_of(text: str) -> tuple[str, str]:
    """The name and the relator code of a role word in brackets behind it."""
    found = _ROLE.search(text) if text[-1:] in ")]）" else None
    code = relator_code(found[1]) if found else None
    return (text[: found.start()], code) if found and code else (text, "")


@lru_cache(maxsize=2048)
def relator_code(word: str) -> str | None:
    """The MARC relator code of a code, an English term or a relator URI."""
    key = word.strip().strip(".,:;").lower()
    key = key.removeprefix("http://id.loc.gov/vocabulary/relators/").removeprefix(
        "https://id.loc.gov/vocabulary/relators/"
    )
    return shipped("relators").get(key)


@transform("relator", Parameter(name="else"), code="relator_unknown")
def relator(arguments: Arguments, tables: Tables) -> Function:
    """A MARC relator code from a code, term or URI; `else` where the word is not known."""
    other = arguments.text("else") or None
    return lambda text: relator_code(text) or other


def life_dates(name: str) -> str | None:
    """EDTF of the years at the end of a name."""
    found = _years(name)
    if found is None:
        return None
    mark, first, doubt, dash, around, last, last_doubt = (found[n] or "" for n in range(1, 8))
    # a year of EDTF has four digits
    first, last = first.zfill(4), last.zfill(4) if last else ""
    start = first + ("~" if mark.startswith(("ca", "approx", "active", "fl")) else "") + doubt
    end = last + ("~" if around else "") + last_doubt if last else ""
    if mark.startswith(("d.", "died")):
        return f"/{start}"
    if not dash:
        return f"{start}/" if mark.startswith(("b.", "born")) else None
    return f"{start}/{end or ('..' if not mark.startswith(('active', 'fl')) else '')}"


def _years(name: str) -> Any | None:
    """The years at the end, where they are life dates and not a year in a title."""
    if not any(character.isdigit() for character in name[-14:]):
        return None
    found = _YEARS.search(name)
    return found if found and (found[4] or found[1]) and found.start() > 0 else None


def _without_years(name: str) -> str:
    found = _years(name)
    return name[: found.start()].rstrip(_AROUND) if found else name
