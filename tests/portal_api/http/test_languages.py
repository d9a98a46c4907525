"""Both languages are complete: every string stands in both catalogues, and Chinese is wholly translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import portal_api

ROOM = Path(portal_api.__file__).parent
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}


def catalogue(folder: str) -> Catalog:
    with (ROOM / "locale" / folder / "LC_MESSAGES" / "portal.po").open("rb") as file:
        return read_po(file)


def extracted() -> set[str]:
    options = {"templates/**.html": {"newstyle_gettext": "true"}}
    found = extract_from_dir(ROOM, METHODS, options, KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def ids(found: Catalog) -> set[str]:
    return {message.id[0] if isinstance(message.id, tuple | list) else message.id for message in found if message.id}


@pytest.mark.parametrize("folder", ["en", "zh_Hans"])
def test_every_string_stands_in_the_catalogue(folder: str) -> None:
    assert extracted() - ids(catalogue(folder)) == set(), "run `make locale`"


def test_chinese_is_whole_and_sure_of_itself() -> None:
    found = [message for message in catalogue("zh_Hans") if message.id]
    assert [message.id for message in found if message.fuzzy or not message.string or not all(message.string)] == []


def test_a_translation_fills_the_same_places() -> None:
    for message in catalogue("zh_Hans"):
        if not message.id:
            continue
        said = message.id[0] if isinstance(message.id, tuple | list) else message.id
        told = message.string[0] if isinstance(message.string, tuple | list) else message.string
        assert places(said) == places(told), said


def places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))
