"""A page from a template: in the reader's language, with who they are, safe against whatever was harvested.

Templates get view records only; every value is escaped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from math import ceil
from urllib.parse import urlencode

import jinja2
from aiohttp import web
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal
from jinja2.runtime import Context
from markupsafe import Markup

from portal_api.auth.requests import keep_visitor, reader_of, token_for
from portal_api.exchange import EXCHANGE
from portal_api.http.languages import PARAMETER, keep_choice, language_name, language_of, locale, strings
from portal_api.http.marking import Sentence
from portal_api.http.static import address_of
from portal_api.reader import Reader
from portal_api.settings import UI_LANGUAGES
from portal_api.views.account_bar import AccountBar, account_bar
from portal_api.views.dates_told import dates_told, year_told
from portal_api.views.plain_values import plain_lines
from portal_api.views.stand_ins import stand_in

#: how each language calls itself
OWN_NAMES = {"en": "English", "zh-Hans": "中文"}
#: a value is shown to this length, the rest on demand
SHOWN_LENGTH = 2_000


@cache
def environment(language: str) -> jinja2.Environment:
    """The templates in one language."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("portal_api", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found = strings(language)
    made.install_gettext_callables(found.gettext, found.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters["number"] = lambda number: format_decimal(number, locale=locale(language))
    made.filters["moment"] = moment
    made.filters["day"] = lambda day: day_of(day, language)
    made.filters["dates"] = dates_told
    made.filters["year"] = lambda year: year_told(year, found.gettext)
    made.filters["stand_in"] = lambda title: stand_in(title, found.gettext)
    made.filters["said"] = lambda sentence: sentence.told(found.gettext)
    made.filters["span"] = lambda seconds: format_timedelta(
        timedelta(seconds=ceil(seconds)), threshold=2, locale=locale(language)
    )
    made.filters["plain_lines"] = plain_lines
    made.filters["language_name"] = lambda code: language_name(code, language)
    made.globals["static"] = address_of
    return made


def moment(when: object) -> Markup:
    """A time for people and for machines."""
    return Markup("<time datetime='{0:%Y-%m-%dT%H:%MZ}'>{0:%Y-%m-%d %H:%M} UTC</time>").format(when)


def day_of(when: date, language: str) -> Markup:
    """A day for people and for machines; of a moment its day in UTC."""
    return Markup("<time datetime='{:%Y-%m-%d}'>{}</time>").format(when, format_date(when, "long", locale(language)))


@jinja2.pass_context
def word(context: Context, table: Mapping[str, str], code: str) -> str:
    """The word for `code` in the page's language; the code itself where there is none."""
    return str(context.call(context.resolve("gettext"), table[code])) if code in table else code


@jinja2.pass_context
def told(context: Context, sentence: Sentence) -> object:
    """A sentence in the page's language."""
    written = context.environment.filters["number"]
    values = {key: written(each) if isinstance(each, int) else each for key, each in sentence.values.items()}
    return context.call(context.resolve("gettext"), sentence.text, **values)


async def page(request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
    """The page; what a visitor without account sees may be kept for a minute."""
    reader, language = await reader_of(request), language_of(request)
    context: dict[str, object] = {
        "reader": reader,
        "bar": await _bar(request, reader),
        "path": request.path_qs if request.method == "GET" else "",
        "word": word,
        "told": told,
        "form_token": token_for(request) if reader.known else "",
        "title": request.app[EXCHANGE].settings.title,
        "language": language,
        "languages": _switch(request, language),
        "query": request.query.get("q", ""),
    }
    text = environment(language).get_template(template).render(context | values)
    response = web.Response(text=text, status=status, content_type="text/html")
    anonymous = status == 200 and not reader.known and PARAMETER not in request.query
    response.headers["Cache-Control"] = "public, max-age=60" if anonymous else "private, no-store"
    response.headers["Vary"] = "Accept, Accept-Language, Cookie, Authorization"
    keep_choice(request, response)
    keep_visitor(request, response)
    return response


async def _bar(request: web.Request, reader: Reader) -> AccountBar:
    if not reader.known:
        return AccountBar()
    store = request.app[EXCHANGE].store

    def read_bar() -> AccountBar:
        with store.reading() as connection:
            return account_bar(connection, reader)

    return await asyncio.to_thread(read_bar)


def _switch(request: web.Request, language: str) -> list[tuple[str, str, str]]:
    """The other languages: code, own name, and the address of this page in it."""
    kept = [(name, value) for name, value in request.query.items() if name != PARAMETER]
    found = []
    for code in UI_LANGUAGES:
        if code != language:
            found.append((code, OWN_NAMES[code], f"{request.path}?{urlencode([*kept, (PARAMETER, code)])}"))
    return found
