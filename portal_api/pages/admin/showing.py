"""Renders a page of this area: the words for codes, and a token for its forms."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import jinja2
from aiohttp import web
from jinja2.runtime import Context
from markupsafe import Markup

from portal_api.auth.requests import keep_visitor, reader_of, token_for
from portal_api.errors import NotFound, ParameterFault
from portal_api.exchange import EXCHANGE
from portal_api.pages.admin import words
from portal_api.views.account_bar import AccountBar, account_bar

Faults = dict[str, str]
#: of a number in an address; every database keeps so many
MOST_DIGITS = 9

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("portal_api", "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    extensions=["jinja2.ext.i18n"],
)
_templates.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
_templates.filters["number"] = lambda number: f"{number:,}"
_templates.filters["moment"] = lambda moment: Markup(
    "<time datetime='{0:%Y-%m-%dT%H:%MZ}'>{0:%Y-%m-%d %H:%M} UTC</time>"
).format(moment)


@jinja2.pass_context
def word(context: Context, table: Mapping[str, str], code: str) -> str:
    """The word for `code` in the page's language; the code itself where there is none."""
    return str(context.call(context.resolve("gettext"), table[code])) if code in table else code


async def show(
    request: web.Request, template: str, *, status: int = 200, faults: Sequence[ParameterFault] = (), **values: object
) -> web.Response:
    """The page; `faults` are what is wrong with its form, each with the code of its words."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def read_bar() -> AccountBar:
        with store.reading() as connection:
            return account_bar(connection, reader)

    bar = await asyncio.to_thread(read_bar)
    text = _templates.get_template(template).render(
        reader=reader,
        bar=bar,
        path=request.path_qs if request.method == "GET" else "",
        words=words,
        word=word,
        form_token=token_for(request),
        faults=first_faults(faults),
        title=request.app[EXCHANGE].settings.title,
        **values,
    )
    response = web.Response(text=text, status=status, content_type="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    keep_visitor(request, response)
    return response


def first_faults(faults: Sequence[ParameterFault]) -> Faults:
    """The first fault of each field, by field."""
    return {fault.parameter: fault.code for fault in reversed(faults)}


def moved(address: str) -> web.Response:
    """Sends the browser on after a form did its work, so that loading again repeats nothing."""
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "private, no-store"})


def number_in(request: web.Request, name: str) -> int:
    """The number that a part of the address is; raises NotFound where it is none."""
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise NotFound
    return int(text)
