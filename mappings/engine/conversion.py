"""From values to what stands in the record: in the type of their place, twins as variants or beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from mappings.engine.targets import Shape, shapes, text_member
from mappings.engine.values import Item
from mappings.schema.access import Access, AccessStatement
from mappings.schema.agents import AgentIdentifier
from mappings.schema.record import Description, Language, OtherTitle, Title
from mappings.schema.text import Text, Variant


def converted(value: Any, shape: Shape) -> tuple[Any, ...]:
    """`value` in the type of `shape`; a 880 twin may give a second value; empty where it does not fit."""
    if isinstance(value, Item):
        return _from_text(value, shape)
    if shape.type is str:
        if isinstance(value, Language | AgentIdentifier):
            value = value.lang if isinstance(value, Language) else value.value
        return (value,) if isinstance(value, str) and (not shape.words or value in shape.words) else ()
    if shape.type in (int, float, bool):
        return (shape.type(value),) if isinstance(value, int | float) else ()
    fitting = isinstance(value, shape.type) or (shape.type is Access and isinstance(value, AccessStatement))
    return (value,) if fitting else ()


@cache
def text_maker(shape: Shape) -> Callable[[str, str | None, str | None], Any] | None:
    """The function from text, language and script to what stands at `shape`; None where text makes nothing."""
    struct = shape.type
    if struct is str:
        return lambda text, lang, script: text
    if struct is Language:
        return lambda text, lang, script: Language(lang=text)
    if struct is AgentIdentifier:
        return lambda text, lang, script: AgentIdentifier(scheme="authority", value=text)
    if struct is OtherTitle:
        return lambda text, lang, script: OtherTitle(value=text, kind="alternative", lang=lang, script=script)
    if struct in (Text, Title, Description):
        return lambda text, lang, script: struct(value=text, lang=lang, script=script)
    member = text_member(struct) if shape.is_struct else None
    if member is None:
        return None
    if shapes(struct)[member].type is not Text:
        return lambda text, lang, script: struct(**{member: text})
    if member == "label":
        return lambda text, lang, script: struct(label=Text(value=text, lang=lang, script=script))
    return lambda text, lang, script: struct(**{member: Text(value=text, lang=lang, script=script)})


def _from_text(item: Item, shape: Shape) -> tuple[Any, ...]:
    make = text_maker(shape)
    if make is None or (shape.words and item.text not in shape.words):
        return ()
    lang, script = words_of(item)
    made = make(item.text, lang, script)
    if not item.twin or item.twin == item.text or shape.type in (str, Text, Language):
        return (made,)
    if shape.type in (Title, OtherTitle):
        return (msgspec.structs.replace(made, variants=(variant(item.twin, item),)),)
    return (made, make(item.twin, lang, script))


def words_of(item: Item) -> tuple[str | None, str | None]:
    """Language and script that the source states."""
    lang, _, script = (item.lang or "").partition("-")
    return lang or None, script or None


def variant(text: str, item: Item) -> Variant:
    """The twin of `item` as a variant: Latin letters beside another script are a transliteration."""
    kind = "transliteration" if is_latin(text) and not is_latin(item.text) else "vernacular"
    return Variant(value=text, kind=kind)


def is_latin(text: str) -> bool:
    """Whether no letter lies beyond the Latin blocks and the marks that transliterations use."""
    return text.isascii() or all(character < "\u0300" or not _beyond_latin(character) for character in text)


def _beyond_latin(character: str) -> bool:
    return character.isalpha() and not "\u1e00" <= character <= "\u1eff"
