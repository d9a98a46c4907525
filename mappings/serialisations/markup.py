"""XML as text, for formats that are written without a tree: words escaped, elements with their attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from mappings.schema.languages import bcp47

#: what XML 1.0 cannot hold (section 2.2), and the carriage return, which a parser would turn into a line feed
_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")

#: attributes in the order in which they are written; None is not written
Attributes = Mapping[str, str | None]
NO_ATTRIBUTES: Attributes = {}


def words(text: str) -> str:
    """`text` as the content of an element; what XML cannot hold becomes a blank."""
    return escape(_ILLEGAL.sub(" ", text), quote=False)


def opening(name: str, attributes: Attributes = NO_ATTRIBUTES) -> str:
    """The start tag."""
    stated = [
        f' {key}="{escape(_ILLEGAL.sub(" ", value), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    ]
    return f"<{name}{''.join(stated)}>"


def element(name: str, text: str | None, attributes: Attributes = NO_ATTRIBUTES) -> str:
    """An element of words; nothing where there are none."""
    return enclosed(name, words(text), attributes) if text and text.strip() else ""


def enclosed(name: str, content: str, attributes: Attributes = NO_ATTRIBUTES) -> str:
    """An element around markup; nothing where there is none."""
    return f"{opening(name, attributes)}{content}</{name}>" if content else ""


def empty(name: str, attributes: Attributes) -> str:
    """An element that says all in its attributes."""
    return f"{opening(name, attributes)[:-1]}/>"


def language_tag(lang: str | None) -> str | None:
    """BCP 47 for `xml:lang`; None where the language is not known."""
    return bcp47(lang) if lang and lang.isascii() and lang.isalpha() else None
