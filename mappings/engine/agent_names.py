"""Names of persons and bodies as sources write them: order, life dates, role words."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

from mappings.engine.cleaning import without_isbd
from mappings.engine.conversion import variant, words_of
from mappings.engine.own_patterns import OwnPattern
from mappings.engine.tables import shipped
from mappings.engine.transforms import Made
from mappings.engine.values import Item
from mappings.schema.agents import Agent
from mappings.schema.text import Text

_YEARS = OwnPattern(
    r"[\s,]*[(\[（]?\s*(ca\. ?|approximately |b\. ?|born |d\. ?|died |active |fl\. ?)?"
    r"(\d{3,4})(\?)?(?:\s*(-|–|—)\s*(ca\. ?|approximately )?(\d{3,4})?(\?)?)?\s*[)\]）]?\s*[.,]?$"
)
_ROLE = OwnPattern(r"\s*[\(\[（]([^()\[\]（）\d]{2,40})[\)\]）]\s*$")
_AROUND = " ,;:"
#: endings of names that have a vowel and are short for something; what has none is short for something too
_ABBREVIATIONS = frozenset(
    ("al", "alf", "bro", "cap", "col", "ed", "edw", "esq", "gen", "geo", "hon", "jas", "jos", "maj", "rev")
)
_VOWEL = OwnPattern(r"(?i)[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýāēīōūăĭŏŭ]|[^\x00-\x7f]")


def person_name(text: str) -> str:
    """A person's name without life dates and closing punctuation."""
    return _without_stop(without_isbd(_without_years(text)))


def turned(name: str) -> str:
    """A name written `Given Family` as `Family, Given`."""
    given, _, family = name.rpartition(" ")
    return f"{family}, {given}" if "," not in name and given and name.isascii() else name


def agent_reader(role: str, kind: Literal["person", "corporate", "family"] | None) -> Callable[[Item], Made]:
    """The function from a name to its agent, of `role` where none is stated beside the name."""
    return lambda item: Made(values=(_agent(item, role, kind),))


def _agent(item: Item, role: str, kind: Literal["person", "corporate", "family"] | None) -> Agent:
    name, stated = _role_of(item.text)
    found = _years(name)
    years = _life(found) if found else None
    name = without_isbd(name[: found.start()].rstrip(_AROUND) if found else name) or name.strip(_AROUND)
    twin = without_isbd(_without_years(item.twin)) if item.twin else ""
    if kind == "person":
        name, twin = _without_stop(name), _without_stop(twin)
    variants = (variant(twin, item),) if twin else ()
    lang, script = words_of(item)
    return Agent(
        name=Text(value=name, lang=lang, script=script),
        kind=kind or ("person" if years and ", " in name else None),
        roles=(stated or role,) if stated or role else (),
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


def life_dates(name: str) -> str | None:
    """EDTF of the years at the end of a name."""
    found = _years(name)
    return _life(found) if found else None


def _life(found: Any) -> str | None:
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
