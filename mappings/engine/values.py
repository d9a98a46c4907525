"""A value on its way from the source to the record: text with its language, its place and its 880 twin."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from mappings.schema.languages import language


class Item(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A text of the source, or what transforms made of it."""

    text: str
    #: ISO 639-3 as stated by the source or the feed, with `-` and ISO 15924 where a script is stated
    lang: str | None = None
    #: the same value in another script (MARC 880), taken through the same transforms
    twin: str | None = None
    #: source path, no part of the value
    path: str = ""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """An issue of a transform before its rule and field are known."""

    code: str
    excerpt: str = ""
    #: the whole unit is rejected
    reject: bool = False


def with_text(item: Item, text: str, twin: str | None) -> Item:
    """`item` with other text."""
    return Item(text=text, lang=item.lang, twin=twin, path=item.path)


@lru_cache(maxsize=1024)
def stated_language(tag: str) -> str | None:
    """The language of an `xml:lang`, with the script that it names."""
    code = language(tag)
    if code is None:
        return None
    script = next((part for part in tag.replace("_", "-").split("-")[1:] if len(part) == 4 and part.isalpha()), "")
    return f"{code}-{script.title()}" if script else code
