"""Transforms to codes: lookups, languages, scripts, levels, rights."""

from __future__ import annotations

import unicodedata

from mappings.engine.patterns import pattern
from mappings.engine.tables import Tables
from mappings.engine.transforms import Arguments, Function, Made, Parameter, transform
from mappings.engine.values import Item
from mappings.schema.authorities import read_authority
from mappings.schema.holding import Institution
from mappings.schema.languages import language as read_language
from mappings.schema.languages import names_none
from mappings.schema.levels import LEVELS
from mappings.schema.record import Language
from mappings.schema.rights import rights_uri as canonical_uri

_ISIL = pattern(r"(?:[A-Z]{1,4}|[A-Z]{2})-[A-Za-z0-9:/\-]{1,11}")
#: Unicode's script words -> ISO 15924
_SCRIPTS = {
    "LATIN": "Latn", "CJK": "Hani", "CYRILLIC": "Cyrl", "ARABIC": "Arab", "HEBREW": "Hebr", "GREEK": "Grek",
    "HIRAGANA": "Hira", "KATAKANA": "Kana", "HANGUL": "Hang", "DEVANAGARI": "Deva", "THAI": "Thai", "TIBETAN": "Tibt",
    "GEORGIAN": "Geor", "ARMENIAN": "Armn", "ETHIOPIC": "Ethi", "TAMIL": "Taml", "BENGALI": "Beng",
}  # fmt: skip


@transform(
    "lookup",
    Parameter(name="table", type="table", needed=True),
    Parameter(name="miss", default="warn", words=("warn", "reject", "none")),
    Parameter(name="else", default="null", words=("text", "null")),
    code="lookup_missed",
    style="typed",
)
def lookup(arguments: Arguments, tables: Tables) -> Function:
    """The table's value for the folded text; `miss` says what an absent key is, `else` what stands in its place.

    `warn` is an issue, `reject` refuses the unit, `none` is no news.
    """
    table = tables[arguments.text("table")]
    keep, miss = arguments.text("else") == "text", arguments.text("miss")

    def run(item: Item) -> Made:
        value = table.get(item.text)
        if value is not None:
            return Made(values=(value,))
        codes = () if miss == "none" else ("lookup_missed",)
        return Made(values=(item.text,) if keep else (), codes=codes, reject=miss == "reject")

    return run


@transform(
    "language",
    Parameter(name="miss", default="warn", words=("warn", "none")),
    gives="Language",
    code="language_unread",
)
def language(arguments: Arguments, tables: Tables) -> Function:
    """A language of the material from a code, a tag or a name; `zxx` and unknown ones are left out.

    `miss: none` where words are tried of which not all are languages.
    """
    tells = arguments.text("miss") != "none"

    def run(item: Item) -> Made:
        code = read_language(item.text)
        if code is None:
            return Made(codes=("language_unread",) if tells and not names_none(item.text) else ())
        return Made(values=() if code == "zxx" else (Language(lang=code),))

    return run


@transform("script", code="script_unread")
def script(arguments: Arguments, tables: Tables) -> Function:
    """The ISO 15924 code of the script that the text is written in."""
    return script_of


def script_of(text: str) -> str | None:
    """The script of the first letter that has one."""
    for character in text:
        if character.isalpha():
            word = unicodedata.name(character, "").partition(" ")[0]
            return _SCRIPTS.get(word)
    return None


@transform("level", Parameter(name="table", type="table"), code="level_unread")
def level(arguments: Arguments, tables: Tables) -> Function:
    """A level of description, by its name or a table."""
    name = arguments.text("table")

    def run(text: str) -> str | None:
        found = tables[name].get(text) if name else text.strip().lower()
        return found if found in LEVELS else None

    return run


@transform("rights_uri")
def rights_uri(arguments: Arguments, tables: Tables) -> Function:
    """A URI of rightsstatements.org or Creative Commons, in its canonical form, wherever it stands in the text."""
    return read_rights_uri


def read_rights_uri(text: str) -> str | None:
    """The canonical rights URI that `text` is, names, or holds as one of its words."""
    found = canonical_uri(text)
    if found is None and ".org/" in text:
        found = next(filter(None, (canonical_uri(word.strip("()<>,.;")) for word in text.split())), None)
    return found


@transform("authority", Parameter(name="source"), gives="AgentIdentifier", code="identifier_invalid")
def authority(arguments: Arguments, tables: Tables) -> Function:
    """An authority's number or address as an identifier of its scheme; `source` where the text does not say whose.

    A number whose check digit is wrong is told and left out, and so is the address of an authority without a right one.
    """
    source = arguments.text("source")

    def run(item: Item) -> Made:
        found = read_authority(item.text, source)
        return Made(values=(found,)) if found else Made(codes=("identifier_invalid",))

    return run


@transform("institution", gives="Institution")
def institution(arguments: Arguments, tables: Tables) -> Function:
    """A holder by its ISIL or its name."""

    def run(item: Item) -> Made:
        text = item.text.strip()
        return Made(values=(Institution(name=text, isil=text if _ISIL.fullmatch(text) else None),))

    return run
