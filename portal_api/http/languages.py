"""The language of a page: the reader's choice, kept in a cookie, else what their browser prefers; and its strings.

The catalogues are read as they lie in `locale/`, at the first page in a language; nothing is compiled.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from aiohttp import web
from babel import Locale, UnknownLocaleError
from babel.messages.pofile import read_po

from portal_api.exchange import EXCHANGE
from portal_api.settings import UI_LANGUAGES

PARAMETER = COOKIE = "ui"
#: a year
_KEPT_SECONDS = 31_536_000
_FOLDERS = {"en": "en", "zh-Hans": "zh_Hans"}


class Strings:
    """The strings of one language; one that has no translation is shown as it stands in the code."""

    def __init__(self, language: str) -> None:
        self.language = language
        path = files("portal_api").joinpath("locale", _FOLDERS[language], "LC_MESSAGES", "portal.po")
        with path.open("rb") as file:
            catalogue = read_po(file)
        self._found = {message.id: message.string for message in catalogue if message.id and message.string}

    def gettext(self, message: str) -> str:
        """`message` in this language."""
        found = self._found.get(message)
        return found if isinstance(found, str) else message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """One of two, as the language counts."""
        found = self._found.get((singular, plural))
        if isinstance(found, tuple | list) and all(found):
            return str(found[0] if number == 1 or len(found) == 1 else found[1])
        return singular if number == 1 else plural


@cache
def strings(language: str) -> Strings:
    """The strings of a language of `UI_LANGUAGES`."""
    return Strings(language)


@cache
def locale(language: str) -> Locale:
    """Names of languages, numbers and dates as `language` writes them."""
    return Locale.parse(_FOLDERS[language])


@cache
def language_name(code: str, language: str) -> str:
    """The name of the language with an ISO 639 code; the code itself where it has none."""
    try:
        return str(Locale.parse(code).get_language_name(_FOLDERS[language]) or code)
    except (UnknownLocaleError, ValueError):
        return str(locale(language).languages.get(code, code))


def language_of(request: web.Request) -> str:
    """`?ui=`, cookie, `Accept-Language`, setting: the first that names a language with a catalogue."""
    offered = request.app[EXCHANGE].settings.ui_languages
    for stated in (request.query.get(PARAMETER), request.cookies.get(COOKIE)):
        if stated in offered:
            return str(stated)
    return _preferred(request.headers.get("Accept-Language", ""), offered)


def _preferred(header: str, offered: tuple[str, ...]) -> str:
    for part in sorted(header.split(","), key=_weight, reverse=True)[:10]:
        name = part.partition(";")[0].strip().lower()
        for language in offered:
            if name.split("-")[0] == language.split("-")[0].lower():
                return language
    return offered[0]


def _weight(part: str) -> float:
    _, _, quality = part.partition(";q=")
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0


def keep_choice(request: web.Request, response: web.StreamResponse) -> None:
    """Remembers the language that the address asks for."""
    stated = request.query.get(PARAMETER)
    if stated in UI_LANGUAGES:
        response.set_cookie(COOKIE, str(stated), max_age=_KEPT_SECONDS, samesite="Lax", httponly=True, path="/")
